"""The applications behind a number: a title, what it counts, and the rows, as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.models import Application, ApplicationQuerySet

SIZE = 50
HEADS = ["Name", "Job", "Stage", "Status", "Source", "Applied"]


@dataclass(frozen=True)
class Counted:
    """`rows` are those the reader may see: the number is theirs, so it is what the page lists. `key` names it in the audit chain."""

    key: str
    title: str
    definition: str
    rows: ApplicationQuerySet


@dataclass
class Page:
    rows: list[Application]
    total: int
    next: str = ""


def page(found: Counted, *, after: str) -> Page:
    rows = found.rows.select_related("candidate", "job", "stage", "source").defer("origin", "answers", "questions")
    rows = rows.order_by("-pk")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    shown = list(rows[: SIZE + 1])
    return Page(shown[:SIZE], found.rows.count(), str(shown[SIZE - 1].pk) if len(shown) > SIZE else "")


def as_rows(found: Counted) -> Iterator[list[str]]:
    rows = found.rows.select_related("candidate", "job", "stage", "source").defer("origin", "answers", "questions")
    for one in rows.order_by("pk").iterator(chunk_size=500):
        yield [
            one.candidate.name,
            one.job.title,
            one.stage.name,
            one.get_status_display(),
            one.source.name if one.source else "",
            f"{one.applied_at:%Y-%m-%d}",
        ]
