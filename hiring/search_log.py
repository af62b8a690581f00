"""EQ-12: what was searched for, by whom, for which job, when, and who was shown. Rows of their own, never an application log.

What is typed letter by letter is one search: a query that goes on from the last one a moment ago replaces it. Whom it had
shown on the way stays written down, and a shorter query is another search: nobody takes one back by deleting letters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from hiring.models import Job, SearchRecord, User

STILL_TYPING = dt.timedelta(seconds=45)
SHOWN_AT_MOST = 1_000
"""Ids kept of one search: twenty pages."""


GO_ON = """
UPDATE hiring_searchrecord
   SET query = CASE WHEN starts_with(query, %(query)s) THEN query ELSE %(query)s END,
       at = %(at)s, total = %(total)s, is_estimate = %(is_estimate)s,
       shown = ARRAY(SELECT id FROM unnest(shown || %(shown)s::bigint[]) WITH ORDINALITY AS s (id, place)
                      GROUP BY id ORDER BY min(place) LIMIT %(most)s)
 WHERE id = %(pk)s AND (starts_with(query, %(query)s) OR starts_with(%(query)s, query))
"""
"""Written as the row is at that moment: two letters' answers may come at once, and neither takes away whom the other showed."""


def keep(
    query: str,
    by: User,
    shown: Sequence[int],
    *,
    job: Job | None = None,
    total: int | None = None,
    is_estimate: bool = False,
    is_being_typed: bool = True,
) -> None:
    """Write a search down, or add a further page to the one before. What a program asks is whole: nothing of it is being typed."""
    now, query = timezone.now(), query.replace("\x00", " ")
    last = _last(by, since=now - STILL_TYPING)
    if (
        last
        and last.job_id == (job.pk if job else None)
        and (last.query == query or (is_being_typed and query.startswith(last.query)))
    ):
        said: dict[str, Any] = {"query": query, "at": now, "total": total, "is_estimate": is_estimate}
        with connection.cursor() as cursor:
            cursor.execute(GO_ON, {"pk": last.pk, "shown": list(shown), "most": SHOWN_AT_MOST, **said})
            if cursor.rowcount:
                return
    SearchRecord.objects.create(
        at=now, by=by, query=query, job=job, total=total, is_estimate=is_estimate, shown=list(shown)[:SHOWN_AT_MOST]
    )


def keep_ranking(asked: str, narrow: str, by: User, shown: Sequence[int], *, job: Job | None = None) -> None:
    """Write down a list by likeness: what it was likeness to, in words, and the search that narrowed it."""
    keep(f"({asked}) {narrow}".strip(), by, shown, job=job, is_being_typed=False)


def _last(by: User, *, since: dt.datetime) -> SearchRecord | None:
    return SearchRecord.objects.filter(by=by, at__gte=since).order_by("-at", "-pk").only("query", "job").first()


def forget_old() -> int:
    """Searches older than SEARCH_LOG_DAYS. Rows removed."""
    before = timezone.now() - dt.timedelta(days=settings.SEARCH_LOG_DAYS)
    return SearchRecord.objects.filter(at__lt=before).delete()[0]
