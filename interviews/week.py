"""The week of interviews: what stands on which day, who is in it, and which scorecards are late."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from hiring.models import User
from interviews import scorecards
from interviews.models import Interview, Scorecard, Seat

MOST = 400  # a week with more is narrowed to one's own
LATE_SHOWN = 20


@dataclass
class Entry:
    """One interview in the week. `handed_in` counts scorecards, it does not open them."""

    interview: Interview
    people: list[Seat]
    is_mine: bool
    handed_in: int
    mine_is_due: bool

    @property
    def declined(self) -> list[Seat]:
        return [seat for seat in self.people if seat.answer == Seat.Answer.DECLINED]

    @property
    def state(self) -> str:
        if self.interview.is_cancelled:
            return "cancelled"
        return "over" if self.interview.is_over else "ahead"


@dataclass
class Day:
    date: dt.date
    is_today: bool
    is_past: bool = False
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Week:
    monday: dt.date
    days: list[Day]
    is_cut: bool = False

    @property
    def before(self) -> str:
        return name_of(self.monday - dt.timedelta(days=7))

    @property
    def after(self) -> str:
        return name_of(self.monday + dt.timedelta(days=7))

    @property
    def sunday(self) -> dt.date:
        return self.monday + dt.timedelta(days=6)

    @property
    def earlier(self) -> int:
        """How many interviews lie on days of this week that are over; 0 in any other week."""
        if not any(day.is_today for day in self.days):
            return 0
        return sum(len(day.entries) for day in self.days if day.is_past)

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for day in self.days)


def name_of(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def monday_of(name: str, zone: zoneinfo.ZoneInfo) -> dt.date:
    """The Monday of a week such as 2026-W49; of the current one for anything else."""
    try:
        year, week = name.split("-W")
        if not 2000 <= int(year) <= 2100:
            raise ValueError
        return dt.date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        today = timezone.now().astimezone(zone).date()
        return today - dt.timedelta(days=today.weekday())


def read(user: User, monday: dt.date, *, mine: bool) -> Week:
    """One's own, or all visible interviews of a week on the reader's clock. Three queries, however full it is."""
    zone = user.zone
    begin = dt.datetime.combine(monday, dt.time(), zone)
    end = dt.datetime.combine(monday + dt.timedelta(days=7), dt.time(), zone)
    interviews = Interview.objects.visible_to(user).for_page().filter(starts_at__gte=begin, starts_at__lt=end)
    if mine:
        interviews = interviews.filter(pk__in=Seat.objects.live().filter(user=user).values("interview"))
    rows = list(interviews.order_by("starts_at", "pk")[: MOST + 1])
    submitted = Scorecard.objects.submitted().filter(interview__in=[row.pk for row in rows])
    done = set(submitted.values_list("interview", "author"))
    today = timezone.now().astimezone(zone).date()
    dates = [monday + dt.timedelta(days=n) for n in range(7)]
    days = [Day(date, date == today, date < today) for date in dates]
    for interview in rows[:MOST]:
        day = days[(interview.starts_at.astimezone(zone).date() - monday).days]
        day.entries.append(_entry(interview, user, done))
    return Week(monday, [day for day in days if day.entries or day.date.isoweekday() < 6], is_cut=len(rows) > MOST)


def late(user: User, *, mine: bool) -> list[Seat]:
    """Seats whose scorecard is late, the oldest first: one's own, or everybody's in visible interviews."""
    seats = Seat.objects.due().filter(interview__ends_at__lt=timezone.now() - scorecards.LATE_AFTER)
    seats = seats.filter(interview__application__status="active")
    whose = Q(user=user) if mine else Q(interview__in=Interview.objects.visible_to(user))
    seats = seats.filter(whose)
    related = seats.select_related("user", "interview__application__candidate", "interview__application__job")
    return list(related.order_by("interview__ends_at", "pk")[:LATE_SHOWN])


def _entry(interview: Interview, user: User, done: set[tuple[int, int]]) -> Entry:
    people = [seat for seat in interview.seats.all() if seat.is_live]
    is_mine = any(seat.user_id == user.pk for seat in people)
    return Entry(
        interview=interview,
        people=people,
        is_mine=is_mine,
        handed_in=sum((interview.pk, seat.user_id) in done for seat in people),
        mine_is_due=is_mine and interview.is_over and (interview.pk, user.pk) not in done,
    )
