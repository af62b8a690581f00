"""Periods as people write them, and what of one lies within another."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from hiring.errors import Refused

QUARTER = re.compile(r"(?:q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?q([1-4]))", re.IGNORECASE | re.ASCII)
MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)
EARLIEST, LATEST = 2000, 2100


def month(year: int, number: int) -> tuple[dt.date, dt.date]:
    first = dt.date(year, number, 1)
    return first, first.replace(day=calendar.monthrange(year, number)[1])


def read(text: str) -> tuple[dt.date, dt.date]:
    """A month (2027-03, 03/2027), a quarter (2027-Q1), a year, or a day. Raises Refused for anything else."""
    text = text.strip()
    try:
        if found := QUARTER.fullmatch(text):
            year, quarter = int(found[2] or found[3]), int(found[1] or found[4])
            return _possible(month(year, 3 * quarter - 2)[0], month(year, 3 * quarter)[1])
        if found := MONTH.fullmatch(text):
            return _possible(*month(int(found[1] or found[4]), int(found[2] or found[3])))
        if YEAR.fullmatch(text):
            return _possible(dt.date(int(text), 1, 1), dt.date(int(text), 12, 31))
        day = read_day(text)
    except ValueError:
        raise Refused(f"“{text[:40]}” is no period. Write 2027-03, 2027-Q1, 2027 or a day.") from None
    return day, day


def read_day(text: str) -> dt.date:
    """A day: 2027-03-31, 31.03.2027, 31/03/2027. The day stands before the month. Raises ValueError."""
    text = text.strip()
    found = DAY_FIRST.fullmatch(text)
    day = dt.date(int(found[3]), int(found[2]), int(found[1])) if found else dt.date.fromisoformat(text)
    return _possible(day, day)[0]


def _possible(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    if not EARLIEST <= first.year <= LATEST:
        raise ValueError(first)
    return first, last


def shared_days(first: dt.date, last: dt.date, other_first: dt.date, other_last: dt.date) -> int:
    """How many days two periods have in common, their ends included."""
    return max(0, (min(last, other_last) - max(first, other_first)).days + 1)


def parts(first: dt.date, last: dt.date, by: str) -> list[tuple[dt.date, dt.date, str]]:
    """A period cut into months or quarters, with what each is called; the first and last may be cut short. Whole when `by` is ""."""
    if by not in ("month", "quarter"):
        return [(first, last, "")]
    found, step = [], 1 if by == "month" else 3
    start = first
    while start <= last:
        number = start.month - (start.month - 1) % step
        end = month(start.year, number + step - 1)[1]
        label = f"{start:%B %Y}" if step == 1 else f"Q{(number + 2) // 3} {start.year}"
        found.append((start, min(end, last), label))
        start = end + dt.timedelta(days=1)
    return found
