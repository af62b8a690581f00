"""How long a rule waits, on the clock of the place where the job is. Days are the working days of its country."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings

from hiring import working_time
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


def after_days(start: dt.datetime, days: int, job: Job) -> dt.datetime:
    """The same time of day so many working days later, where the job is."""
    return working_time.after_days(start, days, zone_of(job), job.location.country)


def days_passed(start: dt.datetime, now: dt.datetime, job: Job) -> int:
    """How many working days have passed where the job is."""
    return working_time.days_passed(start, now, zone_of(job), job.location.country)


def due(version: RuleVersion, found_at: dt.datetime, job: Job) -> dt.datetime:
    """When what was found at `found_at` is done, never sooner than somebody can stop it."""
    if version.unit == RuleVersion.Unit.HOURS:
        at = found_at + dt.timedelta(hours=version.delay)
    else:
        at = after_days(found_at, version.delay, job)
    return max(at, found_at + (LEAST_TO_REJECT if version.rejects else LEAST))
