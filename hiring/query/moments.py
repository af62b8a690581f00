"""Times as people write them: days, months, quarters, years and weeks of the calendar, ages, and "last month".

A stretch of the calendar is read in the asking person's own time zone. Of two ways to read a date the day stands first only
where the writing says so (31.1.2026, 31/1/2026); what could be two days is refused.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import zoneinfo
from collections.abc import Callable

AGE = re.compile(r"([0-9]{1,4}) ?(h|d|w|mo|m|q|y|hours?|days?|weeks?|months?|quarters?|years?)( ago)?", re.IGNORECASE)
DAYS = {"h": 1 / 24, "d": 1, "w": 7}
MONTHS = {"m": 1, "q": 3, "y": 12}

YEAR = re.compile(r"([0-9]{4})")
MONTH = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})|([0-9]{1,2})[./]([0-9]{4})")
NAMED_MONTH = re.compile(r"([a-zé]{3,9})\.?[- ]?([0-9]{4})|([0-9]{4})[- ]?([a-zé]{3,9})")
QUARTER = re.compile(r"([0-9]{4})[- /]?q([1-4])|q([1-4])[- /]?([0-9]{4})")
WEEK = re.compile(r"([0-9]{4})[- ]?w([0-9]{1,2})")
DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|([0-9]{1,2})([./])([0-9]{1,2})\5([0-9]{4})")
RELATIVE = re.compile(r"(this|last|next)[- _](week|month|quarter|year)")
NAMES = [name.lower() for name in calendar.month_name]
WRITE = "Write a date (2026-01-31, 2026-01, 2026-Q1, 2026), an age (90d, 12w, 6m, 1y), today, yesterday, this-month or last-month."

Days = tuple[dt.date, dt.date]
"""From the first day until the day after the last."""


class Unclear(ValueError):
    """It is a time, and it could be two."""


def is_age(text: str) -> bool:
    return AGE.fullmatch(text.strip()) is not None


def ago(text: str, now: dt.datetime) -> dt.datetime:
    """The moment an age counts back to; months and years by the calendar. Raises ValueError where there is none."""
    age = AGE.fullmatch(text.strip())
    if age is None:
        raise ValueError
    number, unit = int(age[1]), age[2][0].lower()
    try:
        if unit in DAYS:
            return now - dt.timedelta(days=number * DAYS[unit])
        months = now.year * 12 + now.month - 1 - number * MONTHS[unit]
        year, month = months // 12, months % 12 + 1
        return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, calendar.IllegalMonthError) as error:
        raise ValueError from error


def begins_and_ends(text: str, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a stretch of the calendar, and the first after it. Raises ValueError for what is none, Unclear for
    what could be two."""
    first, after = _days(" ".join(text.lower().split()), now.astimezone(zone).date())
    try:
        return _midnight(first, zone), _midnight(after, zone)
    except OverflowError as error:
        raise ValueError from error


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _days(text: str, today: dt.date) -> Days:
    try:
        for read in READERS:
            if found := read(text, today):
                return found
    except OverflowError as error:
        raise ValueError from error
    raise ValueError


def _near_today(text: str, today: dt.date) -> Days | None:
    shift = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(text)
    return _one_day(today + dt.timedelta(days=shift)) if shift is not None else None


def _relative(text: str, today: dt.date) -> Days | None:
    found = RELATIVE.fullmatch(text)
    if not found:
        return None
    shift, unit = {"this": 0, "last": -1, "next": 1}[found[1]], found[2]
    if unit == "week":
        monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=shift)
        return monday, monday + dt.timedelta(weeks=1)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    return _months((today.year * 12 + today.month - 1) // length * length + shift * length, length)


def _year(text: str, today: dt.date) -> Days | None:
    found = YEAR.fullmatch(text)
    return _months(int(found[1]) * 12, 12) if found else None


def _quarter(text: str, today: dt.date) -> Days | None:
    found = QUARTER.fullmatch(text)
    if not found:
        return None
    year, quarter = int(found[1] or found[4]), int(found[2] or found[3])
    return _months(year * 12 + (quarter - 1) * 3, 3)


def _month(text: str, today: dt.date) -> Days | None:
    found = MONTH.fullmatch(text)
    if not found:
        return None
    month = int(found[2] or found[3])
    if not 1 <= month <= 12:
        raise ValueError
    return _months(int(found[1] or found[4]) * 12 + month - 1, 1)


def _named_month(text: str, today: dt.date) -> Days | None:
    found = NAMED_MONTH.fullmatch(text)
    if not found:
        return None
    name = found[1] or found[4]
    meant = [place for place, month in enumerate(NAMES) if month.startswith(name)]
    return _months(int(found[2] or found[3]) * 12 + meant[0] - 1, 1) if len(meant) == 1 else None


def _week(text: str, today: dt.date) -> Days | None:
    found = WEEK.fullmatch(text)
    if not found:
        return None
    monday = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return monday, monday + dt.timedelta(weeks=1)


def _day(text: str, today: dt.date) -> Days | None:
    found = DAY.fullmatch(text)
    if not found:
        return None
    if found[1]:
        return _one_day(dt.date(int(found[1]), int(found[2]), int(found[3])))
    day, mark, month, year = int(found[4]), found[5], int(found[6]), int(found[7])
    if mark == "/" and day != month and day <= 12 and month <= 12:
        raise Unclear(f"could be {dt.date(year, month, day).isoformat()} or {dt.date(year, day, month).isoformat()}")
    if mark == "/" and month > 12:
        day, month = month, day
    return _one_day(dt.date(year, month, day))


def _one_day(day: dt.date) -> Days:
    return day, day + dt.timedelta(days=1)


def _months(count: int, length: int) -> Days:
    """From the month that is `count` months after year 0, for `length` of them."""
    last = count + length
    return dt.date(count // 12, count % 12 + 1, 1), dt.date(last // 12, last % 12 + 1, 1)


READERS: tuple[Callable[[str, dt.date], Days | None], ...] = (
    _near_today, _relative, _year, _quarter, _month, _named_month, _week, _day,
)  # fmt: skip
