"""A mail for the address for résumés: taken from the inbound listener, guarded, and kept as a row for the reading worker.

cv@… is for anybody; cv+REQ-1042@… names the job. Nothing is read here, because the sender's server waits.
"""

from __future__ import annotations

import email.utils
import logging
import re

from django.conf import settings
from django.db import transaction

from hiring import limits
from hiring.contact_points import plain
from hiring.mail import inbound, reading
from hiring.models import InboundMail, Job, Mailbox, Message, User
from sourcing.mailed.models import MailedResume

logger = logging.getLogger(__name__)

State = MailedResume.State
FROM_ONE_SENDER = 30  # an hour; a colleague may empty a folder, a machine may not fill ours
LONGEST_TEXT = 20_000
TOO_MANY = "More than {most} mails came from this sender within an hour. This one was not read by itself."
MACHINE = "A machine sent this. It was not read by itself, and nobody was answered."


def take(parsed: reading.Parsed, stored: InboundMail) -> bool:
    """Keep a mail that is for us; False leaves it to the conversations. The same mail is never kept twice."""
    tags = _tags(parsed.addressed)
    if tags is None:
        return False
    mailed, new = MailedResume.objects.get_or_create(
        inbound=stored,
        defaults={
            "forwarded_by": _colleague(parsed.sender),
            "sender": parsed.sender[:320],
            "sender_name": plain(parsed.sender_name)[:200],
            "subject": parsed.subject,
            "text": parsed.text[:LONGEST_TEXT],
            "job": _job(tags),
            "is_automatic": parsed.automatic,
            "at": stored.received_at,
        }
        | _guard(parsed),
    )
    if new and mailed.state == State.NEW:
        on_commit(mailed.pk)
    return True


def on_commit(pk: int) -> None:
    transaction.on_commit(lambda: hand_over(pk), robust=True)


def hand_over(pk: int) -> None:
    """Carry it to the reading worker; when the broker is down, the sweep finds it."""
    from sourcing.tasks import read_mailed

    try:
        read_mailed.apply_async(args=[pk], retry=False)
    except Exception as error:
        logger.warning("mailed_left_for_the_sweep", extra={"mailed": pk, "error": type(error).__name__})


def address_of(job: Job | None = None) -> str:
    """Where résumés are sent, for any job or for one."""
    local, _, domain = settings.RESUMES_ADDRESS.partition("@")
    return f"{local}+{job.requisition_id.lower()}@{domain}" if job else f"{local}@{domain}"


def _tags(addresses: list[str]) -> list[str] | None:
    """What stands behind the plus in those of these addresses that are ours; None when none is."""
    local, _, domain = settings.RESUMES_ADDRESS.lower().partition("@")
    ours = re.compile(rf"<?{re.escape(local)}(?:\+([^@]{{1,60}}))?@{re.escape(domain)}>?")
    found = [ours.fullmatch(address.strip().lower()) for address in addresses]
    return [match[1] or "" for match in found if match] or None


def _job(tags: list[str]) -> Job | None:
    """The open job a tag names. One that is closed, a secret or unknown is no reason to lose the mail."""
    for tag in filter(None, tags):
        job = Job.objects.filter(requisition_id__iexact=tag, status=Job.Status.OPEN, confidential=False).first()
        if job:
            return job
    return None


def _colleague(sender: str) -> User | None:
    return User.objects.filter(email__iexact=sender.strip(), is_active=True).first() if sender else None


def _guard(parsed: reading.Parsed) -> dict[str, object]:
    """What is not read by itself: mail of our own coming back, machines' mail, and floods."""
    if _is_ours(parsed):
        return {"state": State.IGNORED, "problem": "Mail of our own that came back."}
    if parsed.automatic:
        return {"state": State.LOOK, "problem": MACHINE}
    if not limits.allows("mailed-resume", parsed.sender.lower(), most=FROM_ONE_SENDER, seconds=3600):
        return {"state": State.LOOK, "problem": TOO_MANY.format(most=FROM_ONE_SENDER)}
    return {}


def _is_ours(parsed: reading.Parsed) -> bool:
    sender = parsed.sender.lower()
    own = {email.utils.parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower(), settings.RESUMES_ADDRESS.lower()}
    return (
        sender in own
        or sender.endswith(f"@{settings.INBOUND_DOMAIN.lower()}")
        or Mailbox.objects.filter(
            address__iexact=sender, user=None
        ).exists()  # a colleague's own forwards like any other
        or bool(parsed.message_id and Message.objects.filter(message_id=parsed.message_id).exists())
    )


inbound.address_handlers.append(take)
