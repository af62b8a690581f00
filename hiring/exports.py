"""Lists of people as files: the columns one may choose, and the act that writes the file.

Floors above add columns with `register_column`. A column is read for a few hundred people at a time, by a number of
queries that does not depend on how many; the file is written as it is read, so that its size costs no memory. Pay and
private notes are no columns, private fields only for their roles. Every export and every download is a sensitive read in the audit chain.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring import acts, bulk, events, masks, sheets
from hiring.bulk import State
from hiring.models import Candidate, PeopleAct, PeopleActItem, User

KEPT_FOR = dt.timedelta(hours=24)
AT_ONCE = 500
FORMATS = {"csv": "CSV", "xlsx": "Excel (XLSX)"}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

Values = Callable[[User, Sequence[Candidate]], dict[int, str]]


@dataclass(frozen=True)
class Column:
    """`values` says what stands in it for each of these people, as far as the user may see it; who is missing has nothing."""

    key: str
    label: str
    values: Values
    order: int = 50
    may: Callable[[User], bool] = lambda user: True
    is_usual: bool = False


columns: dict[str, Column] = {}
more_columns: list[Callable[[User], Iterable[Column]]] = []
"""Functions to columns that colleagues define, custom fields say: asked anew each time."""


def register_column(column: Column) -> Column:
    columns[column.key] = column
    return column


def columns_for(user: User) -> list[Column]:
    """The columns this user may take out, in order."""
    found = [*columns.values(), *(column for more in more_columns for column in more(user))]
    return sorted((column for column in found if column.may(user)), key=lambda column: (column.order, column.label))


def write(act: PeopleAct) -> None:
    """Write the file of an export. Begun anew when a worker was lost: until the end there is no file."""
    act = PeopleAct.objects.select_related("by").get(pk=act.pk)
    if act.is_finished or not _claim(act):
        return
    ending = act.params["format"]
    chosen = [column for column in columns_for(act.by) if column.key in act.params["columns"]]
    if not (act.by.is_active and bulk.kinds[act.kind].may(act.by)):
        chosen = []
    with tempfile.NamedTemporaryFile(suffix=f".{ending}") as file:
        rows = _rows(act, chosen)
        (sheets.write_xlsx if ending == "xlsx" else sheets.write_csv)(file, [column.label for column in chosen], rows)
        file.seek(0)
        _finish(act, file)


def _claim(act: PeopleAct) -> bool:
    """One worker at a time: whoever wrote a row of it within the last half minute goes on."""
    now = timezone.now()
    idle = PeopleAct.objects.unfinished().filter(pk=act.pk, worked_at=act.worked_at)
    is_fresh = act.handled == 0 and act.worked_at == act.at
    if not is_fresh and act.worked_at > now - acts.ABANDONED_AFTER:
        return False
    if not idle.update(worked_at=now, done=0, already=0, left_out=0):
        return False
    PeopleActItem.objects.filter(act=act).exclude(state=State.WAITING).update(state=State.WAITING, reason="")
    act.worked_at, act.done, act.already, act.left_out = now, 0, 0, 0
    return True


def _rows(act: PeopleAct, chosen: list[Column]) -> Iterator[list[str]]:
    """The rows, a few hundred at a time; how far it is, is kept. Ends early when the act is stopped."""
    after = 0
    while chosen:
        waiting = PeopleActItem.objects.filter(act=act, state=State.WAITING, candidate__gt=after).order_by("candidate")
        ids = list(waiting.values_list("candidate", flat=True)[:AT_ONCE])
        if not ids:
            return
        people = list(visible(act.by, ids))
        values = [column.values(act.by, people) for column in chosen]
        yield from ([each.get(person.pk, "") for each in values] for person in people)
        after = ids[-1]
        act.done += len(people)
        act.left_out += len(ids) - len(people)
        seen = [person.pk for person in people]
        items = PeopleActItem.objects.filter(act=act)
        items.filter(candidate__in=seen).update(state=State.DONE)
        items.filter(candidate__in=set(ids) - set(seen)).update(state=State.LEFT_OUT, reason=acts.OUT_OF_SIGHT)
        still = PeopleAct.objects.unfinished().filter(pk=act.pk, cancelled_at=None)
        if not still.update(worked_at=timezone.now(), done=act.done, left_out=act.left_out):
            return


def visible(user: User, ids: Sequence[int]) -> QuerySet[Candidate]:
    return Candidate.objects.visible_to(user).filter(pk__in=ids).for_row().order_by("pk")


@transaction.atomic
def _finish(act: PeopleAct, file: IO[bytes]) -> None:
    now = PeopleAct.objects.select_for_update(of=("self",)).select_related("by").get(pk=act.pk)
    if now.is_finished:
        return
    changed: dict[str, Any] = {}
    if not now.cancelled_at and act.done:
        now.file.save("export", File(file), save=False)
        changed = {"file": now.file, "file_until": timezone.now() + KEPT_FOR}
        events.sensitive_read.send(PeopleAct, action="exported", table=PeopleAct._meta.db_table, object_id=act.pk)
    now.done, now.left_out = act.done, act.left_out
    acts.finish_or_go_on(now, is_over=True, **changed)


def names_hidden_people(act: PeopleAct, user: User) -> bool:
    """Whether the file holds somebody whom its maker may not know any more (hiring/masks.py)."""
    if not masks.hides_anybody_from(user):
        return False
    items = PeopleActItem.objects.filter(act=act)
    return items.exclude(masks.without_hidden(user, "candidate")).exists()


def take_away() -> int:
    """Delete the files that are past their day. How many."""
    past = list(PeopleAct.objects.filter(file_until__lte=timezone.now())[:100])
    for act in past:
        act.file.delete(save=False)
        PeopleAct.objects.filter(pk=act.pk).update(file="", file_until=None)
    return len(past)


def name_of(act: PeopleAct) -> str:
    return f"candidates-{timezone.localtime(act.at):%Y-%m-%d}-{act.pk}.{act.params['format']}"
