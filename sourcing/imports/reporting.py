"""What became of the rows of an import: for the page, a part at a time, and as a file with the list's own columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from hiring import sheets
from sourcing.imports import suspecting
from sourcing.imports.lines import LEFT_OUT
from sourcing.imports.models import ImportBatch, ImportRow

Result = ImportRow.Result
READ_AT_ONCE = 1_000
SHOWS: dict[str, tuple[str, Q]] = {
    "new": ("New", Q(result=Result.NEW)),
    "updated": ("Updated", Q(result=Result.UPDATED)),
    "same": ("Nothing to add", Q(result=Result.SAME)),
    "duplicate": ("Twice in the file", Q(result=Result.DUPLICATE)),
    "suppressed": ("Suppressed", Q(result=Result.SUPPRESSED)),
    "skipped": ("Left out", Q(result=Result.SKIPPED)),
    "needs": ("Needs a look", Q(result=Result.NEEDS)),
    "error": ("Not imported", Q(result=Result.ERROR)),
    "problems": ("With a remark", ~Q(problems=[]) & ~Q(result=Result.ERROR)),
    "suspected": ("Looks like somebody we know", ~Q(suspects=[])),
    "kept": ("Kept when undone", ~Q(kept_because="")),
}
"""What the rows can be narrowed to: key to (words, filter)."""

FORESEEN = {"new": "New", "updated": "Will be updated", "error": "Cannot be imported"}
"""Words where the check speaks of what is to come."""


def page(batch: ImportBatch, show: str, after: str, *, size: int, hidden: Collection[int] = ()) -> dict[str, Any]:
    """One page of rows after row number `after`, with how many there are of each kind. Nothing is said about `hidden` columns."""
    show = show if show in SHOWS else ""
    rows = narrowed(batch, show)
    if after.isdecimal():
        rows = rows.filter(number__gt=int(after[:9]))
    found = list(rows.select_related("candidate")[: size + 1])
    describe(batch, found, hidden)
    return {
        "rows": found[:size],
        "next_after": found[size - 1].number if len(found) > size else "",
        "show": show,
        "shows": (found_shows := shows(batch)),
        "kept": sum(count for key, _, count in found_shows if key == "kept"),
    }


def describe(batch: ImportBatch, rows: Sequence[ImportRow], hidden: Collection[int] = ()) -> None:
    """Put on each row what a page says of it: `said` [(column, what is wrong, what to do)], and whom it may be."""
    suspecting.describe(batch, rows)
    for row in rows:
        row.said = [  # type: ignore[attr-defined]
            (_column(batch.headers, column), what, remedy) for column, what, remedy in _problems(row, hidden)
        ]


def shows(batch: ImportBatch) -> list[tuple[str, str, int]]:
    """The kinds of rows this batch has: (key, words, how many). One query."""
    counted = {key: Count("pk", filter=narrow) for key, (_, narrow) in SHOWS.items()}
    found = ImportRow.objects.filter(batch=batch).aggregate(**counted)
    words = {key: label for key, (label, _) in SHOWS.items()}
    if batch.status == ImportBatch.Status.CHECKED:
        words |= FORESEEN
    return [(key, words[key], found[key]) for key in SHOWS if found[key]]


def narrowed(batch: ImportBatch, show: str) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch)
    if show in SHOWS:
        rows = rows.filter(SHOWS[show][1])
    return rows.order_by("number")


def _column(headers: list[str], place: int) -> str:
    return headers[place] if 0 <= place < len(headers) else ""


def lines(batch: ImportBatch, show: str = "", *, hidden: Collection[int] = ()) -> Iterator[str]:
    """The rows as CSV, a few thousand held at a time. A cell a spreadsheet would take for a formula is disarmed (SEC-9).

    The cells of `hidden` columns are left empty.
    """
    heads = [*batch.headers, "Row", "Result", "Problem", "May be"]
    return sheets.csv_lines(heads, _rows(batch, show, hidden))


def _rows(batch: ImportBatch, show: str, hidden: Collection[int]) -> Iterator[list[str]]:
    width, last = len(batch.headers), -1
    while True:
        rows = list(narrowed(batch, show).filter(number__gt=last)[:READ_AT_ONCE])
        if not rows:
            return
        suspecting.describe(batch, rows)
        for row in rows:
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            cells = ["" if place in hidden else cell for place, cell in enumerate(cells)]
            outcome = "Undone" if row.undone else row.get_result_display()
            yield [*cells, str(row.number), outcome, _said(batch, row, hidden), suspecting.sentence(row)]
        last = rows[-1].number


def _problems(row: ImportRow, hidden: Collection[int]) -> Iterator[tuple[int, str, str]]:
    """Of a row that cannot be imported nothing counts, whatever was said of a cell before that was known."""
    for column, what, remedy in row.problems:
        if column not in hidden:
            yield column, what, "" if remedy == LEFT_OUT and row.result == Result.ERROR else remedy


def _said(batch: ImportBatch, row: ImportRow, hidden: Collection[int]) -> str:
    sentences = []
    for column, what, remedy in _problems(row, hidden):
        name = _column(batch.headers, column)
        sentences.append(f"{name}: {what} {remedy}" if name else f"{what} {remedy}")
    return " ".join([*sentences, row.kept_because]).strip()
