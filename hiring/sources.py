"""Sources by whatever name they arrive, and changing the taxonomy without losing history.

A source that is merged into another stays as a row and leads there; everything that points at it follows, a thousand rows to a
transaction, each noted, so that it can be taken back (invariant 10: the merge itself is the work list).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Source, SourceAlias, SourceMerge, SourceMoved, User

AT_ONCE = 1_000
HOPS = 20

stays = {
    "hiring.Source.merged_into",
    "hiring.SourceAlias.source",
    "hiring.SourceMerge.source",
    "hiring.SourceMerge.into",
}
"""Fields that go on pointing at a source after it was merged, because they say that it was, or lead on themselves."""

State = SourceMerge.State


# --- finding ---------------------------------------------------------------------------------------------------------


def key_of(name: str) -> str:
    return " ".join(name.split()).lower()[:100]


def find(name: str) -> Source | None:
    """The source of this name, or of which it is another name; the one it was merged into, if it was."""
    return named_first([name])


def named_first(names: Iterable[str]) -> Source | None:
    """The source that the first of these names means which means any. Two questions for any number of names; retired ones count,
    because somebody who still comes by them did come by them."""
    keys = [key for key in dict.fromkeys(map(key_of, names)) if key]
    if not keys:
        return None
    known: dict[str, Source] = {}
    for row in Source.objects.annotate(_key=Lower("name")).filter(_key__in=keys):
        known[key_of(row.name)] = row
    for alias in SourceAlias.objects.filter(key__in=keys).select_related("source"):
        known.setdefault(alias.key, alias.source)
    return next((standing(known[key]) for key in keys if key in known), None)


def standing(source: Source) -> Source:
    """What stands for this source today: itself, or what it was merged into."""
    for _ in range(HOPS):
        if source.merged_into is None:
            break
        source = source.merged_into
    return source


def standing_ids(ids: Collection[int]) -> dict[int, int]:
    """What stands for each of these today. One question, to a table of a few rows."""
    if not ids:
        return {}
    merged = Source.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    leads: dict[int, int] = {pk: into for pk, into in merged if into}
    found = {}
    for pk in ids:
        here = pk
        for _ in range(HOPS):
            here = leads.get(here, here)
        found[pk] = here
    return found


def standing_id(pk: int | None) -> int | None:
    return standing_ids([pk])[pk] if pk else pk


def by_name() -> list[tuple[int, str, str]]:
    """(id, name, group) by every name there is, merged and other names with the id of what stands for them. Two questions."""
    rows = {row.pk: row for row in Source.objects.all()}
    today = {pk: _root(rows, pk) for pk in rows}
    found = [(today[row.pk].pk, row.name, today[row.pk].kind) for row in rows.values()]
    for key, pk in SourceAlias.objects.values_list("key", "source"):
        found.append((today[pk].pk, key, today[pk].kind))
    return found


def _root(rows: Mapping[int, Source], pk: int) -> Source:
    source = rows[pk]
    for _ in range(HOPS):
        if source.merged_into_id is None:
            break
        source = rows[source.merged_into_id]
    return source


def of_group(kind: str, name: str) -> Source:
    """The one that is meant where the product itself says how somebody came: the oldest offered of the group, whatever an
    administrator called it, else the one that goes by `name`, made when there is none."""
    found = Source.objects.filter(kind=kind, is_active=True, merged_into=None).order_by("pk").first()
    return found or ensure(name, kind)


def ensure(name: str, kind: str) -> Source:
    """The source of this name, made when there is none."""
    return find(name) or standing(Source.objects.get_or_create(name=name, defaults={"kind": kind})[0])


# --- changing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def create(*, name: str, kind: str, cost_kind: str = "", by: User | None) -> Source:
    name = " ".join(name.split())
    _check_free(name)
    return Source.objects.create(name=name, kind=kind, cost_kind=cost_kind)


@transaction.atomic
def edit(source: Source, *, name: str, kind: str, cost_kind: str, by: User | None) -> Source:
    """Change what it is called, its group and what it costs. Whoever arrives by the former name still means it."""
    source = _locked(source)
    name = " ".join(name.split())
    _check_free(name, source)
    if key_of(name) != key_of(source.name):
        SourceAlias.objects.filter(key=key_of(name), source=source).delete()
        _keep_name(source, source.name, by)
    source.name, source.kind, source.cost_kind = name, kind, cost_kind
    source.save(update_fields=["name", "kind", "cost_kind"])
    return source


@transaction.atomic
def retire(source: Source, *, by: User | None) -> Source:
    """Offer it no longer. Arrivals by its name still carry it, and reports go on counting it."""
    source = _locked(source)
    source.is_active = False
    source.save(update_fields=["is_active"])
    return source


@transaction.atomic
def bring_back(source: Source, *, by: User | None) -> Source:
    source = _locked(source)
    if source.merged_into_id:
        raise Refused("It was merged. Take the merge back instead.")
    source.is_active = True
    source.save(update_fields=["is_active"])
    return source


@transaction.atomic
def add_alias(source: Source, name: str, *, by: User | None) -> SourceAlias:
    """Let a further name mean this source."""
    source = _locked(source)
    if source.merged_into_id:
        raise Refused("It was merged. Give the name to the source it was merged into.")
    key = key_of(name)
    if not key:
        raise Refused("Write the name as it arrives.")
    if key == key_of(source.name):
        raise Refused("That is its own name.")
    _check_free(name)
    return SourceAlias.objects.create(key=key, source=source, by=by, at=timezone.now())


@transaction.atomic
def remove_alias(alias: SourceAlias, *, by: User | None) -> None:
    alias.delete()


def _keep_name(source: Source, name: str, by: User | None) -> None:
    SourceAlias.objects.get_or_create(key=key_of(name), defaults={"source": source, "by": by, "at": timezone.now()})


def _check_free(name: str, own: Source | None = None) -> None:
    """A name means one source. Raises Refused with whose it is already."""
    if not name:
        raise Refused("A source needs a name.")
    holder = Source.objects.filter(name__iexact=name).exclude(pk=own.pk if own else 0).first()
    if holder is None:
        alias = SourceAlias.objects.filter(key=key_of(name)).select_related("source").first()
        holder = alias.source if alias and (own is None or alias.source_id != own.pk) else None
    if holder:
        merged = holder.merged_into
        raise Refused(f"“{name}” means {merged or holder} already{', since a merge' if merged else ''}.")


def _locked(source: Source) -> Source:
    return Source.objects.select_for_update().get(pk=source.pk)


# --- merging ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(source: Source, into: Source, *, by: User | None) -> SourceMerge:
    """Let everything of `source` be of `into` from now on, its names too. `carry` moves what is there."""
    both = {
        row.pk: row for row in Source.objects.select_for_update().filter(pk__in=[source.pk, into.pk]).order_by("pk")
    }
    source, into = both[source.pk], both[into.pk]
    if source.pk == into.pk:
        raise Refused("Choose another source to merge it into.")
    if source.merged_into_id or into.merged_into_id:
        raise Refused("One of the two was merged already.")
    if _under_way().filter(Q(source__in=both) | Q(into__in=both)).exists():
        raise Refused("A merge of one of the two is still being carried out. Try again in a minute.")
    made = SourceMerge.objects.create(source=source, into=into, was_active=source.is_active, by=by, at=timezone.now())
    source.merged_into, source.is_active = into, False
    source.save(update_fields=["merged_into", "is_active"])
    return made


@transaction.atomic
def unmerge(made: SourceMerge, *, by: User | None) -> SourceMerge:
    """Take a merge back: what it moved and nobody has changed since goes back. `carry` does it. What arrived under the old
    name meanwhile stays where it is."""
    made = SourceMerge.objects.select_for_update(of=("self",)).select_related("source", "into").get(pk=made.pk)
    if made.state == State.MOVING:
        raise Refused("It is still being carried out. Try again in a minute.")
    if made.state != State.DONE:
        raise Refused("This merge was taken back already.")
    if made.into.merged_into_id:
        raise Refused(f"{made.into} was merged into {standing(made.into)} since. Take that merge back first.")
    made.state, made.undone_by, made.undone_at = State.UNDOING, by, timezone.now()
    made.save(update_fields=["state", "undone_by", "undone_at"])
    made.source.merged_into, made.source.is_active = None, made.was_active
    made.source.save(update_fields=["merged_into", "is_active"])
    return made


def carry(pk: int, *, seconds: float = 3600.0) -> bool:
    """Do what a merge, or its undo, still has to do. False when the time was too short."""
    until = time.monotonic() + seconds
    while _turn(pk):
        if time.monotonic() >= until:
            return False
    return True


def moves_of(source: Source) -> dict[str, int]:
    """How many rows point at a source, by what they are called; what a merge would move."""
    found: dict[str, int] = {}
    for field in _fields():
        if count := field.model._base_manager.filter(**{field.name: source}).count():
            name = str(field.model._meta.verbose_name_plural)
            found[name] = found.get(name, 0) + count
    return found


def _under_way() -> models.QuerySet[SourceMerge]:
    return SourceMerge.objects.filter(state__in=(State.MOVING, State.UNDOING))


def due() -> list[int]:
    """What is not carried out to its end. A merge that was is due again when something points at the old source once more: an
    import that ran meanwhile, a record that was taken apart."""
    for made in SourceMerge.objects.filter(state=State.DONE, source__merged_into=models.F("into")).select_related(
        "source"
    ):
        if any(field.model._base_manager.filter(**{field.name: made.source}).exists() for field in _fields()):
            SourceMerge.objects.filter(pk=made.pk, state=State.DONE).update(state=State.MOVING)
    return list(_under_way().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _turn(pk: int) -> bool:
    """A thousand rows; False once there are none left."""
    made = SourceMerge.objects.select_for_update().filter(pk=pk).first()
    if made is None or made.state not in (State.MOVING, State.UNDOING):
        return False
    if made.state == State.MOVING and _move_some(made):
        return True
    if made.state == State.UNDOING and _move_back(made):
        return True
    made.state = State.DONE if made.state == State.MOVING else State.UNDONE
    made.save(update_fields=["state"])
    return False


def _move_some(made: SourceMerge) -> bool:
    for field in _fields():
        rows = field.model._base_manager.select_for_update().filter(**{field.name: made.source_id}).order_by("pk")
        if ids := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
            field.model._base_manager.filter(pk__in=ids).update(**{field.name: made.into_id})
            SourceMoved.objects.create(merge=made, field=_label(field), rows=ids)
            return True
    return False


def _move_back(made: SourceMerge) -> bool:
    part = made.moved.order_by("pk").first()
    if part is None:
        return False
    field = next((field for field in _fields() if _label(field) == part.field), None)
    if field is not None:
        rows = field.model._base_manager.select_for_update().filter(pk__in=part.rows, **{field.name: made.into_id})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        field.model._base_manager.filter(pk__in=ids).update(**{field.name: made.source_id})
    part.delete()
    return True


def fields_that_point() -> list[models.ForeignKey[Any, Any]]:
    """Every field of every floor that points at a source, hidden ones included."""
    found = Source._meta.get_fields(include_hidden=True)
    return [relation.field for relation in found if isinstance(relation, models.ManyToOneRel)]


def _fields() -> list[models.ForeignKey[Any, Any]]:
    """Those that follow a merge."""
    return [field for field in fields_that_point() if _label(field) not in stays]


def _label(field: models.Field[Any, Any]) -> str:
    return f"{field.model._meta.label}.{field.name}"
