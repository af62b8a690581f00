"""Free and busy times as bars: one row an interviewer, one cell a day, drawn as SVG because no style may be inline."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hiring.models import User
from interviews.slots import Row, Slot, Span

HEIGHT = 20


@dataclass
class Bar:
    """A stretch of a day, in minutes from the chart's first hour."""

    kind: str  # works, busy or slot
    x: int
    width: int


@dataclass
class Cell:
    bars: list[Bar]
    label: str


@dataclass
class Line:
    user: User
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Chart:
    days: list[dt.date]
    lines: list[Line]
    first_hour: int
    last_hour: int

    @property
    def width(self) -> int:
        return (self.last_hour - self.first_hour) * 60


def chart(panel: Sequence[User], days: list[list[Row]], found: Iterable[Slot], zone: zoneinfo.ZoneInfo) -> Chart | None:
    """The panel's days on one scale, on the clock of `zone`; None when there is nothing to draw."""
    if not panel or not days:
        return None
    spans = [span for day in days for row in day for span in row.works]
    first, last = _hours(spans, zone)
    slots = [(slot.starts_at, slot.ends_at) for slot in found]
    lines = [Line(user) for user in panel]
    for day in days:
        for line, row in zip(lines, day, strict=True):
            line.cells.append(_cell(row, slots, zone, first, last))
    return Chart([day[0].day for day in days], lines, first, last)


def _hours(spans: list[Span], zone: zoneinfo.ZoneInfo) -> tuple[int, int]:
    """The hours the chart has to span, and always a usual day."""
    first, last = 9, 17
    for start, end in spans:
        begin, until = start.astimezone(zone), end.astimezone(zone)
        first = min(first, begin.hour)
        last = 24 if until.date() > begin.date() else max(last, until.hour + bool(until.minute))
    return first, last


def _cell(row: Row, slots: list[Span], zone: zoneinfo.ZoneInfo, first: int, last: int) -> Cell:
    bars = []
    today = [span for span in slots if span[0].astimezone(zone).date() == row.day]
    for kind, spans in (("works", row.works), ("busy", row.busy), ("slot", today)):
        for start, end in spans:
            begin = max(_minute(start, row.day, zone), first * 60)
            until = min(_minute(end, row.day, zone), last * 60)
            if begin < until:
                bars.append(Bar(kind, begin - first * 60, until - begin))
    return Cell(bars, _words(row, zone))


def _minute(at: dt.datetime, day: dt.date, zone: zoneinfo.ZoneInfo) -> int:
    local = at.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else 24 * 60
    return local.hour * 60 + local.minute


def _words(row: Row, zone: zoneinfo.ZoneInfo) -> str:
    """The same for those who hear it."""
    name = row.user.get_short_name()
    if not row.works:
        return f"{name} is off"
    works = " and ".join(_span(span, zone) for span in row.works)
    busy = ", ".join(_span(span, zone) for span in row.busy)
    return f"{name} works {works}, {'taken ' + busy if busy else 'all free'}"


def _span(span: Span, zone: zoneinfo.ZoneInfo) -> str:
    return f"{span[0].astimezone(zone):%H:%M} to {span[1].astimezone(zone):%H:%M}"
