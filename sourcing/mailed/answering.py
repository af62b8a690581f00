"""What the sender of a mailed résumé reads: a colleague what was made of it, a person that we have it and why we may."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from hiring import legal
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, LegalText, Message
from sourcing.mailed.models import MailedResume

RECEIPT = """Hello {first_name},

thank you for your résumé. We have it, and a person reads it{job}.

{notice}

{organisation}
"""


def say_taken(mailed: MailedResume, people: Sequence[Candidate]) -> None:
    """A machine is never answered; nobody is answered twice for one mail."""
    if mailed.is_automatic:
        return
    if mailed.forwarded_by:
        _to_colleague(mailed, people)
    elif people:
        _to_person(mailed, people[0])


def say_waiting(mailed: MailedResume) -> None:
    """A colleague learns that somebody has to look; strangers learn nothing, because we do not know who they are."""
    if mailed.forwarded_by and not mailed.is_automatic:
        _to_colleague(mailed, [])


def _to_colleague(mailed: MailedResume, people: Sequence[Candidate]) -> None:
    assert mailed.forwarded_by is not None  # noqa: S101
    compose.to_colleague(
        mailed.forwarded_by,
        purpose="mailed_resume",
        template="sourcing/email/mailed",
        context={"mailed": mailed, "people": people, "files": [file for file in mailed.files.all() if file.problem]},
        dedupe_key=f"mailed:{mailed.pk}:{mailed.state}",
    )


def _to_person(mailed: MailedResume, candidate: Candidate) -> None:
    """PRIV-3: what we do with it, told when we get it. One who cannot be written to does not undo the taking in."""
    notice = legal.current(LegalText.Kind.APPLICATION_NOTICE)
    values = compose.fields(candidate)
    try:
        with transaction.atomic():
            compose.to_candidate(
                candidate,
                purpose="receipt",
                mail_class=Message.Class.TRANSACTIONAL,
                subject="We have your résumé",
                text=RECEIPT.format(
                    first_name=values["first_name"],
                    job=f" for {mailed.job.title}" if mailed.job else "",
                    notice=notice.text if notice else "",
                    organisation=values["organisation"],
                ),
                job=mailed.job,
                automatic=True,
                address=mailed.sender,
                dedupe_key=f"mailed:{mailed.pk}",
            )
    except Refused:
        return
