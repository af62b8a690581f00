"""What interviews ask of me today: scorecards I owe, answers that are missing, and the day's line."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from hiring import access, frame
from hiring.models import Job, User
from hiring.today import Appointment, Group, Line, days, group
from interviews import scorecards
from interviews.models import Answer, Interview, Scorecard, Seat, SeatQuerySet
from pipeline.models import Application

SHOWN = 10


def owed_by(user: User) -> SeatQuerySet:
    """My seats whose scorecard is due, while it still matters to somebody."""
    return Seat.objects.due().filter(user=user.pk, interview__application__status=Application.Status.ACTIVE)


@group(10)
def scorecards_due(user: User) -> Group | None:
    """The longest waiting first; late ones are marked."""
    seats = owed_by(user).select_related("interview__application__candidate", "interview__application__job")
    rows = list(seats.order_by("interview__ends_at", "pk")[: SHOWN + 1])
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
        for seat in rows[:SHOWN]
    ]
    total = len(rows) if len(rows) <= SHOWN else owed_by(user).count()
    late = owed_by(user).filter(interview__ends_at__lt=timezone.now() - scorecards.LATE_AFTER).count()
    all_url = f"{reverse('interviews:list')}?who=me"
    return Group("scorecards", "Scorecards due", lines, total=total, late=late, all_url=all_url)


@group(12)
def declined(user: User) -> Group | None:
    """Interviews ahead that somebody cannot make, for those who schedule them."""
    if user.role not in access.WORKS_WITH_CANDIDATES:
        return None
    said_no = Q(candidate_answer=Answer.DECLINED) | Q(
        pk__in=Seat.objects.live().filter(answer=Answer.DECLINED).values("interview")
    )
    mine = Q(created_by=user.pk) | Q(application__job__in=Job.objects.filter(team__user=user.pk))
    ahead = Interview.objects.visible_to(user).live().filter(mine, said_no, starts_at__gt=timezone.now())
    rows = list(ahead.for_page().order_by("starts_at", "pk")[:SHOWN])
    if not rows:
        return None
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


def appointments(user: User, start: dt.datetime, end: dt.datetime) -> list[Appointment]:
    """The interviews I sit in, on the line of my day."""
    mine = Seat.objects.live().filter(user=user.pk, during__overlap=(start, end)).values("interview")
    interviews = Interview.objects.live().for_page().filter(pk__in=mine, starts_at__gte=start)
    done = set(
        Scorecard.objects.submitted().filter(author=user.pk, interview__in=mine).values_list("interview", flat=True)
    )
    return [_appointment(interview, user, interview.pk in done) for interview in interviews.order_by("starts_at")]


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
