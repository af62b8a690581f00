"""What interviews ask of me today: scorecards I owe, answers that are missing, and the day's line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from hiring import access, frame
from hiring.models import TeamMember, User
from hiring.prepared import Given, prepared
from hiring.today import Appointment, Group, Line, days, group
from interviews import scorecards
from interviews.models import Answer, Interview, Scorecard, Seat, SeatQuerySet
from pipeline.models import Application

SHOWN = 10


def owed_by(user: User) -> SeatQuerySet:
    """My seats whose scorecard is due, while it still matters to somebody."""
    return _owed(user.pk, timezone.now())


def _owed(user: Any, now: Any) -> SeatQuerySet:
    owing = Seat.objects.owing().filter(user=user, interview__ends_at__lte=now)
    return owing.filter(interview__application__status=Application.Status.ACTIVE)


@prepared
def longest_owed(user: Given, at: Given, late: Given) -> QuerySet[Seat]:
    """The first of them, each with how many there are, and how many of interviews that were over before `late`."""
    seats = _owed(user, at).select_related("interview__application__candidate", "interview__application__job")
    seats = seats.annotate(
        total=Window(Count("pk")), total_late=Window(Count("pk", filter=Q(interview__ends_at__lt=late)))
    )
    return seats.order_by("interview__ends_at", "pk")[:SHOWN]


@group(10)
def scorecards_due(user: User) -> Group | None:
    """The longest waiting first; late ones are marked."""
    now = timezone.now()
    rows: list[Any] = longest_owed(user=user.pk, at=now, late=now - scorecards.LATE_AFTER)
    if not rows:
        return None
    lines = [
        Line(
            name=str(seat.interview.application.candidate),
            initials=seat.interview.application.candidate.initials,
            note=f"{seat.interview.title}, {seat.interview.application.job}",
            url=reverse("interviews:scorecard", args=[seat.interview_id]),
            action="Write",
            due_at=seat.interview.ends_at,
            late=scorecards.is_late(seat),
            kind="interview",
        )
        for seat in rows
    ]
    total, late = rows[0].total, rows[0].total_late
    all_url = f"{reverse('interviews:list')}?who=me"
    return Group("scorecards", "Scorecards due", lines, total=total, late=late, all_url=all_url)


@prepared
def nearest_declined(user: User, mine: Given, at: Given) -> QuerySet[Interview, int]:
    said_no = Q(candidate_answer=Answer.DECLINED) | Q(
        pk__in=Seat.objects.live().filter(answer=Answer.DECLINED).values("interview")
    )
    theirs = Q(created_by=mine) | Q(application__job__in=TeamMember.objects.filter(user=mine).values("job"))
    ahead = Interview.objects.visible_to(user).live().filter(theirs, said_no, starts_at__gt=at)
    return ahead.order_by("starts_at", "pk").values_list("pk", flat=True)[:SHOWN]


@group(12)
def declined(user: User) -> Group | None:
    """Interviews ahead that somebody cannot make, for those who schedule them."""
    if user.role not in access.WORKS_WITH_CANDIDATES:
        return None
    found = nearest_declined(user, mine=user.pk, at=timezone.now())
    if not found:
        return None
    rows = Interview.objects.for_page().filter(pk__in=found).order_by("starts_at", "pk")
    return Group("declined", "Declined invitations", [_declined_line(interview) for interview in rows])


def _declined_line(interview: Interview) -> Line:
    names = [seat.user.get_short_name() for seat in interview.seats.all() if seat.answer == Answer.DECLINED]
    if interview.candidate_answer == Answer.DECLINED:
        names.insert(0, interview.application.candidate.first_name)
    return Line(
        name=str(interview.application.candidate),
        initials=interview.application.candidate.initials,
        note=f"{' and '.join(names)} declined {interview.title}",
        url=reverse("interviews:reschedule", args=[interview.pk]),
        action="Reschedule",
        due_at=interview.starts_at,
        kind="interview",
    )


@prepared
def seats_between(user: Given, span: Given, start: Given) -> QuerySet[Seat, int]:
    mine = Seat.objects.live().filter(user=user, during__overlap=span, interview__starts_at__gte=start)
    return mine.exclude(interview__status=Interview.Status.CANCELLED).values_list("interview", flat=True)


def appointments(user: User, start: dt.datetime, end: dt.datetime) -> list[Appointment]:
    """The interviews I sit in, on the line of my day. One query on a day without any."""
    mine = seats_between(user=user.pk, span=TimestamptzRange(start, end), start=start)
    if not mine:
        return []
    interviews = Interview.objects.for_page().filter(pk__in=mine).order_by("starts_at")
    done = set(
        Scorecard.objects.submitted().filter(author=user.pk, interview__in=mine).values_list("interview", flat=True)
    )
    return [_appointment(interview, user, interview.pk in done) for interview in interviews]


def _appointment(interview: Interview, user: User, handed_in: bool) -> Appointment:
    others = [seat.user.get_short_name() for seat in interview.seats.all() if seat.is_live and seat.user_id != user.pk]
    with_whom = f", with {' and '.join(others)}" if others else ""
    ahead = not interview.has_begun
    return Appointment(
        start=interview.starts_at,
        end=interview.ends_at,
        title=f"{interview.title}: {interview.application.candidate}",
        note=f"{interview.application.job}{with_whom}",
        url=interview.get_absolute_url(),
        kind="interview",
        state="done" if interview.is_over else "",
        warning="Scorecard missing" if interview.is_over and not handed_in else "",
        brief_url=reverse("interviews:interview_brief", args=[interview.pk]) if ahead else "",
    )


days.append(appointments)
frame.counts["interviews"] = lambda user: owed_by(user).count()
