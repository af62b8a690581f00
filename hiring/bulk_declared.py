"""Kinds of bulk acts that are declared rather than written: what is chosen from a list, rows that tie people to what was
chosen, and the way back from rows a verb made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone

from hiring.bulk import Choice, Deed, Do, Params
from hiring.errors import Refused
from hiring.models import Candidate, User
from hiring.timeline import record_all


@dataclass(frozen=True)
class OneOf:
    """A kind's value is one of these rows, by its id: gives the kind its `read` and its `choices`."""

    key: str
    rows: Callable[[User], QuerySet[Any]]
    missing: str
    label: str = "name"

    def find(self, user: User, value: object) -> Any:
        """The row of this id, if the user may still choose it."""
        text = str(value)
        return self.rows(user).filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None

    def read(self, posted: QueryDict, value: str, user: User) -> Params:
        found = self.find(user, value)
        if found is None:
            raise Refused(self.missing)
        return {self.key: found.pk, "name": getattr(found, self.label)}

    def choices(self, user: User) -> Iterable[Choice]:
        return [(str(pk), name) for pk, name in self.rows(user).values_list("pk", self.label)]


@dataclass(frozen=True)
class Tie:
    """Rows that tie people to one thing, at most one a person: a tag, a pool. Each act is one statement on them.

    `key` is the column of the thing and its name among the params. `stands` says whether it may still be tied to. `made` are
    the other columns of a new row; `keeps` those a row gets back when its untying is taken back. `worked_on` says of a row that
    somebody has changed it since. `tied` and `untied` are kinds of timeline events.
    """

    rows: type[Model]
    key: str
    stands: Callable[[Deed], bool]
    gone: str
    has: str
    lacks: str
    changed: str
    tied: str
    untied: str
    made: Callable[[Deed], Params]
    keeps: tuple[str, ...] = ()
    worked_on: Callable[[Any, Params], str] = lambda row, params: ""
    touches: bool = False
    """Whether the record itself counts as changed."""

    def tie(self, deed: Deed) -> None:
        if not self.stands(deed):
            deed.leave_out_rest(self.gone)
            return
        for pk in self._of(deed):
            deed.already(pk, self.has)
        made = self.made(deed)
        for row in self._store(dict.fromkeys(deed.ids, made), deed):
            deed.done(row.candidate_id, row=row.pk)

    def untie(self, deed: Deed) -> None:
        """What is taken away is kept as it was."""
        rows = self._of(deed)
        for pk, row in rows.items():
            deed.done(pk, **{name: _plain(getattr(row, name)) for name in self.keeps})
        for pk in deed.ids:
            deed.already(pk, self.lacks)
        self._delete(rows, deed)

    def untie_again(self, deed: Deed) -> None:
        """Taking `tie` back: only rows it made, and nobody has touched since."""
        rows, going = self._of(deed), {}
        for pk in deed.ids:
            row = rows.get(pk)
            if row is None or row.pk != deed.kept[pk].get("row"):
                deed.leave_out(pk, self.changed)
            elif why := self.worked_on(row, deed.params):
                deed.leave_out(pk, why)
            else:
                going[pk] = row
                deed.done(pk)
        self._delete(going, deed)

    def tie_again(self, deed: Deed) -> None:
        """Taking `untie` back: the rows as they were."""
        if not self.stands(deed):
            deed.leave_out_rest(self.gone)
            return
        for pk in self._of(deed):
            deed.leave_out(pk, self.changed)
        rows = self._store({pk: {name: deed.kept[pk].get(name) for name in self.keeps} for pk in deed.ids}, deed)
        for row in rows:
            for name in self.keeps:  # those the database fills in by itself, too
                setattr(row, name, deed.kept[row.candidate_id].get(name))
            deed.done(row.candidate_id)
        if rows:
            self.rows._default_manager.bulk_update(rows, self.keeps)

    def _of(self, deed: Deed) -> dict[int, Any]:
        rows = self.rows._default_manager.filter(candidate__in=deed.ids, **{self.key: deed.params[self.key]})
        return {row.candidate_id: row for row in rows}  # type: ignore[attr-defined]

    def _store(self, columns: dict[int, Params], deed: Deed) -> list[Any]:
        thing = {f"{self.key}_id": deed.params[self.key]}
        rows = self.rows._default_manager.bulk_create(
            self.rows(candidate_id=pk, **thing, **more) for pk, more in columns.items()
        )
        self._tell(self.tied, columns, deed)
        return rows

    def _delete(self, rows: dict[int, Any], deed: Deed) -> None:
        self.rows._default_manager.filter(pk__in=[row.pk for row in rows.values()]).delete()
        self._tell(self.untied, rows, deed)

    def _tell(self, kind: str, people: Iterable[int], deed: Deed) -> None:
        said = {self.key: deed.params[self.key]}
        tell(kind, deed, dict.fromkeys(people, said), touches=self.touches)


def tell(kind: str, deed: Deed, told: dict[int, Params], *, touches: bool) -> None:
    """Say it on the timelines, with the act; mark the records as changed now."""
    if touches:
        Candidate.objects.filter(pk__in=told).update(updated_at=timezone.now())
    record_all(kind, deed.by, {pk: {**data, "act": deed.act.pk} for pk, data in told.items()})


def taking_back(key: str, rows: type[Model], verb: Callable[..., dict[int, str]], gone: str) -> Do:
    """An undo: `verb(ids, by=…)` takes back the rows that the act made, whose ids it kept as `key`, and says why others stay."""

    def undo(deed: Deed) -> None:
        made = {pk: deed.kept[pk].get(key, 0) for pk in deed.ids}
        found = rows._default_manager.filter(pk__in=made.values()).values_list("pk", "candidate")
        theirs: Collection[int] = {pk for pk, person in found if made.get(person) == pk}
        stay = verb(theirs, by=deed.by)
        for person, pk in made.items():
            why = stay.get(pk) if pk in theirs else gone
            if why:
                deed.leave_out(person, why)
            else:
                deed.done(person)

    return undo


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
