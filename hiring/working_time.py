"""Hours that run on working days only: what is asked on a Friday evening is not late on Monday morning."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings

WORKDAYS = frozenset({1, 2, 3, 4, 5})
"""ISO numbers, Monday is 1."""


def after(start: dt.datetime, hours: int) -> dt.datetime:
    """The moment `hours` hours of working days after `start`, an aware time, in the organisation's zone.

    A working day has 24 hours, from midnight to midnight; Saturdays and Sundays have none. So 24 hours from Friday 17:00 end
    on Monday 17:00, and whatever begins at a weekend begins on Monday at midnight. Clocks put forward or back shorten or
    lengthen nothing: it is wall time that is counted.
    """
    zone = zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE)
    wall = start.astimezone(zone).replace(tzinfo=None)
    left = dt.timedelta(hours=hours)
    while True:
        midnight = dt.datetime.combine(wall.date() + dt.timedelta(days=1), dt.time())
        if wall.isoweekday() in WORKDAYS:
            if wall + left < midnight or not left:
                return (wall + left).replace(tzinfo=zone).astimezone(dt.UTC)
            left -= midnight - wall
        wall = midnight
