"""Pages of submissions, by cursor, the latest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from hiring import cursors
from sourcing.agencies import standing
from sourcing.agencies.models import Agency, Submission

SIZE = 50


@dataclass
class Page:
    rows: list[Submission]
    next: str = ""


def of(agency: Agency, *, after: str) -> Page:
    """For the agency itself."""
    return page(standing.for_words(Submission.objects.of(agency)), after)


def page(rows: QuerySet[Submission], after: str) -> Page:
    if cursor := cursors.read(after):
        at, pk = cursor
        rows = rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=pk))
    found = list(rows.order_by("-received_at", "-pk")[: SIZE + 1])
    more = cursors.write(found[SIZE - 1].received_at, found[SIZE - 1].pk) if len(found) > SIZE else ""
    return Page(found[:SIZE], more)
