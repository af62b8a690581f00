"""How long a rule waits, on the clock of the place where the job is. Days are business days: Monday to Friday there."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings

from hiring.models import Job
from pipeline.models import RuleVersion

LEAST = dt.timedelta(minutes=5)
LEAST_TO_REJECT = dt.timedelta(hours=1)
"""Every firing waits at least so long, for somebody to stop it (invariant 5)."""


def zone_of(job: Job) -> zoneinfo.ZoneInfo:
    """The zone of the job's place; `job.location` has to be loaded."""
    try:
        return zoneinfo.ZoneInfo(job.location.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE)


def after_days(start: dt.datetime, days: int, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The same time of day, so many business days later; Saturday and Sunday count as none. In UTC.

    None is the moment itself. A time of day that a change of clocks leaves out is an hour later on that day.
    """
    if not days:
        return start.astimezone(dt.UTC)
    local = start.astimezone(zone)
    day = local.date()
    while days:
        day += dt.timedelta(days=1)
        days -= day.isoweekday() <= 5
    return dt.datetime.combine(day, local.time(), zone).astimezone(dt.UTC)


def business_days(start: dt.datetime, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    """How many business days have passed: the most for which `after_days` is not later than `now`."""
    begun, today = start.astimezone(zone).date(), now.astimezone(zone).date()
    between = (today - begun).days
    if between <= 0:
        return 0
    weeks, rest = divmod(between, 7)
    days = weeks * 5 + sum((begun + dt.timedelta(days=n)).isoweekday() <= 5 for n in range(1, rest + 1))
    while days and after_days(start, days, zone) > now:
        days -= 1
    return days


def due(version: RuleVersion, found_at: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """When what was found at `found_at` is done, never sooner than somebody can stop it."""
    if version.unit == RuleVersion.Unit.HOURS:
        at = found_at + dt.timedelta(hours=version.delay)
    else:
        at = after_days(found_at, version.delay, zone)
    return max(at, found_at + (LEAST_TO_REJECT if version.rejects else LEAST))
