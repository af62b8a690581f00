"""A table as a file: the same rows, columns and order as on its pages, all of them, as the reader may know them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hiring import masks
from pipeline.table import rows
from pipeline.table.asking import Place, Question

XLSX_AT_MOST = 25_000
AT_MOST = 100_000


def heads(place: Place, question: Question) -> list[str]:
    return [place.columns[key].label for key in question.columns]


def lines(place: Place, question: Question, ids: Sequence[int]) -> Iterator[list[str]]:
    """The cells of these rows, read as they are asked for."""
    found = (row.texts for row in rows.every(place, question, ids))
    return masks.read_by(place.user, found, job=place.job.pk if place.job else None)
