"""Work that comes round by itself: reminders of late scorecards, and the hours people agreed on."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from hiring.errors import Refused
from interviews import scheduling, scorecards
from interviews.models import Interview

logger = logging.getLogger(__name__)


@shared_task(name="interviews.remind_late")
def remind_late() -> None:
    """One mail a day for each scorecard that is late, however often this runs."""
    scorecards.remind_late()


@shared_task(name="interviews.keep_wall_times")
def keep_wall_times() -> None:
    """CAL-18: after an update of the time zone database, interviews stay at the hour that was agreed."""
    ahead = Interview.objects.live().filter(starts_at__gt=timezone.now()).exclude(wall_time="")
    for interview in ahead.order_by("pk").iterator(chunk_size=500):
        try:
            if scheduling.keep_wall_time(interview):
                logger.warning("interview_moved_with_its_time_zone", extra={"interview": interview.pk})
        except Refused:  # somebody is busy at the kept hour: a person has to decide, the others go on
            logger.error("interview_lost_its_hour", extra={"interview": interview.pk})
