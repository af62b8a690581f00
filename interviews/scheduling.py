"""Placing, moving and calling off interviews. The database settles races for a person's time (CAL-25)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, User
from hiring.timeline import record
from interviews import invitations
from interviews.models import Answer, Interview, InterviewKit, Scorecard, Seat
from pipeline import entering
from pipeline.blind import crossing
from pipeline.models import Application

SHORTEST, LONGEST = 10, 8 * 60


@transaction.atomic
def schedule(
    application: Application,
    *,
    kit: InterviewKit | None,
    panel: Iterable[User],
    starts_at: dt.datetime,
    minutes: int,
    by: User | None,
    place: str = "",
    time_zone: str = "",
    title: str = "",
) -> Interview:
    """Book a panel and invite everybody by calendar mail. `time_zone` is where the wall time was meant; default: by's.

    Raises Refused when the time is past or skipped by the clocks, and naming who is busy when somebody is.
    """
    application = entering.lock(application)
    if not application.is_active:
        raise Refused(f"{application.candidate.name} is no longer active for {application.job}.")
    if kit and kit.job_id != application.job_id:
        raise Refused("This interview kit belongs to another job.")
    crossing.check_meeting(application, by=by)
    people = _panel(panel)
    zone = _zone(starts_at, time_zone or (by.time_zone if by else ""))
    starts_at, ends_at = _span(starts_at, minutes)
    _candidate_is_free(application.candidate, starts_at, ends_at)
    interview = Interview.objects.create(
        application=application,
        kit=kit,
        title=title.strip() or (kit.name if kit else "Interview"),
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=zone.key,
        wall_time=_wall_time(starts_at, zone),
        place=place.strip(),
        created_by=by,
        created_at=timezone.now(),
    )
    _place(interview, people)
    _record(interview, "interview.scheduled", by)
    invitations.invite(interview, by=by)
    return interview


@transaction.atomic
def reschedule(
    interview: Interview,
    *,
    by: User | None,
    starts_at: dt.datetime | None = None,
    minutes: int | None = None,
    panel: Iterable[User] | None = None,
    place: str | None = None,
    time_zone: str = "",
) -> Interview:
    """Change time, panel or place; what is left out stays. A new time resets every answer (CAL-8).

    Time and panel raise the sequence (CAL-7, CAL-3); a new place alone does not. Nothing changed sends nothing.
    """
    interview = _lock(interview)
    if interview.is_cancelled:
        raise Refused("This interview was cancelled. Schedule a new one.")
    if not interview.application.is_active:
        raise Refused(f"{interview.application.candidate.name} is no longer active for this job.")
    seats = {seat.user_id: seat for seat in interview.seats.live().select_related("user")}
    people = _panel(panel) if panel is not None else sorted((seat.user for seat in seats.values()), key=lambda u: u.pk)
    begins, ends = interview.starts_at, interview.ends_at
    moved = _is_moved(interview, starts_at, minutes)
    if moved:
        zone = _zone(starts_at or begins, time_zone or interview.time_zone)
        begins, ends = _span(starts_at or begins, minutes or interview.minutes)
        _candidate_is_free(interview.application.candidate, begins, ends, except_interview=interview.pk)
        interview.time_zone, interview.wall_time = zone.key, _wall_time(begins, zone)
    dropped = [seat for user, seat in seats.items() if user not in {person.pk for person in people}]
    joined = [person for person in people if person.pk not in seats]
    if joined:
        crossing.check_meeting(interview.application, by=by)
    placed = interview.place if place is None else place.strip()
    if not (moved or dropped or joined or placed != interview.place):
        return interview
    interview.starts_at, interview.ends_at, interview.place = begins, ends, placed
    if moved or dropped or joined:
        interview.sequence += 1
    if moved:
        interview.candidate_answer, interview.candidate_answered_at = Answer.NEEDS_ACTION, None
        interview.candidate_comment = ""
    interview.save()
    _free(dropped)
    _place(interview, people, moved=moved)
    _record(interview, "interview.rescheduled", by, moved=moved)
    invitations.update(interview, by=by, dropped=[seat.user for seat in dropped], moved=moved)
    return interview


@transaction.atomic
def cancel(interview: Interview, *, by: User | None, note: str = "") -> Interview:
    """Call it off and free everybody's time; `note` is a sentence for the candidate's mail, kept only there."""
    interview = _lock(interview)
    if interview.is_cancelled:
        raise Refused("This interview is already cancelled.")
    if Scorecard.objects.submitted().filter(interview=interview).exists():
        raise Refused("A scorecard is in, so this interview took place and stays.")
    panel = [seat.user for seat in interview.seats.live().select_related("user").order_by("user")]
    interview.status = Interview.Status.CANCELLED
    interview.sequence += 1
    interview.save(update_fields=["status", "sequence"])
    interview.seats.update(is_live=False)
    _record(interview, "interview.cancelled", by)
    invitations.call_off(interview, panel, by=by, note=note.strip())
    return interview


@transaction.atomic
def keep_wall_time(interview: Interview) -> bool:
    """CAL-18: when a new edition of the time zone database moves a future interview, keep the hour people agreed on.

    Returns whether it had to be moved. Everybody gets an update with a higher sequence.
    """
    interview = _lock(interview)
    if interview.is_cancelled or not interview.wall_time or interview.starts_at <= timezone.now():
        return False
    meant = dt.datetime.fromisoformat(interview.wall_time).replace(
        tzinfo=interview.zone, fold=interview.starts_at.astimezone(interview.zone).fold
    )
    if meant == interview.starts_at:
        return False
    reschedule(interview, by=None, starts_at=meant)
    return True


def _lock(interview: Interview) -> Interview:
    return Interview.objects.for_row().select_for_update(of=("self",)).get(pk=interview.pk)


def _panel(panel: Iterable[User]) -> list[User]:
    people = sorted({user.pk: user for user in panel}.values(), key=lambda user: user.pk)
    if not people:
        raise Refused("Choose at least one interviewer.")
    for user in people:
        if not user.is_active:
            raise Refused(f"{user} no longer works here and cannot interview.")
    return people


def _zone(starts_at: dt.datetime, named: str) -> zoneinfo.ZoneInfo:
    if named:
        return zoneinfo.ZoneInfo(named)
    if isinstance(starts_at.tzinfo, zoneinfo.ZoneInfo):
        return starts_at.tzinfo
    return zoneinfo.ZoneInfo("UTC")


def _wall_time(starts_at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    return starts_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _span(starts_at: dt.datetime, minutes: int) -> tuple[dt.datetime, dt.datetime]:
    """Start and end in UTC, once it is sure that clocks show this start and that it lies ahead (CAL-17)."""
    in_utc = starts_at.astimezone(dt.UTC)
    if starts_at.tzinfo and in_utc.astimezone(starts_at.tzinfo).replace(tzinfo=None) != starts_at.replace(tzinfo=None):
        raise Refused(f"The clocks skip {starts_at:%H:%M} that day. Choose another time.")
    if in_utc <= timezone.now():
        raise Refused("This time has passed. Choose a later one.")
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(f"An interview takes between {SHORTEST} minutes and {LONGEST // 60} hours.")
    return in_utc, in_utc + dt.timedelta(minutes=minutes)


def _is_moved(interview: Interview, starts_at: dt.datetime | None, minutes: int | None) -> bool:
    new_start = starts_at is not None and starts_at != interview.starts_at
    return new_start or (minutes is not None and minutes != interview.minutes)


def _candidate_is_free(
    candidate: Candidate, starts_at: dt.datetime, ends_at: dt.datetime, *, except_interview: int | None = None
) -> None:
    """Nobody is interviewed twice at once, also not for two jobs. The row lock makes two schedulers take turns."""
    Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    clash = Interview.objects.live().filter(
        application__candidate=candidate, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if except_interview:
        clash = clash.exclude(pk=except_interview)
    if other := clash.first():
        raise Refused(f"{candidate.name} already has {other.title} at that time.")


def _place(interview: Interview, people: list[User], *, moved: bool = False) -> None:
    """Give everybody their seat, always in the order of ids: two schedulers then wait for each other, never in a ring."""
    during = (interview.starts_at, interview.ends_at)
    seated = {seat.user_id: seat for seat in interview.seats.all()}
    try:
        with transaction.atomic():
            for user in people:
                seat = seated.get(user.pk) or Seat(interview=interview, user=user)
                if seat.pk and not moved:
                    continue
                seat.during, seat.answer, seat.answered_at, seat.comment = during, Answer.NEEDS_ACTION, None, ""
                seat.save()
    except IntegrityError as error:
        if "nobody_in_two_interviews" not in str(error):
            raise
        raise Refused(_who_is_busy(interview, people)) from error
    except OperationalError as error:  # a ring of more than two: PostgreSQL lets one of them go
        raise Refused("Somebody else is booking the same people right now. Try again.") from error


def _who_is_busy(interview: Interview, people: list[User]) -> str:
    during = (interview.starts_at, interview.ends_at)
    clashes = Seat.objects.live().filter(user__in=people, during__overlap=during).exclude(interview=interview.pk)
    names = sorted({seat.user.full_name for seat in clashes.select_related("user")})
    if not names:
        return "Somebody on the panel was just booked for this time. Choose another one."
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} {'has' if len(names) == 1 else 'have'} another interview at that time. Choose another one."


def _free(seats: list[Seat]) -> None:
    """Take people off the panel. Who has handed in a scorecard was there, and stays."""
    for seat in seats:
        if Scorecard.objects.submitted().filter(interview=seat.interview_id, author=seat.user_id).exists():
            raise Refused(f"{seat.user} has handed in a scorecard and stays on the panel.")
        invitations.revoke_link(seat)
        seat.delete()


def _record(interview: Interview, kind: str, by: User | None, **data: Any) -> None:
    application = interview.application
    record(
        application.candidate, kind, by, job=application.job, interview=interview.pk, application=application.pk, **data
    )
