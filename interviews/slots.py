"""Common free times: everybody's working hours minus the interviews they already sit in (docs/performance.md).

SQL fetches who is busy when, through the index that also forbids double bookings; the rules are Python.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from interviews.models import Seat

Span = tuple[dt.datetime, dt.datetime]

STEP = dt.timedelta(minutes=30)
NOTICE = dt.timedelta(hours=2)  # nobody is asked to come sooner than this
CANDIDATE_DAY = (dt.time(8, 0), dt.time(20, 0))
SHOWN = 8
SHOWN_A_DAY = 3


@dataclass(frozen=True)
class Slot:
    """A start everybody can make; `reasons` says why it is offered, `warnings` what speaks against it."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass
class Row:
    """One interviewer's day: when they work and when they are taken, in UTC."""

    user: User
    day: dt.date
    works: list[Span] = field(default_factory=list)
    busy: list[Span] = field(default_factory=list)


def moment(day: dt.date, time: dt.time, zone: zoneinfo.ZoneInfo, *, second: bool | None = None) -> dt.datetime:
    """The instant a wall time names (CAL-17). Refused when clocks skip it; `Twice` when they show it twice and
    `second` does not say which one is meant.
    """
    wall = dt.datetime.combine(day, time)
    first, later = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise Refused(f"The clocks in {zone} skip {wall:%H:%M} on {wall.day} {wall:%B %Y}. Choose another time.")
    if first.utcoffset() == later.utcoffset():
        return first
    if second is None:
        raise Twice(first, later)
    return later if second else first


class Twice(Refused):
    """Clocks go back, so this wall time comes twice that night; the person has to say which one."""

    def __init__(self, first: dt.datetime, later: dt.datetime) -> None:
        super().__init__(f"The clocks go back: {first:%H:%M} comes twice that night. Say which one you mean.")
        self.first, self.later = first, later


def working_hours(user: User, from_: dt.datetime, until: dt.datetime) -> list[Span]:
    """When `user` works between two instants, in UTC. A day of 23 or 25 hours is still nine to half past five."""
    spans = []
    zone = user.zone
    day = from_.astimezone(zone).date() - dt.timedelta(days=1)  # last night's shift may reach into the range
    last = until.astimezone(zone).date()
    while day <= last:
        if str(day.isoweekday()) in user.workdays:
            opens = dt.datetime.combine(day, user.workday_start, zone).astimezone(dt.UTC)
            closes = dt.datetime.combine(day, user.workday_end, zone).astimezone(dt.UTC)
            if closes <= opens:  # works past midnight
                closes = dt.datetime.combine(day + dt.timedelta(days=1), user.workday_end, zone).astimezone(dt.UTC)
            opens, closes = max(opens, from_), min(closes, until)
            if opens < closes:
                spans.append((opens, closes))
        day += dt.timedelta(days=1)
    return spans


def busy_times(
    panel: Iterable[User], from_: dt.datetime, until: dt.datetime, *, except_interview: int | None = None
) -> dict[int, list[Span]]:
    """Each interviewer's live seats that touch the range, in order. One query, whatever the panel's size."""
    users = [user.pk for user in panel]
    taken: dict[int, list[Span]] = {pk: [] for pk in users}
    seats = Seat.objects.live().filter(user__in=users, during__overlap=(from_, until))
    if except_interview:
        seats = seats.exclude(interview=except_interview)
    for user, during in seats.order_by("during").values_list("user", "during"):
        taken[user].append((during.lower, during.upper))
    return taken


def suggest(
    panel: Sequence[User],
    minutes: int,
    *,
    from_: dt.datetime | None = None,
    days: int = 14,
    time_zone: str = "UTC",
    step: dt.timedelta = STEP,
    buffer: dt.timedelta = dt.timedelta(0),
    limit: int = SHOWN,
    except_interview: int | None = None,
) -> list[Slot]:
    """Up to `limit` starts in the next `days` that suit the whole panel, earliest first, spread over the days.

    `time_zone` is the candidate's; `buffer` keeps that much air around other interviews. Times by day for the candidate
    come first: others are offered, with a warning, only when there are too few.
    """
    if not panel:
        return []
    now = timezone.now()
    from_ = max(from_ or now, now + NOTICE).astimezone(dt.UTC)
    until = from_ + dt.timedelta(days=days)
    length, zone = dt.timedelta(minutes=minutes), zoneinfo.ZoneInfo(time_zone)
    taken = busy_times(panel, from_ - buffer, until + buffer, except_interview=except_interview)
    free = _common_free(panel, taken, from_, until, buffer)
    starts = [start for span in free for start in _starts(span, length, step)]
    friendly = _spread((start for start in starts if _by_day(start, length, zone)), zone, limit)
    if len(friendly) < limit:
        chosen = set(friendly)
        others = (start for start in starts if start not in chosen and not _by_day(start, length, zone))
        friendly += _spread(others, zone, limit - len(friendly))
    first = friendly[0] if friendly else None
    chosen_starts = sorted(friendly)
    return [_slot(start, length, zone, panel, taken, is_first=start == first) for start in chosen_starts]


def rows(
    panel: Sequence[User],
    from_: dt.datetime,
    days: int,
    zone: zoneinfo.ZoneInfo,
    *,
    except_interview: int | None = None,
) -> list[list[Row]]:
    """For the page's bars: a list a day, a row an interviewer in it. Days are those of `zone`; empty weekends are left out."""
    first = from_.astimezone(zone).date()
    until = _midnight(first + dt.timedelta(days=days), zone)
    start = _midnight(first, zone)
    taken = busy_times(panel, start, until, except_interview=except_interview)
    hours = {user.pk: working_hours(user, start, until) for user in panel}
    result = []
    for offset in range(days):
        day = first + dt.timedelta(days=offset)
        span = (_midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone))
        lines = [Row(user, day, _within(hours[user.pk], span), _within(taken[user.pk], span)) for user in panel]
        if any(line.works or line.busy for line in lines):
            result.append(lines)
    return result


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _within(spans: Iterable[Span], frame: Span) -> list[Span]:
    """The parts of `spans` that lie inside `frame`."""
    cut = ((max(start, frame[0]), min(end, frame[1])) for start, end in spans)
    return [(start, end) for start, end in cut if start < end]


def _common_free(
    panel: Sequence[User], taken: dict[int, list[Span]], from_: dt.datetime, until: dt.datetime, buffer: dt.timedelta
) -> list[Span]:
    """Where everybody works and nobody is taken: one sweep over all edges."""
    edges: list[tuple[dt.datetime, int]] = []
    for user in panel:
        for start, end in working_hours(user, from_, until):
            edges += [(start, 1), (end, -1)]
        for start, end in taken[user.pk]:
            edges += [(start - buffer, -len(panel)), (end + buffer, len(panel))]
    edges.sort()  # at one instant, endings come before beginnings
    free, count, since = [], 0, from_
    for at, change in edges:
        if count == len(panel) and at > since:
            free.append((since, at))
        count += change
        since = at
    return free


def _starts(span: Span, length: dt.timedelta, step: dt.timedelta) -> Iterator[dt.datetime]:
    """Starts on the step's grid that leave room for the whole interview."""
    start, end = span
    epoch = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    late = (start - epoch) % step
    at = start if not late else start + step - late
    while at + length <= end:
        yield at
        at += step


def _by_day(start: dt.datetime, length: dt.timedelta, zone: zoneinfo.ZoneInfo) -> bool:
    begins, ends = start.astimezone(zone), (start + length).astimezone(zone)
    return begins.time() >= CANDIDATE_DAY[0] and ends.time() <= CANDIDATE_DAY[1] and begins.date() == ends.date()


def _spread(starts: Iterable[dt.datetime], zone: zoneinfo.ZoneInfo, limit: int) -> list[dt.datetime]:
    """The earliest, then no more than a few a day and not back to back, so that a choice is one."""
    chosen: list[dt.datetime] = []
    days: dict[dt.date, int] = {}
    for start in starts:
        if len(chosen) == limit:
            break
        day = start.astimezone(zone).date()
        if days.get(day, 0) >= SHOWN_A_DAY or (chosen and start - chosen[-1] < dt.timedelta(minutes=90)):
            continue
        days[day] = days.get(day, 0) + 1
        chosen.append(start)
    return chosen


def _slot(
    start: dt.datetime,
    length: dt.timedelta,
    zone: zoneinfo.ZoneInfo,
    panel: Sequence[User],
    taken: dict[int, list[Span]],
    *,
    is_first: bool,
) -> Slot:
    end = start + length
    reasons, warnings = [], []
    if is_first:
        reasons.append("First common time")
    local = start.astimezone(zone)
    if not _by_day(start, length, zone):
        warnings.append(
            f"{local:%H:%M} for the candidate, outside {CANDIDATE_DAY[0]:%H:%M} to {CANDIDATE_DAY[1]:%H:%M}"
        )
    theirs, ours = local.date(), start.astimezone(panel[0].zone).date()
    if theirs != ours:
        warnings.append(f"{local:%A} {'already' if theirs > ours else 'still'} for the candidate")
    loaded = [user for user in panel if _same_day(taken[user.pk], start, user)]
    if loaded:
        warnings.append(f"{_names(loaded)} {'has' if len(loaded) == 1 else 'have'} another interview that day")
    elif len(panel) > 1:
        reasons.append("no other interview that day")
    return Slot(start, end, tuple(reasons), tuple(warnings))


def _same_day(spans: Iterable[Span], start: dt.datetime, user: User) -> bool:
    day = start.astimezone(user.zone).date()
    return any(begin.astimezone(user.zone).date() == day for begin, _ in spans)


def _names(users: Sequence[User]) -> str:
    names = [user.get_short_name() for user in users]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
