"""The fields a query knows. Each floor registers what it knows; a field turns a term into a condition over people.

`register(Field(...))` at start; `find(name)` while reading. Fields that come and go (custom fields) are found by a finder in
`finders`, asked for every name nobody registered.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Q

from hiring.query.tree import Term

if TYPE_CHECKING:
    from hiring.models import User

Kind = Literal["text", "choice", "date", "number", "place"]


@dataclass(frozen=True)
class OnSearch:
    """A condition over the columns of the search copy, as SQL of our own with parameters; several become one fence."""

    sql: str
    params: tuple[Any, ...] = ()


Condition = OnSearch | Q


@dataclass(frozen=True)
class Asked:
    """Who asks, and when: nothing else changes what a query means."""

    user: User
    now: dt.datetime


@dataclass(frozen=True)
class Suggestion:
    """A value as it is written into a query, and what it says about itself."""

    value: str
    note: str = ""


@dataclass(frozen=True)
class Together:
    """Fields that speak of one related row when they stand side by side: `job:"Data Engineer" stage:offer` is one application
    that is both. Their `match` gives a filter over that row, and `people` turns it into one over people."""

    people: Callable[[Asked, Q], Q]


@dataclass(frozen=True)
class Field:
    """`match` raises QueryError for a value it does not understand. `may` hides a field from those who may not see its facts.

    `example` is a whole term, shown with the suggestion, `more` other ways to write one, each with what it finds.
    `suggest(user, beginning)` offers values.
    """

    name: str
    label: str
    example: str
    match: Callable[[Asked, Term], Condition]
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    suggest: Callable[[User, str], Iterable[Suggestion]] | None = None
    may: Callable[[User], bool] = field(default=lambda user: True)
    together: Together | None = None
    order: int = 50
    more: tuple[tuple[str, str], ...] = ()

    @property
    def other_names(self) -> list[str]:
        """What it may be called as well, where the label does not say it."""
        said = self.label.lower()
        return [
            alias for alias in self.aliases if alias not in (said, f"{self.name}s") and alias.replace("-", " ") != said
        ]


fields: dict[str, Field] = {}
_by_name: dict[str, Field] = {}
finders: list[Callable[[str], Field | None]] = []
passing: list[Callable[[User], Iterable[Field]]] = []
"""Fields that come and go, as far as a person may use them: for help and completion."""


def register(new: Field) -> Field:
    fields[new.name] = new
    for name in (new.name, *new.aliases):
        _by_name[name] = new
    return new


def find(name: str) -> Field | None:
    """The field of this name or alias, in any case."""
    name = name.lower()
    if found := _by_name.get(name):
        return found
    for finder in finders:
        if found := finder(name):
            return found
    return None


def like(name: str) -> str:
    """The field somebody may have meant, or nothing."""
    close = difflib.get_close_matches(name.lower(), _by_name, n=1, cutoff=0.6)
    return _by_name[close[0]].name if close else ""


def open_to(user: User) -> list[Field]:
    """The fields this person may use, the commonest first."""
    return sorted((known for known in fields.values() if known.may(user)), key=lambda known: known.order)


def all_open_to(user: User) -> list[Field]:
    """Those, and after them the fields that come and go; a question or two."""
    return [*open_to(user), *(known for source in passing for known in source(user))]


def of_choices(choices: Sequence[tuple[str, str]]) -> Callable[[User, str], Iterable[Suggestion]]:
    """Suggest from a fixed list of (value, note)."""

    def suggest(user: User, beginning: str) -> Iterable[Suggestion]:
        return [Suggestion(value, note) for value, note in choices if value.startswith(beginning.lower())]

    return suggest
