"""Telling people that an agency presented them: by whom, what we hold, and where they see how it stands (PRIV-4)."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from hiring import identity, legal, links
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, LegalText, Message
from pipeline import status
from sourcing.agencies.models import Submission


def owe(candidate: Candidate) -> None:
    """They did not come to us by themselves: they are told within a month, whoever tells them."""
    if candidate.notice_sent_at:
        return
    due = identity.a_month_after(timezone.now().date())
    candidate.notice_due_on = min(candidate.notice_due_on or due, due)
    candidate.save(update_fields=["notice_due_on"])


def write(submission: Submission) -> Message | None:
    """The first mail, with the notice in it, through the contact policy. One that cannot be written leaves the notice owed."""
    candidate, application = submission.candidate, submission.application
    if candidate is None or application is None:
        return None
    notice = legal.current(LegalText.Kind.SOURCING_NOTICE, locale=candidate.language[:2])
    text = render_to_string(
        "sourcing/email/presented.txt",
        {
            "candidate": candidate,
            "agency": submission.agency,
            "job": submission.job,
            "notice": notice.text if notice else "",
            "organisation": settings.ORGANISATION_NAME,
            "status_link": links.url(status.link_for(application), "status"),
        },
    )
    try:
        message = compose.to_candidate(
            candidate,
            purpose="presented",
            mail_class=Message.Class.TRANSACTIONAL,
            subject=f"{submission.agency} presented you to {settings.ORGANISATION_NAME}",
            text=text,
            job=submission.job,
            automatic=True,
            address=submission.email,
            dedupe_key=f"presented:{submission.pk}",
        )
    except Refused:
        return None
    if notice:  # the notice is part of the text, so the debt is paid when this leaves
        Message.objects.filter(pk=message.pk).update(carries_notice=True)
    return message
