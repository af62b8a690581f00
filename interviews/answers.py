"""Answers to calendar invitations: what a REPLY may change, and when it comes too late (CAL-4, CAL-6, CAL-15)."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress

from hiring import contact
from hiring.mail.inbound import CalendarAnswer
from hiring.models import ContactPoint
from hiring.timeline import record
from interviews.models import Answer, Interview, Seat

logger = logging.getLogger(__name__)

ANSWERS = {Answer.ACCEPTED.value, Answer.DECLINED.value, Answer.TENTATIVE.value}
LARGEST = 200_000


@dataclass(frozen=True)
class Reply:
    """The few facts of a REPLY that count; whatever else it says about time or place is ignored."""

    uid: uuid.UUID
    sequence: int
    stamp: dt.datetime
    attendee: str
    sent_by: str
    answer: str
    comment: str


def receive(came: CalendarAnswer) -> bool:
    """Take a REPLY to one of our invitations. False leaves the mail to a person: not ours, or not surely from whom it names.

    Who answered is said by ATTENDEE, and believed only when the mail came from that address or its SENT-BY (CAL-15).
    """
    reply = _read(came)
    if reply is None or came.sender.lower() not in {reply.attendee, reply.sent_by}:
        return False
    with transaction.atomic():
        interview = Interview.objects.for_row().select_for_update(of=("self",)).filter(panel_uid=reply.uid).first()
        if interview:
            return _from_panel(interview, reply)
        interview = Interview.objects.for_row().select_for_update(of=("self",)).filter(candidate_uid=reply.uid).first()
        return bool(interview) and _from_candidate(interview, reply)  # type: ignore[arg-type]


def _from_panel(interview: Interview, reply: Reply) -> bool:
    seat = (
        Seat.objects.live()
        .filter(interview=interview, user__email__iexact=reply.attendee)
        .select_related("user")
        .first()
    )
    if seat is None and not interview.is_cancelled:
        return False
    if seat is None or _is_stale(interview, seat.answered_at, reply):
        return True
    changed = seat.answer != reply.answer
    seat.answer, seat.answered_at, seat.comment = reply.answer, reply.stamp, reply.comment
    seat.save(update_fields=["answer", "answered_at", "comment"])
    if changed:
        _record(interview, reply, seat)
    return True


def _from_candidate(interview: Interview, reply: Reply) -> bool:
    candidate = interview.application.candidate
    points = ContactPoint.objects.emails().filter(candidate=candidate, is_live=True)
    if not any(reply.attendee in (point.value.lower(), point.raw.lower()) for point in points):
        return False
    if interview.is_cancelled or _is_stale(interview, interview.candidate_answered_at, reply):
        return True
    changed = interview.candidate_answer != reply.answer
    interview.candidate_answer, interview.candidate_answered_at = reply.answer, reply.stamp
    interview.candidate_comment = reply.comment
    interview.save(update_fields=["candidate_answer", "candidate_answered_at", "candidate_comment"])
    contact.sign_of_life(candidate, "booking")
    if changed:
        _record(interview, reply, None)
    return True


def _is_stale(interview: Interview, answered_at: dt.datetime | None, reply: Reply) -> bool:
    """CAL-6: an answer to an earlier version, or one that was overtaken by a later one, is logged and not applied."""
    stale = reply.sequence != interview.sequence or (answered_at is not None and reply.stamp < answered_at)
    if stale:
        logger.info("stale_calendar_reply", extra={"interview": interview.pk, "sequence": reply.sequence})
    return stale


def _record(interview: Interview, reply: Reply, seat: Seat | None) -> None:
    application = interview.application
    record(
        application.candidate,
        "interview.answered",
        seat.user if seat else None,
        job=application.job,
        interview=interview.pk,
        application=application.pk,
        answer=reply.answer,
    )


def _read(came: CalendarAnswer) -> Reply | None:
    """The reply in a calendar part, if it is one: one event of ours, exactly one attendee, an answer we know."""
    if came.method.upper() != "REPLY" or len(came.calendar) > LARGEST:
        return None
    try:
        calendar = Calendar.from_ical(came.calendar)
        events = [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]
        if len(events) != 1 or str(calendar.get("METHOD", "REPLY")).upper() != "REPLY":
            return None
        return _facts(events[0])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None  # whatever a stranger's calendar writes: not understood is left to a person


def _facts(event: Event) -> Reply | None:
    attendee = event.get("ATTENDEE")
    name, _, domain = str(event.get("UID", "")).partition("@")
    if not isinstance(attendee, vCalAddress) or domain.lower() != settings.MAIL_DOMAIN.lower():
        return None
    answer = str(attendee.params.get("PARTSTAT", "")).upper()
    if answer not in ANSWERS:
        return None
    stamp = event.decoded("DTSTAMP") if "DTSTAMP" in event else timezone.now()
    if not isinstance(stamp, dt.datetime):
        return None
    comment = event.get("COMMENT", "")
    return Reply(
        uid=uuid.UUID(name),
        sequence=int(event.get("SEQUENCE", 0)),
        stamp=stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC),
        attendee=_address(str(attendee)),
        sent_by=_address(str(attendee.params.get("SENT-BY", ""))),
        answer=answer,
        comment=" ".join(str(comment[0] if isinstance(comment, list) else comment).split())[:500],
    )


def _address(uri: str) -> str:
    return uri.lower().removeprefix("mailto:").strip()
