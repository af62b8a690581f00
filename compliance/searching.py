"""The search log as compliance reads it (EQ-12): which searches, by whom, for which job, between which days."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from hiring.models import SearchRecord, User

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
    """Lines of a table, as they are read from the database. What begins like a formula is made plain text."""
    yield _line(HEADINGS)
    for row in found.iterator(chunk_size=1_000):
        at = row.at.astimezone(dt.UTC).isoformat(timespec="seconds")
        job = f"{row.job.requisition_id} {row.job.title}" if row.job else ""
        shown = " ".join(map(str, row.shown))
        total = "" if row.total is None else row.total
        yield _line(
            (at, row.by.full_name, row.by.email, row.query, job, total, "yes" if row.is_estimate else "", shown)
        )


def _line(values: tuple[object, ...]) -> str:
    buffer = io.StringIO()
    safe = [f"'{value}" if str(value)[:1] in ("=", "+", "-", "@", "\t") else value for value in values]
    csv.writer(buffer).writerow(safe)
    return buffer.getvalue()
