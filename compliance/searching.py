"""The search log as compliance reads it (EQ-12): which searches, by whom, for which job, between which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from hiring import sheets
from hiring.models import Job, SearchRecord, User

HEADINGS = ("When (UTC)", "Who", "E-mail", "Query", "Job", "People found", "Estimated", "Shown candidates")


def searches(
    user: User, *, by: User | None = None, since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[SearchRecord]:
    """The searches the user may read, the newest first; `until` is the last day."""
    found = SearchRecord.objects.visible_to(user).select_related("by", "job").order_by("-at", "-pk")
    if by:
        found = found.filter(by=by)
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def as_csv(found: QuerySet[SearchRecord]) -> Iterator[str]:
    """Lines of a table, as they are read from the database."""
    return sheets.csv_lines(HEADINGS, (_cells(row) for row in found.iterator(chunk_size=1_000)))


def _cells(row: SearchRecord) -> list[str]:
    return [
        row.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        row.by.full_name,
        row.by.email,
        row.query,
        named(row.job),
        "" if row.total is None else str(row.total),
        "yes" if row.is_estimate else "",
        " ".join(map(str, row.shown)),
    ]


def named(job: Job | None) -> str:
    """The job somebody searched for, as whoever reads the log may know it: what is confidential has its number alone."""
    if job is None:
        return ""
    return f"{job.requisition_id} (confidential)" if job.confidential else f"{job.requisition_id} {job.title}"
