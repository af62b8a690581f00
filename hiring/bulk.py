"""What can be done with many people at once. Floors above add theirs: to a job, to a pool, into a sequence.

A kind reads what was chosen into plain params, does it to a few people at a time, and takes it back. It answers for
each person: done, with the ids an undo needs; already so; or left out, with the reason in words. hiring/acts.py keeps
the record and calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from hiring.models import Candidate, PeopleAct, PeopleActItem, User

Choice = tuple[str, str]
Params = dict[str, Any]
State = PeopleActItem.State


@dataclass
class Deed:
    """A few people of an act at once, their rows locked, and what became of each."""

    act: PeopleAct
    people: Sequence[Candidate]
    params: Params
    kept: dict[int, Params] = field(default_factory=dict)
    """Undoing: what the act kept of each person."""
    results: dict[int, tuple[str, str, Params]] = field(default_factory=dict)

    @property
    def by(self) -> User:
        return self.act.by

    @property
    def ids(self) -> list[int]:
        """Those nothing is said about yet, in one order for everybody."""
        return [person.pk for person in self.people if person.pk not in self.results]

    def done(self, candidate_id: int, **kept: Any) -> None:
        self.results[candidate_id] = (State.DONE, "", kept)

    def already(self, candidate_id: int, reason: str) -> None:
        self.results[candidate_id] = (State.ALREADY, reason, {})

    def leave_out(self, candidate_id: int, reason: str) -> None:
        self.results[candidate_id] = (State.LEFT_OUT, reason[:300], {})

    def leave_out_rest(self, reason: str) -> None:
        for pk in self.ids:
            self.leave_out(pk, reason)


Do = Callable[[Deed], None]


@dataclass(frozen=True)
class Kind:
    """`read` turns what was chosen or typed into params and raises Refused; `title` says the act in words ("Tag with energy").

    `choices` None means a text is typed. `asks_later`: the choices are many, so they are offered on the page that confirms
    instead of in every list; `options` is a template of more to choose there. `is_final`: something may leave the house
    before anybody undoes it, so the number is confirmed. `undo` None: it cannot be taken back. `whole` does everything in
    one go instead of `do`. `finds` says that people are found differently afterwards, so that their search copies have to
    be rewritten. `columns` are what `do` reads of a person's row (empty: all of it). `on_board` offers it on a job's board too.
    """

    key: str
    label: str
    icon: str
    field: str
    may: Callable[[User], bool]
    read: Callable[[QueryDict, str, User], Params]
    title: Callable[[Params], str]
    do: Do
    undo: Do | None = None
    choices: Callable[[User], Iterable[Choice]] | None = None
    button: str = ""
    order: int = 50
    on_board: bool = False
    is_final: bool = False
    asks_later: bool = False
    options: str = ""
    offers: Callable[[User], dict[str, Any]] | None = None
    whole: Callable[[PeopleAct], None] | None = None
    finds: bool = False
    chunk: int = 500
    columns: tuple[str, ...] = ("name", "owner")
    said: str = ""
    """The sentence for people who are done: "Tagged {people} with {what}." `what` is params["name"]."""

    @property
    def is_typed(self) -> bool:
        return self.choices is None


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    kinds[kind.key] = kind
    return kind


def for_user(user: User) -> list[Kind]:
    return sorted((kind for kind in kinds.values() if kind.may(user)), key=lambda kind: kind.order)


def offered(user: User, *, on_board: bool = False) -> list[Kind]:
    """What the bar of a list or board shows. Choices are fetched when a kind is opened: a page that offers many asks for none."""
    return [kind for kind in for_user(user) if kind.on_board or not on_board]


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
