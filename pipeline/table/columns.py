"""The columns a table of applications can have. Floors above add theirs with `register`.

A column says what stands in it for a page of applications, by a number of queries that does not depend on how many. What the
page shows and what a file holds come from the same cell. A column with `sort` orders the table: an expression over
applications that the database works out from an index or one join. Those without cannot: what they say is put together from
several floors, or differs from reader to reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Value
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from hiring.models import Job, User
from pipeline.models import Application

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Cell:
    """`text` is what a file holds, `html` what the page shows where that is more than the text."""

    text: str = ""
    html: SafeString | None = None

    def __str__(self) -> str:
        return self.text if self.html is None else self.html


NOTHING = Cell()


@dataclass
class Look:
    """Who reads the table, when, and of which job; of all of them without one. `kept` is what columns share for these rows."""

    user: User
    now: dt.datetime
    job: Job | None = None
    kept: dict[str, Any] = field(default_factory=dict)


Cells = Callable[[Look, Sequence[Application]], dict[int, Cell]]
Show = Callable[[Look, Application], Cell | str]


@dataclass(frozen=True)
class Sort:
    """`kind` is text, number or moment: how a place in the order is written down. `first` is the way round one wants first.
    `walks`: an index over all applications is in this order, so that no number of them is too large for it."""

    by: Any
    kind: str = "text"
    first: str = ""
    walks: bool = False


@dataclass(frozen=True)
class Column:
    """`tells` says that it may tell who somebody is: of people whose name is hidden nothing is shown in it, and it orders nothing
    while there are any (hiring/masks.py). `place` is "" for every table, "job" or "all" for one of them."""

    key: str
    label: str
    cells: Cells
    order: int = 50
    group: str = "Application"
    sort: Sort | None = None
    is_usual: bool = False
    is_number: bool = False
    tells: bool = False
    place: str = ""
    may: Callable[[User], bool] = lambda user: True


columns: dict[str, Column] = {}
more_columns: list[Callable[[User], Iterable[Column]]] = []
"""Functions to columns that come and go, custom fields say: asked anew each time."""

job_columns: list[Callable[[User, Job], Iterable[Column]]] = []
"""The same for the table of one job: what its form asks, say."""

NAME = "name"
"""The one column every table has, and has first."""


def register(column: Column) -> Column:
    columns[column.key] = column
    return column


def each(show: Show) -> Cells:
    """The cells of a column that stands on the application's own row."""

    def cells(look: Look, rows: Sequence[Application]) -> dict[int, Cell]:
        shown = {row.pk: show(look, row) for row in rows}
        return {pk: Cell(one) if isinstance(one, str) else one for pk, one in shown.items()}

    return cells


def text(by: Any, *, is_set: bool = False, walks: bool = False) -> Sort:
    """Order by words, empty ones first. `is_set`: there always are some, so that an index can be walked."""
    return Sort(by if is_set else Coalesce(by, Value("")), walks=walks)


def number(by: Any, *, first: str = "-") -> Sort:
    """Order by a whole number, those without one as -1. It is named as one that may be negative: a positive field's own comparison
    takes -1 to be out of its range and never asks the database, and a page that ends there would have no next one."""
    return Sort(Coalesce(by, Value(-1), output_field=BigIntegerField()), "number", first)


def moment(by: Any, *, is_set: bool = False, first: str = "-", walks: bool = False) -> Sort:
    """Order by time; what never happened comes first. `is_set`: it always did, so that an index can be walked."""
    return Sort(by if is_set else Coalesce(by, Value(EPOCH)), "moment", first, walks)


def open_to(user: User, job: Job | None) -> dict[str, Column]:
    """The columns this user may choose for a table of this place, in order."""
    place = "job" if job else "all"
    found = [*columns.values(), *(column for more in more_columns for column in more(user))]
    if job:
        found += [column for more in job_columns for column in more(user, job)]
    found = [column for column in found if column.place in ("", place) and column.may(user)]
    return {column.key: column for column in sorted(found, key=lambda one: (one.order, one.label))}
