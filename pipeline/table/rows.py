"""The rows of a table: one page by keyset, so that page 400 costs what page 1 costs, and all of them for a file, in the same order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html

from hiring import masks
from pipeline.models import Application, ApplicationQuerySet
from pipeline.table.asking import Place, Question, usual_sort
from pipeline.table.columns import NOTHING, Cell, Column, Look

SIZE = 50
COUNTED_UP_TO = 20_000
SORTED_UP_TO = 25_000
"""More rows are only given in orders an index is in: any other would read all of them for fifty."""
AT_ONCE = 500
PLACES = Decimal("0.0001")
"""As exact as a custom field holds a number: what does not fit in that is no place in an order."""
HIDDEN = Cell("hidden", format_html('<span class="tl-faint">{}</span>', "hidden"))


@dataclass
class Row:
    """One application as the table shows it: a cell for each column, in order."""

    application: Application
    cells: list[tuple[Column, Cell]]

    @property
    def texts(self) -> list[str]:
        return [cell.text for _, cell in self.cells]


@dataclass
class Page:
    """`total` is None where there are more than are counted; `is_many` says that they are too many for most orders, `is_unsorted`
    that the one asked for was not possible."""

    rows: list[Row] = field(default_factory=list)
    after: str = ""
    total: int | None = 0
    sort: str = ""
    is_many: bool = False
    is_unsorted: bool = False


def page(place: Place, question: Question) -> Page:
    """The page of this question; a cursor that nobody gave out begins at the top."""
    found = question.applications(place)
    total = found.order_by().values("pk")[: SORTED_UP_TO + 1].count()
    is_many = total > SORTED_UP_TO
    sort = _possible(place, question.sort, is_many)
    ordered = _ordered(found, place, sort)
    if question.after:
        ordered = _behind(ordered, place, sort, question.after)
    ids: list[tuple[int, Any]] = list(ordered.values_list("pk", "_by")[: SIZE + 1])  # type: ignore[misc]  # annotated below
    rows = rows_of(place, question, [pk for pk, _ in ids[:SIZE]])
    return Page(
        rows,
        _cursor(place, sort, *ids[SIZE - 1]) if len(ids) > SIZE else "",
        total if total <= COUNTED_UP_TO else None,
        sort,
        is_many=is_many,
        is_unsorted=sort != question.sort,
    )


def may_order(place: Place, column: Column, is_many: bool) -> bool:
    """Whether so many applications can be ordered by this: of very many only as an index has them, or as they usually are."""
    if not place.may_order(column) or column.sort is None or not is_many:
        return place.may_order(column)
    return (place.is_everywhere and column.sort.walks) or usual_sort(place).removeprefix("-") == column.key


def _possible(place: Place, sort: str, is_many: bool) -> str:
    return sort if may_order(place, place.columns[sort.removeprefix("-")], is_many) else usual_sort(place)


def ids(place: Place, question: Question, at_most: int) -> list[int]:
    """Everybody the table shows on all its pages, in its order."""
    found = question.applications(place)
    is_many = found.order_by().values("pk")[: SORTED_UP_TO + 1].count() > SORTED_UP_TO
    sort = _possible(place, question.sort, is_many)
    return list(_ordered(found, place, sort).values_list("pk", flat=True)[:at_most])


def every(place: Place, question: Question, ids: Sequence[int]) -> Iterator[Row]:
    """These rows, some hundreds at a time."""
    for start in range(0, len(ids), AT_ONCE):
        yield from rows_of(place, question, ids[start : start + AT_ONCE])


def rows_of(place: Place, question: Question, ids: Sequence[int]) -> list[Row]:
    """These applications as rows, in this order: each column asks once for all of them."""
    loaded = place.applications().select_related(
        "candidate__owner", "candidate__source", "stage", "source", "reason", "job", "judgement"
    )
    whole = loaded.defer("judgement__results", "answers", "questions", "origin").in_bulk(list(ids))
    rows = [whole[pk] for pk in ids if pk in whole]
    look = Look(place.user, timezone.now(), place.job)
    columns = [place.columns[key] for key in question.columns]
    said = {column.key: column.cells(look, rows) for column in columns if rows}
    return [Row(row, [(column, _cell(column, row, said[column.key])) for column in columns]) for row in rows]


def _cell(column: Column, row: Application, said: dict[int, Cell]) -> Cell:
    if column.tells and masks.mask_of(row.candidate_id):
        return HIDDEN
    return said.get(row.pk, NOTHING)


# --- order ----------------------------------------------------------------------------------------------------------


def _ordered(found: ApplicationQuerySet, place: Place, sort: str) -> ApplicationQuerySet:
    by = place.columns[sort.removeprefix("-")].sort
    way = "-" if sort.startswith("-") else ""
    return found.annotate(_by=by.by).order_by(f"{way}_by", f"{way}pk")  # type: ignore[union-attr]


def _cursor(place: Place, sort: str, pk: int, value: Any) -> str:
    """Where a page ends. Words are not written into addresses, which are logged: they are looked up by the row."""
    kind = place.columns[sort.removeprefix("-")].sort.kind  # type: ignore[union-attr]
    if kind == "text":
        return f"{pk}"
    return f"{pk}_{value.isoformat() if isinstance(value, dt.datetime) else value}"


def _behind(ordered: ApplicationQuerySet, place: Place, sort: str, after: str) -> ApplicationQuerySet:
    by = place.columns[sort.removeprefix("-")].sort
    pk, _, said = after.partition("_")
    if by is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return ordered
    if by.kind == "text":
        value = place.applications().filter(pk=int(pk)).annotate(_by=by.by).values_list("_by", flat=True).first()
    else:
        value = _read(said, by.kind)
    if value is None:
        return ordered
    sign = "lt" if sort.startswith("-") else "gt"
    ordered = ordered.filter(**{f"_by__{sign}e": value})  # says no more, but lets an index begin there
    return ordered.filter(Q(**{f"_by__{sign}": value}) | Q(_by=value, **{f"pk__{sign}": int(pk)}))


def _read(said: str, kind: str) -> Any:
    try:
        if kind == "number":
            return int(said) if len(said) < 12 else None
        if kind == "decimal":
            value = Decimal(said).quantize(PLACES) if len(said) < 40 else None
            return value if value is not None and value.is_finite() else None
        moment = parse_datetime(said)
        return moment.astimezone(dt.UTC) if moment and moment.tzinfo else None
    except (ValueError, InvalidOperation, OverflowError):  # the last: a moment outside all years once it is told in UTC
        return None
