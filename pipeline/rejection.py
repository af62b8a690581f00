"""Saying no, kindly: the decision at once, the mail later, and both can be taken back until the mail has left."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring import contact, masks, notes, promises, staying, working_time
from hiring.errors import Refused
from hiring.mail import compose, delivery
from hiring.models import MailTemplate, Message, TimelineEvent
from hiring.prepared import Given, prepared
from pipeline import events
from pipeline.decisions.grounds import BY_HAND, Grounds
from pipeline.entering import enter, lock
from pipeline.models import Application, RejectionReason
from pipeline.moves import in_plan, write_down

if TYPE_CHECKING:
    from hiring.models import Candidate, User

Delay = dt.timedelta | Literal["next morning"]
DELAY = dt.timedelta(hours=48)
NEXT_MORNING: Literal["next morning"] = "next morning"
OFFICE_OPENS, OFFICE_CLOSES = dt.time(9), dt.time(18)
STOPPED = "Stopped before it left."
UNASKED = "{name} has not agreed to be kept in mind and gets no letter in which to ask them."
ALREADY_TOLD = (Message.Status.SENDING, Message.Status.SENT, Message.Status.UNCONFIRMED, Message.Status.BOUNCED)

TOLD_ALREADY = "{name} was already told; no second mail is sent."
WAITS_ALREADY = "A mail about this job waits for {name} already; no second one is written."
NO_ADDRESS = "{name} has no working e-mail address; no mail is sent."
KEY = "rejection:"
"""How the dedupe keys of letters begin; the application follows, and the how-manieth it is."""

Status = Application.Status
ENDED_BY_US_OR_THEM = (Status.REJECTED, Status.WITHDRAWN)


@transaction.atomic
def reject(
    application: Application,
    reason: RejectionReason,
    *,
    by: User | None,
    template: MailTemplate | None = None,
    delay: Delay | None = None,
    note: str = "",
    keep: promises.Keep | None = None,
    because: Grounds = BY_HAND,
) -> Application:
    """End an active application. With a `template` a mail waits for `delay` (two days if None) and can be stopped.

    `note` is told the hiring team alone. `keep` keeps the person warm in the same act: refused as a whole where they may not be
    kept in mind, or where they would have to be asked and no letter goes out. Nothing is mailed to somebody already told or
    without an address: `no_mail` says so before, `mail_of` after.
    A merge field without a value refuses the whole act before anything is written.
    """
    application = lock(application)
    if not application.is_active:
        raise Refused(
            f"{application.candidate.name} is no longer active here: {application.get_status_display().lower()}."
        )
    letter = letter_to(application, template, by=by) if template and not no_mail(application) else None
    stage = application.stage
    enter(application, stage, Status.REJECTED, by=by, reason=reason.code, rejection_reason=reason, because=because)
    said = (
        {"note": notes.write(application.candidate, note, by=by, job=application.job).pk} if note.strip() and by else {}
    )
    write_down(application, "application.rejected", by, stage=application.stage_id, reason=reason.pk, **said)
    if keep:
        letter = _keep_warm(application, keep, letter, template, by=by)
    if letter:
        _queue(application, letter, by=by, delay=DELAY if delay is None else delay)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def write_to(application: Application, template: MailTemplate, *, by: User | None, delay: Delay) -> Application:
    """Send the letter to somebody who was turned down without one. Refused for those who are told, or whom no mail reaches."""
    application = lock(application)
    if application.status != Status.REJECTED:
        raise Refused(f"{application.candidate.name} is not turned down here.")
    if mail_of(application).filter(status=Message.Status.QUEUED).exists():
        raise Refused(f"A mail to {application.candidate.name} waits already.")
    if why_not := no_mail(application):
        raise Refused(why_not)
    _queue(application, letter_to(application, template, by=by), by=by, delay=delay)
    return application


@transaction.atomic
def restore(application: Application, *, by: User | None, because: Grounds = BY_HAND) -> Application:
    """Take back a rejection or a withdrawal: active again in the same stage, a waiting mail is stopped, and what was promised
    with it is taken back as far as nobody has acted on it. A note written with it stays, marked as withdrawn."""
    application = lock(application)
    if application.status not in ENDED_BY_US_OR_THEM:
        raise Refused("Only a rejected or withdrawn application can be taken back in.")
    stop_mail(application, by=by)
    promises.take_back([occasion(application)], by=by)
    withdraw_notes([application])
    taken_back = because if application.status == Status.REJECTED else None  # a withdrawal was not ours to decide
    try:
        with transaction.atomic():
            enter(application, in_plan(application.stage), Status.ACTIVE, by=by, reason="restored", because=taken_back)
    except IntegrityError as error:
        raise Refused(f"{application.candidate.name} has applied again since; that application is active.") from error
    write_down(application, "application.restored", by, stage=application.stage_id)
    events.applications_restored.send(Application, applications=[application], by=by)
    return application


def stop_mail(application: Application, *, by: User | None) -> bool:
    """Stop the waiting rejection mail. False when none waits; Refused by compose when it left a moment ago."""
    message = mail_of(application).filter(status=Message.Status.QUEUED).first()
    if message is None:
        return False
    compose.cancel(message, by=by, note=STOPPED)
    return True


def mail_of(application: Application) -> QuerySet[Message]:
    """The rejection mails of an application, newest first: waiting, sent or stopped."""
    return _letters(application).filter(dedupe_key__startswith=f"{KEY}{application.pk}:").order_by("-pk")


@prepared
def letters_about(candidate: Given, job: Given) -> QuerySet[Message, tuple[int, str, dt.datetime | None, str | None]]:
    """Id, status, when and key of all rejection mails to the person about the job; asked with every rejection, and of every
    letter that leaves."""
    letters = Message.objects.filter(candidate=candidate, job=job, purpose="rejection")
    return letters.order_by("pk").values_list("pk", "status", "at", "dedupe_key")


def told(application: Application) -> list[int]:
    """The ids of the letters by which the person heard no about this job, whichever of their applications it was written for.

    Whoever applied once more after such a letter waits for another answer: then only what left since counts. Applications
    they know nothing of (added by us, taken over from another job, come along with a merged record) are no such question.
    """
    since = application.applied_at if application.receipt_number else None
    letters = letters_about(candidate=application.candidate_id, job=application.job_id)
    return [
        pk
        for pk, status, at, _ in letters
        if status in ALREADY_TOLD and (since is None or (at is not None and at >= since))
    ]


def told_before(application: Application) -> Message | None:
    """The last letter by which they heard no about this job before they applied for it again."""
    earlier = _letters(application).filter(status__in=ALREADY_TOLD, at__lt=application.applied_at)
    return earlier.order_by("-at").first() if application.receipt_number else None


@prepared
def theirs_here(candidate: Given, job: Given) -> QuerySet[Application]:
    """Asked of every letter that leaves."""
    return Application.objects.filter(candidate=candidate, job=job).order_by("pk")


def overtaken(message: Message) -> str:
    """Why a letter that is about to leave is not true any more, as a sentence; empty when it is.

    Asked with the person's row locked: a second application, a merge, or another letter may have come since it was written.
    """
    here = theirs_here(candidate=message.candidate_id, job=message.job_id)
    if any(one.is_active for one in here):
        return "They are being considered for this job again."
    number = (message.dedupe_key or "").removeprefix(KEY).partition(":")[0]
    application = next((one for one in here if str(one.pk) == number), None)
    if application and any(letter != message.pk for letter in told(application)):
        return "They were told already, by another letter."
    return ""


def _letters(application: Application) -> QuerySet[Message]:
    """All rejection mails to the person about the job, as a query."""
    return Message.objects.filter(candidate=application.candidate_id, job=application.job_id, purpose="rejection")


def no_mail(application: Application) -> str:
    """Why no rejection mail would be written to this person, as a sentence; empty when one can be."""
    if told(application):
        return TOLD_ALREADY.format(name=application.candidate.name)
    letters = letters_about(candidate=application.candidate_id, job=application.job_id)
    if any(status == Message.Status.QUEUED for _, status, _, _ in letters):
        return WAITS_ALREADY.format(name=application.candidate.name)
    if not contact.working_address(application.candidate):
        return NO_ADDRESS.format(name=application.candidate.name)
    return ""


def merged(application: Application, template: MailTemplate, *, by: User | None) -> tuple[str, str]:
    """Subject and text of `template` for this person. Raises Refused naming the person and the missing field."""
    values = compose.fields(application.candidate, by=by, job=application.job)
    return compose.merge(template.subject, values), compose.merge(template.body, values)


def letter_to(application: Application, template: MailTemplate, *, by: User | None) -> tuple[str, str]:
    """What the person gets, by their name, also from somebody who may not know it."""
    with masks.lifted(application.candidate):
        return merged(application, template, by=by)


def leaves_at(candidate: Candidate, *, by: User | None, delay: Delay) -> dt.datetime:
    """When the mail leaves: after `delay`, in office hours of a working day where the person is; or on their next working
    morning. No delay means now."""
    now = timezone.now()
    if not delay:
        return now
    if isinstance(delay, str):
        zone = _zone(candidate, by)
        tomorrow = now.astimezone(zone).date() + dt.timedelta(days=1)
        return in_office_hours(dt.datetime.combine(tomorrow, OFFICE_OPENS, zone), candidate, by=by)
    return in_office_hours(now + delay, candidate, by=by)


def in_office_hours(moment: dt.datetime, candidate: Candidate, *, by: User | None) -> dt.datetime:
    """This moment, or the first one after it at which an office works where the person is."""
    zone = _zone(candidate, by)
    local = moment.astimezone(zone)
    if local.time() >= OFFICE_CLOSES:
        local = dt.datetime.combine(local.date() + dt.timedelta(days=1), OFFICE_OPENS, zone)
    elif local.time() < OFFICE_OPENS:
        local = dt.datetime.combine(local.date(), OFFICE_OPENS, zone)
    day = working_time.working_day(local.date(), candidate.country)
    if day != local.date():
        local = dt.datetime.combine(day, OFFICE_OPENS, zone)
    return local.astimezone(dt.UTC)


def occasion(application: Application) -> str:
    """What a promise made with a rejection is taken back by."""
    return f"rejection:{application.pk}"


def _keep_warm(
    application: Application,
    keep: promises.Keep,
    letter: tuple[str, str] | None,
    template: MailTemplate | None,
    *,
    by: User | None,
) -> tuple[str, str] | None:
    """Make the promise; where it waits for the person's yes, the letter asks for it."""
    promise = promises.keep(application.candidate, keep, by=by, job=application.job, occasion=occasion(application))
    if promise.status != promise.Status.WAITING:
        return letter
    if letter is None or template is None:
        raise Refused(UNASKED.format(name=application.candidate.name))
    subject, text = letter
    return subject, f"{text.rstrip()}\n\n{staying.question(application.candidate, template.language[:2])}"


def withdraw_notes(applications: Collection[Application]) -> None:
    """What was written with the rejections that are taken back."""
    said = TimelineEvent.objects.filter(
        candidate__in=[one.candidate_id for one in applications], kind="application.rejected",
        data__application__in=[one.pk for one in applications],
    )  # fmt: skip
    last = {data["application"]: data.get("note") for data in said.order_by("pk").values_list("data", flat=True)}
    if written := [note for note in last.values() if note]:
        notes.withdraw(written)


def _zone(candidate: Candidate, by: User | None) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(candidate.time_zone or (by.time_zone if by else "UTC"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def _queue(application: Application, letter: tuple[str, str], *, by: User | None, delay: Delay) -> None:
    subject, text = letter
    key = f"{KEY}{application.pk}:"
    letters = letters_about(candidate=application.candidate_id, job=application.job_id)
    earlier = [known for *_, known in letters if (known or "").startswith(key)]
    compose.to_candidate(
        application.candidate,
        purpose="rejection",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=subject,
        text=text,
        by=by,
        job=application.job,
        dedupe_key=f"{key}{len(earlier) + 1}",
        not_before=leaves_at(application.candidate, by=by, delay=delay),
    )


delivery.overtaken["rejection"] = overtaken
