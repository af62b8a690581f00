"""EQ-12: what was searched for, by whom, for which job, when, and who was shown. Rows of their own, never an application log.

What is typed letter by letter is one search: a query that goes on from the last one a moment ago replaces it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone

from hiring.models import Job, SearchRecord, User

STILL_TYPING = dt.timedelta(seconds=45)
SHOWN_AT_MOST = 1_000
"""Ids kept of one search: twenty pages."""


def keep(
    query: str,
    by: User,
    shown: Sequence[int],
    *,
    job: Job | None = None,
    total: int | None = None,
    is_estimate: bool = False,
) -> SearchRecord:
    """Write a search down, or add a further page to the one before."""
    now = timezone.now()
    last = SearchRecord.objects.filter(by=by, at__gte=now - STILL_TYPING).order_by("-at", "-pk").first()
    if last and last.job_id == (job.pk if job else None) and _goes_on(last.query, query):
        ids = [*last.shown, *(pk for pk in shown if pk not in set(last.shown))] if last.query == query else list(shown)
        last.query, last.at, last.total, last.is_estimate = query, now, total, is_estimate
        last.shown = ids[:SHOWN_AT_MOST]
        last.save(update_fields=["query", "at", "total", "is_estimate", "shown"])
        return last
    return SearchRecord.objects.create(
        at=now, by=by, query=query, job=job, total=total, is_estimate=is_estimate, shown=list(shown)[:SHOWN_AT_MOST]
    )


def _goes_on(before: str, after: str) -> bool:
    """Typed further, or taken back letter by letter."""
    return before.startswith(after) or after.startswith(before)


def forget_old() -> int:
    """Searches older than SEARCH_LOG_DAYS. Rows removed."""
    before = timezone.now() - dt.timedelta(days=settings.SEARCH_LOG_DAYS)
    return SearchRecord.objects.filter(at__lt=before).delete()[0]
