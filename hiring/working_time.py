"""Working days, in one place for all that wait for one: weekends as the country has them, and the holidays it keeps.

What is asked on a Friday evening is not late on Monday morning, and nothing is due on Christmas Day.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings

from hiring import holidays

WEEKEND = frozenset({6, 7})
"""ISO numbers, Monday is 1."""
WEEKEND_BY_COUNTRY = dict.fromkeys(
    ("BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "YE"), frozenset({5, 6})
)


def is_weekend(day: dt.date, country: str = "") -> bool:
    return day.isoweekday() in WEEKEND_BY_COUNTRY.get(country, WEEKEND)


def is_working(day: dt.date, country: str = "") -> bool:
    """Whether people work on this day in this country (ISO alpha-2; empty where it is not known)."""
    return not is_weekend(day, country) and not holidays.is_holiday(day, country)


def working_day(day: dt.date, country: str = "") -> dt.date:
    """The day itself where people work on it, else the next one on which they do."""
    while not is_working(day, country):
        day += dt.timedelta(days=1)
    return day


def days_after(day: dt.date, days: int, country: str = "") -> dt.date:
    """The day so many working days later. None is the day itself."""
    for _ in range(days):
        day = working_day(day + dt.timedelta(days=1), country)
    return day


def after_days(start: dt.datetime, days: int, zone: zoneinfo.ZoneInfo, country: str = "") -> dt.datetime:
    """The same time of day, so many working days later. In UTC.

    None is the moment itself. A time of day that a change of clocks leaves out is an hour later on that day.
    """
    if not days:
        return start.astimezone(dt.UTC)
    local = start.astimezone(zone)
    return dt.datetime.combine(days_after(local.date(), days, country), local.time(), zone).astimezone(dt.UTC)


def days_passed(start: dt.datetime, now: dt.datetime, zone: zoneinfo.ZoneInfo, country: str = "") -> int:
    """How many working days have passed: the most for which `after_days` is not later than `now`."""
    begun, today = start.astimezone(zone).date(), now.astimezone(zone).date()
    between = range(1, (today - begun).days + 1)
    days = sum(is_working(begun + dt.timedelta(days=n), country) for n in between)
    while days and after_days(start, days, zone, country) > now:
        days -= 1
    return days


def earliest(end: dt.datetime, days: int) -> dt.datetime:
    """A moment from which, wherever people work, so many working days have passed by `end`; a few days earlier than need be."""
    day = end - dt.timedelta(days=4)
    while days:
        day -= dt.timedelta(days=1)
        days -= day.isoweekday() < 5 and not holidays.is_somewhere(day.date())
    return day


def after(start: dt.datetime, hours: int) -> dt.datetime:
    """The moment `hours` hours of working days after `start`, an aware time, where the organisation is.

    A working day has 24 hours, from midnight to midnight; weekends and holidays have none. So 24 hours from Friday 17:00 end
    on Monday 17:00, and whatever begins at a weekend begins on Monday at midnight. Clocks put forward or back shorten or
    lengthen nothing: it is wall time that is counted.
    """
    zone = zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE)
    wall = start.astimezone(zone).replace(tzinfo=None)
    left = dt.timedelta(hours=hours)
    while True:
        midnight = dt.datetime.combine(wall.date() + dt.timedelta(days=1), dt.time())
        if is_working(wall.date(), settings.ORGANISATION_COUNTRY):
            if wall + left < midnight or not left:
                return (wall + left).replace(tzinfo=zone).astimezone(dt.UTC)
            left -= midnight - wall
        wall = midnight
