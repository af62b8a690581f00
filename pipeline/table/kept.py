"""Views of tables that are kept under a name, the columns somebody chose, and what opens first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from pipeline.models import TableColumns, TableDefault, TableView, TableViewQuerySet
from pipeline.table.asking import KEPT, Place, Question

MOST = 100
"""Views of one colleague: more than a menu can offer are a list nobody reads."""


@dataclass
class Opened:
    """A view as an address of this table. `left_out` names what it asks for and the table has no more."""

    asks: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


# --- columns --------------------------------------------------------------------------------------------------------


def chosen(place: Place) -> list[str]:
    """The columns this colleague last chose for such a table; none when they never did."""
    held = TableColumns.objects.filter(user=place.user, is_everywhere=place.is_everywhere).first()
    return place.known(held.columns) if held else []


def choose(place: Place, columns: Sequence[str]) -> list[str]:
    """Remember these columns, in this order, for such tables; nothing goes back to the usual ones."""
    mine = TableColumns.objects.filter(user=place.user, is_everywhere=place.is_everywhere)
    if not columns:
        mine.delete()
        return []
    known = place.known(columns)
    TableColumns.objects.update_or_create(
        user=place.user, is_everywhere=place.is_everywhere, defaults={"columns": known}
    )
    return known


# --- views ----------------------------------------------------------------------------------------------------------


def here(place: Place) -> TableViewQuerySet:
    """The views this user may open on such a table, by name."""
    found = TableView.objects.visible_to(place.user).select_related("owner", "job")
    if place.is_everywhere:
        return found.filter(is_everywhere=True)
    return found.filter(Q(job=place.job) | Q(job=None, is_everywhere=False))


@transaction.atomic
def save(
    place: Place,
    question: Question,
    name: str,
    *,
    is_shared: bool = False,
    of_job: bool = True,
    view: TableView | None = None,
) -> TableView:
    """Keep a table as it is now, as a new view or in the place of one's own. `of_job`: for this job alone, else for any.

    Raises Refused for a name that is taken or none.
    """
    view = view or TableView(owner=place.user, created_at=timezone.now())
    if view.pk is None and TableView.objects.filter(owner=place.user, removed_at=None).count() >= MOST:
        raise Refused(f"You keep {MOST} views already. Delete some first.")
    view.is_everywhere = place.is_everywhere
    view.job = place.job if of_job else None
    view.asks, view.words = _asks(place, question)
    return _write(view, name, is_shared=is_shared)


@transaction.atomic
def rename(view: TableView, name: str, *, is_shared: bool = False) -> TableView:
    """Another name, or other readers. Whoever opened it first by default and may not read it any more opens their own table."""
    view = _write(view, name, is_shared=is_shared)
    if not is_shared:
        TableDefault.objects.filter(view=view).exclude(user=view.owner_id).delete()
    return view


def _write(view: TableView, name: str, *, is_shared: bool) -> TableView:
    view.name, view.is_shared = " ".join(name.replace("\x00", "").split()), is_shared
    if not view.name:
        raise Refused("A view needs a name.")
    if len(view.name) > 80:
        raise Refused("That name is too long: at most 80 characters.")
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Refused(f"You already have a view called “{view.name}”.") from error
    return view


def remove(view: TableView) -> None:
    """Forget a view; `restore` brings it back."""
    TableView.objects.filter(pk=view.pk, removed_at=None).update(removed_at=timezone.now())


def restore(view: TableView) -> None:
    try:
        with transaction.atomic():
            TableView.objects.filter(pk=view.pk).update(removed_at=None)
    except IntegrityError as error:
        raise Refused(f"You have another view called “{view.name}” now. Rename that one first.") from error


@transaction.atomic
def open_first(view: TableView, user: User, *, first: bool) -> None:
    """Let this view open first on such tables, or no more."""
    same_place = TableDefault.objects.filter(user=user, view__job=view.job_id, view__is_everywhere=view.is_everywhere)
    same_place.delete()
    if first:
        TableDefault.objects.get_or_create(user=user, view=view)


def first_anywhere(user: User) -> set[int]:
    """The views that open first for this user, wherever that is."""
    return set(TableDefault.objects.filter(user=user).values_list("view", flat=True))


def removed_by(user: User) -> TableViewQuerySet:
    """One's own views, those one deleted among them."""
    return TableView.objects.filter(owner=user)


def first_of(place: Place) -> TableView | None:
    """What opens when nobody says what: the view of this very job before the one of any."""
    mine = here(place).filter(defaults__user=place.user)
    return max(mine, key=lambda view: view.job_id or 0, default=None)


def opened(view: TableView, place: Place) -> Opened:
    """The address of a view on this table, whatever has gone since it was kept."""
    found = Opened({name: str(value) for name, value in view.asks.items() if name in KEPT})
    columns = [key for key in found.asks.get("cols", "").split(",") if key]
    gone = [key for key in columns if key not in place.columns]
    found.left_out += [f"the column {_word(view, key)}" for key in gone]
    found.asks["cols"] = ",".join(place.known(columns))
    if stage := found.asks.pop("stage", ""):
        by_name = {name.casefold(): key for key, name in place.stages}
        if key := by_name.get(stage.casefold()):
            found.asks["stage"] = key
        else:
            found.left_out.append(f"the stage {stage}")
    sort = found.asks.get("sort", "")
    column = place.columns.get(sort.removeprefix("-"))
    if sort and (column is None or not place.may_order(column)):
        found.left_out.append(f"the order by {column.label if column else _word(view, sort.removeprefix('-'))}")
        del found.asks["sort"]
    found.asks = {name: found.asks[name] for name in KEPT if name in found.asks}  # as the table itself would write it
    return found


def is_changed(view: TableView, place: Place, question: Question) -> bool:
    """Whether the table on the screen is another one than the view."""
    asks = opened(view, place).asks
    return Question.read(asks, place).as_query() != question.as_query()


def _word(view: TableView, key: str) -> str:
    return f"“{view.words.get(key, key)}”"


def _asks(place: Place, question: Question) -> tuple[dict[str, str], dict[str, str]]:
    """The address to keep, the stage by its name, and what its columns are called now."""
    asks = question.as_query()
    if stage := asks.get("stage"):
        asks["stage"] = dict(place.stages)[stage]
    words = {key: place.columns[key].label for key in {*question.columns, question.sort.removeprefix("-")}}
    return asks, words
