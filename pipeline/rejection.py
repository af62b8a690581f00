"""Saying no, kindly: the decision at once, the mail later, and both can be taken back until the mail has left."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import contact
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import MailTemplate, Message
from pipeline import events
from pipeline.models import Application, RejectionReason
from pipeline.moves import enter, lock, write_down

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from hiring.models import Candidate, User

DELAY = dt.timedelta(hours=48)
OFFICE_OPENS, OFFICE_CLOSES = dt.time(9), dt.time(18)
ALREADY_TOLD = (Message.Status.SENDING, Message.Status.SENT, Message.Status.UNCONFIRMED, Message.Status.BOUNCED)

Status = Application.Status


@transaction.atomic
def reject(
    application: Application,
    reason: RejectionReason,
    *,
    by: User | None,
    template: MailTemplate | None = None,
    delay: dt.timedelta | None = None,
) -> Application:
    """End an active application. With a `template` a mail waits for `delay` (two days if None) and can be stopped.

    Nothing is mailed to somebody already told or without an address: `no_mail` says so before, `mail_of` after.
    A merge field without a value refuses the whole act before anything is written.
    """
    application = lock(application)
    if not application.is_active:
        raise Refused(
            f"{application.candidate.name} is no longer active here: {application.get_status_display().lower()}."
        )
    letter = merged(application, template, by=by) if template and not no_mail(application) else None
    enter(application, application.stage, Status.REJECTED, by=by, reason=reason.code, rejection_reason=reason)
    write_down(application, "application.rejected", by, stage=application.stage_id, reason=reason.pk)
    if letter:
        _queue(application, letter, by=by, delay=DELAY if delay is None else delay)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def restore(application: Application, *, by: User | None) -> Application:
    """Take back a rejection or a withdrawal: active again in the same stage, and a waiting mail is stopped."""
    application = lock(application)
    if application.status not in (Status.REJECTED, Status.WITHDRAWN):
        raise Refused("Only a rejected or withdrawn application can be taken back in.")
    stop_mail(application, by=by)
    try:
        with transaction.atomic():
            enter(application, application.stage, Status.ACTIVE, by=by, reason="restored")
    except IntegrityError as error:
        raise Refused(f"{application.candidate.name} has applied again since; that application is active.") from error
    write_down(application, "application.restored", by, stage=application.stage_id)
    events.application_restored.send(Application, application=application, by=by)
    return application


def stop_mail(application: Application, *, by: User | None) -> bool:
    """Stop the waiting rejection mail. False when none waits; Refused by compose when it left a moment ago."""
    message = mail_of(application).filter(status=Message.Status.QUEUED).first()
    if message is None:
        return False
    compose.cancel(message, by=by, note="Stopped before it left.")
    return True


def mail_of(application: Application) -> QuerySet[Message]:
    """The rejection mails of an application, newest first: waiting, sent or stopped."""
    return Message.objects.filter(
        candidate=application.candidate_id, purpose="rejection", dedupe_key__startswith=f"rejection:{application.pk}:"
    ).order_by("-pk")


def no_mail(application: Application) -> str:
    """Why no rejection mail would be written to this person, as a sentence; empty when one can be."""
    if mail_of(application).filter(status__in=ALREADY_TOLD).exists():
        return f"{application.candidate.name} was already told; no second mail is sent."
    if not contact.working_address(application.candidate):
        return f"{application.candidate.name} has no working e-mail address; no mail is sent."
    return ""


def merged(application: Application, template: MailTemplate, *, by: User | None) -> tuple[str, str]:
    """Subject and text of `template` for this person. Raises Refused naming the person and the missing field."""
    values = compose.fields(application.candidate, by=by, job=application.job)
    return compose.merge(template.subject, values), compose.merge(template.body, values)


def leaves_at(candidate: Candidate, *, by: User | None, delay: dt.timedelta) -> dt.datetime:
    """When the mail leaves: after `delay`, in office hours of a working day where the person is. No delay means now."""
    now = timezone.now()
    if not delay:
        return now
    zone = _zone(candidate.time_zone or (by.time_zone if by else "UTC"))
    local = (now + delay).astimezone(zone)
    if local.time() >= OFFICE_CLOSES:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), OFFICE_OPENS, zone)
    elif local.time() < OFFICE_OPENS:
        local = dt.datetime.combine(local.date(), OFFICE_OPENS, zone)
    while local.isoweekday() > 5:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), OFFICE_OPENS, zone)
    return local.astimezone(dt.UTC)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def _queue(application: Application, letter: tuple[str, str], *, by: User | None, delay: dt.timedelta) -> None:
    subject, text = letter
    compose.to_candidate(
        application.candidate,
        purpose="rejection",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=subject,
        text=text,
        by=by,
        job=application.job,
        dedupe_key=f"rejection:{application.pk}:{mail_of(application).count() + 1}",
        not_before=leaves_at(application.candidate, by=by, delay=delay),
    )
