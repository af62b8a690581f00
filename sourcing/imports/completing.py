"""People we know, completed by the rows that are about them: blanks are filled, contact points, tags and notes added.

What is done to a person is what `hiring.identity.match_or_create` does for one: nothing is overwritten (unless that was chosen),
and a contact point of somebody else stays with them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from hiring import identity, matching
from hiring.models import Candidate, CandidateTag, CandidateValue, ContactPoint, ProcessingBasis
from hiring.names import fold
from sourcing.imports import own_fields
from sourcing.imports.bulk_rows import next_ids
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.imports.waves import Wave
from sourcing.models import PoolMember

if TYPE_CHECKING:
    from sourcing.imports.running import Pending

Result = ImportRow.Result
CHANGED_BY_PEOPLE = ("name", "headline", "company", "location", "source_note", "owner_id", "source_id", "notice_due_on")

CHANGE = """
UPDATE hiring_candidate c
   SET name = v.name, name_key = v.name_key, headline = v.headline, company = v.company, location = v.location,
       source_note = v.source_note, owner_id = v.owner_id, source_id = v.source_id, notice_due_on = v.notice_due_on, updated_at = %s
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::date[])
    AS v (id, name, name_key, headline, company, location, source_note, owner_id, source_id, notice_due_on)
 WHERE c.id = v.id
"""


@dataclass
class Held:
    """What people we know have before the rows are brought in. `earlier` are those whom rows before these were about."""

    people: dict[int, Candidate]
    earlier: set[int]
    points: dict[int, set[matching.Key]]
    taken: dict[matching.Key, list[matching.Holder]]
    bases: dict[int, set[tuple[str, str, bool]]]
    members: set[int]
    tagged: set[tuple[int, str]]
    values: dict[tuple[int, int], list[CandidateValue]]


def _held_by(wave: Wave, known: Mapping[int, Sequence[Pending]], ours: set[int]) -> Held:
    """Lock these people and read all that is compared with: a query a table, however many they are."""
    batch, ids = wave.batch, list(known)
    locked = Candidate.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    people = {row.pk: row for row in locked}
    rows = ImportRow.objects.filter(batch=batch, candidate__in=ids)
    points = defaultdict(set)
    for pk, kind, value in ContactPoint.objects.filter(candidate__in=ids).values_list("candidate", "kind", "value"):
        points[pk].add((kind, value))
    bases = defaultdict(set)
    held_bases = ProcessingBasis.objects.filter(candidate__in=ids)
    for pk, purpose, basis, ended in held_bases.values_list("candidate", "purpose", "basis", "ended_at"):
        bases[pk].add((purpose, basis, ended is None))
    members = PoolMember.objects.filter(pool=batch.pool_id, candidate__in=ids) if batch.pool_id else None
    tags = CandidateTag.objects.filter(candidate__in=ids)
    return Held(
        people=people,
        earlier=ours | set(rows.values_list("candidate", flat=True)),
        points=points,
        taken=matching.holders(
            key for rows in known.values() for one in rows for key in one.line.keys if key[0] != "phone"
        ),
        bases=bases,
        members=set(members.values_list("candidate", flat=True)) if members is not None else set(),
        tagged={(pk, name.casefold()) for pk, name in tags.values_list("candidate", "tag__name")},
        values=own_fields.held_by(wave, ids),
    )


def complete(wave: Wave, known: Mapping[int, Sequence[Pending]], ours: set[int]) -> None:
    """Add to each of these people what their rows say and they lack, and note on the first row how to take it back."""
    if not known:
        return
    held = _held_by(wave, known, ours)
    changed = []
    new_bases = iter(next_ids(ProcessingBasis, len(known)))
    for pk, rows in known.items():
        person, effects = held.people[pk], rows[0].row.effects
        before = {name: getattr(person, name) for name in CHANGED_BY_PEOPLE}
        fields = _fill(wave.batch, person, rows)
        added = _add_points(wave, pk, rows, held.points[pk], held.taken)
        _add_basis(wave, person, held.bases[pk], effects, new_bases)
        _add_words(wave, pk, rows, held, effects)
        own_fields.fill(wave, pk, [one.line.own for one in rows], held.values, effects)
        filled = {
            name: [_plain(was), _plain(getattr(person, name))]
            for name, was in before.items()
            if was != getattr(person, name)
        }
        effects |= {key: value for key, value in (("filled", filled), ("points", added)) if value}
        if effects:
            effects["of"] = pk
            changed.append(person)
            kinds = sorted({kind for kind, *_ in added})
            wave.event(pk, "candidate.imported", row=rows[0].row.number, fields=fields, contact_points=kinds)
        _say_what_became(rows, pk, touched_before=pk in held.earlier)
    change(changed, wave.now)


def _add_basis(
    wave: Wave, person: Candidate, bases: set[tuple[str, str, bool]], effects: dict[str, Any], numbers: Iterator[int]
) -> None:
    """The ground this import stands on, where it does not hold yet; who had none is told within a month."""
    batch = wave.batch
    if (batch.purpose, batch.basis, True) in bases:
        return
    effects["basis"] = next(numbers)
    wave.basis(person.pk, effects["basis"])
    needs_notice = identity.needs_notice(batch.purpose, person.source or batch.source)
    if not bases and not person.notice_sent_at and needs_notice:
        due = identity.a_month_after(person.collected_at.date())
        person.notice_due_on = min(person.notice_due_on or due, due)


def _add_words(wave: Wave, pk: int, rows: Sequence[Pending], held: Held, effects: dict[str, Any]) -> None:
    """Tags and the pool they are not in yet, and every note."""
    tags = {name.casefold(): name for one in rows for name in wave.words_of(one)}
    for key, name in tags.items():
        if (pk, key) not in held.tagged:
            effects.setdefault("tags", [])
            wave.tags.append((pk, name, effects))
    for text in (text for one in rows for text in one.line.notes):
        wave.notes.append((pk, text, effects))
        effects.setdefault("notes", [])
    if wave.batch.pool_id and pk not in held.members:
        effects.setdefault("members", [])
        wave.members.append((pk, effects))


def _fill(batch: ImportBatch, person: Candidate, rows: Sequence[Pending]) -> list[str]:
    """Fill blanks of the record from these rows, the first one first; with `overwrite` the last one wins over what stands there."""
    fields = []
    for one in rows:
        values: dict[str, Any] = {**one.line.facts, "owner_id": one.line.owner}
        if batch.overwrite and one.line.name:
            values["name"] = one.line.name
        for name, value in values.items():
            if value and value != getattr(person, name) and (batch.overwrite or not getattr(person, name)):
                setattr(person, name, value)
                fields.append(name.removesuffix("_id"))
    for name, value in (
        ("owner_id", batch.owner_id),
        ("source_id", batch.source_id),
        ("source_note", batch.source_note),
    ):
        if value and not getattr(person, name):
            setattr(person, name, value)
            fields.append(name.removesuffix("_id"))
    person.name_key = fold(person.name)
    return list(dict.fromkeys(fields))


def _add_points(
    wave: Wave,
    pk: int,
    rows: Sequence[Pending],
    held: set[matching.Key],
    taken: dict[matching.Key, list[matching.Holder]],
) -> list[tuple[str, str, bool]]:
    """Give a person the contact points they do not have yet: (kind, value, is primary). One of somebody else stays with them."""
    kinds = {kind for kind, _ in held}
    added = []
    for one in rows:
        for kind, value, raw in one.line.points:
            if (kind, value) in held:
                continue
            if other := next((holder for holder in taken.get((kind, value), ()) if holder.candidate != pk), None):
                one.row.problems.append(
                    [-1, f"“{raw[:80]}” belongs to {other.name}.", "It stays with them. Compare the two records."]
                )
                continue
            held.add((kind, value))
            wave.point(pk, kind, value, raw, primary=kind not in kinds)
            added.append((kind, value, kind not in kinds))
            kinds.add(kind)
    return added


def _say_what_became(rows: Sequence[Pending], pk: int, *, touched_before: bool) -> None:
    for place, one in enumerate(rows):
        one.row.candidate_id = pk
        if place or touched_before:
            one.row.result = Result.DUPLICATE
        else:
            one.row.result = Result.UPDATED if one.row.effects else Result.SAME


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def change(people: Sequence[Candidate], now: dt.datetime) -> None:
    """Write what rows change in these people's records: one statement."""
    if not people:
        return
    columns = (
        "pk",
        "name",
        "name_key",
        "headline",
        "company",
        "location",
        "source_note",
        "owner_id",
        "source_id",
        "notice_due_on",
    )
    with connection.cursor() as cursor:
        cursor.execute(CHANGE, [now, *([getattr(person, name) for person in people] for name in columns)])
