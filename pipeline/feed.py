"""What happened on a job since an open board last asked: a token that changes with its feed, and whom and which stages it touched."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from hiring.models import Job, TimelineEvent
from hiring.prepared import Given, prepared
from pipeline.models import Application


@prepared
def last_events_of(job: Given) -> QuerySet[TimelineEvent, tuple[dt.datetime, int]]:
    """Asked by every open board every few seconds."""
    return TimelineEvent.objects.filter(job=job).order_by("-at").values_list("at", "pk")[:5]


def newest(job: Job) -> str:
    """A token of the job's feed: it changes when anything happens to anybody on this job.

    Made of the newest five events, not of the last one, so that one that commits a moment late is not missed.
    """
    last = last_events_of(job=job.pk)
    if not last:
        return "0"
    return f"{last[0][0].timestamp():.6f}-{zlib.crc32(repr(sorted(pk for _, pk in last)).encode()):08x}"


def seen_at(token: str) -> dt.datetime | None:
    """How fresh a board was that carried this token. None where that cannot be told: it saw nothing yet, or its clock is
    ahead of ours, and then it saw what stands now."""
    try:
        at = dt.datetime.fromtimestamp(float(token.partition("-")[0]), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if dt.datetime(2000, 1, 1, tzinfo=dt.UTC) < at < timezone.now() else None


@dataclass(frozen=True)
class Changed:
    """The stages something happened in, and whom it happened to."""

    stages: list[int]
    people: set[int]


def changed(job: Job, since: str) -> Changed | None:
    """What happened since `since`; None when that cannot be told and all of it may have."""
    try:
        at = dt.datetime.fromtimestamp(float(since.partition("-")[0]), dt.UTC) - dt.timedelta(seconds=30)
    except (ValueError, OverflowError, OSError):
        return None
    events = list(TimelineEvent.objects.filter(job=job, at__gt=at).values_list("candidate", "data")[:200])
    if len(events) == 200:
        return None
    stages = {data[key] for _, data in events for key in ("left", "to", "stage") if isinstance(data.get(key), int)}
    people = {candidate for candidate, _ in events}
    stages |= set(Application.objects.filter(job=job, candidate__in=people).values_list("stage", flat=True))
    return Changed(sorted(stages), people)
