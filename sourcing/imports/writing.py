"""What a wave of rows leaves behind, set by set: people, contact points, bases, tags, pool, notes, events, and how to take it back.

What is done to a person is what `hiring.identity.match_or_create` does for one: blanks are filled, nothing is overwritten (unless
that was chosen), contact points are added, and one that belongs to somebody else stays with them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from hiring import identity, matching
from hiring.models import Candidate, CandidateTag, ContactPoint, Note, ProcessingBasis, Tag, TimelineEvent
from hiring.names import fold
from hiring.notes import clean
from sourcing.imports import lines
from sourcing.imports.bulk_rows import copy_rows, next_ids
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.models import PoolMember

if TYPE_CHECKING:
    from sourcing.imports.running import Pending, Staged

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
NOTE_RESULTS = """
UPDATE sourcing_importrow r
   SET result = v.result, candidate_id = v.candidate, effects = v.effects, problems = v.problems
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::jsonb[], %s::jsonb[]) AS v (id, result, candidate, effects, problems)
 WHERE r.id = v.id
"""


class Wave:
    """Rows that are written together: what is gathered for each table before any of it goes there."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.now = timezone.now()
        self.points: list[dict[str, Any]] = []
        self.bases: list[dict[str, Any]] = []
        self.tags: list[tuple[int, str, dict[str, Any]]] = []
        self.notes: list[tuple[int, str, dict[str, Any]]] = []
        self.members: list[tuple[int, dict[str, Any]]] = []
        self.events: list[dict[str, Any]] = []

    def point(self, candidate: int, kind: str, value: str, raw: str, *, primary: bool) -> None:
        self.points.append(
            {
                "candidate_id": candidate,
                "kind": kind,
                "value": value,
                "raw": raw,
                "is_primary": primary,
                "is_live": True,
                "created_at": self.now,
            }
        )

    def basis(self, candidate: int, number: int) -> None:
        legitimate = self.batch.basis == ProcessingBasis.Basis.LEGITIMATE_INTEREST
        self.bases.append(
            {
                "id": number,
                "candidate_id": candidate,
                "purpose": self.batch.purpose,
                "basis": self.batch.basis,
                "controller": settings.ORGANISATION_NAME,
                "reference": identity.BALANCING_TEST if legitimate else "",
                "started_at": self.now,
            }
        )

    def event(self, candidate: int, kind: str, **data: Any) -> None:
        self.events.append(
            {
                "candidate_id": candidate,
                "at": self.now,
                "kind": kind,
                "actor_id": self.batch.by_id,
                "data": json.dumps({"import": self.batch.pk, **data}),
            }
        )

    def words_of(self, one: Pending) -> list[str]:
        return [*one.line.tags, *([self.batch.tag] if self.batch.tag else [])]


def write(batch: ImportBatch, pending: Sequence[Pending], ours: set[int]) -> None:
    """Make and complete the people of one wave, and say on each row what became of it.

    `ours` are people whom earlier rows of the same chunk brought in; those of this wave join them.
    """
    wave = Wave(batch)
    known: dict[int, list[Pending]] = defaultdict(list)
    new = []
    for one in pending:
        if one.candidate is not None:
            known[one.candidate].append(one)
        elif one.line.name:
            new.append(one)
        else:
            one.row.result = Result.ERROR
            if not any(what == lines.NO_NAME for _, what, _ in one.row.problems):
                one.row.problems.append(
                    [-1, lines.NO_NAME, "The person it was for is gone since the list was checked."]
                )
    _make(wave, new)
    _complete(wave, known, ours)
    _write_down(wave)
    ours.update(one.row.candidate_id for one in pending if one.row.candidate_id)


# ---------- New people ----------


def _make(wave: Wave, new: Sequence[Pending]) -> None:
    batch, now = wave.batch, wave.now
    due = identity.a_month_after(now.date()) if identity.needs_notice(batch.purpose, batch.source) else None
    people = []
    ids, bases = next_ids(Candidate, len(new)), next_ids(ProcessingBasis, len(new))
    for one, pk, basis in zip(new, ids, bases, strict=True):
        line = one.line
        people.append(
            {
                "id": pk,
                "name": line.name,
                "name_key": fold(line.name),
                "headline": line.facts.get("headline", ""),
                "company": line.facts.get("company", ""),
                "location": line.facts.get("location", ""),
                "source_note": line.facts.get("source_note", "") or batch.source_note,
                "owner_id": line.owner or batch.owner_id,
                "source_id": batch.source_id,
                "collected_at": now,
                "notice_due_on": due,
                "created_at": now,
                "updated_at": now,
            }
        )
        first_of: set[str] = set()
        for kind, value, raw in line.points:
            wave.point(pk, kind, value, raw, primary=kind not in first_of)
            first_of.add(kind)
        wave.basis(pk, basis)
        wave.event(pk, "candidate.imported", row=one.row.number, source=batch.source_id, purpose=batch.purpose)
        one.row.effects = {"made": pk}
        wave.tags += [(pk, name, one.row.effects) for name in wave.words_of(one)]
        wave.notes += [(pk, text, one.row.effects) for text in one.line.notes]
        if batch.pool_id:
            wave.members.append((pk, one.row.effects))
        one.row.result, one.row.candidate_id = Result.NEW, pk
    copy_rows(Candidate, people)


# ---------- People we know ----------


def _complete(wave: Wave, known: dict[int, list[Pending]], ours: set[int]) -> None:
    if not known:
        return
    batch = wave.batch
    people = {
        row.pk: row for row in Candidate.objects.select_for_update(of=("self",)).filter(pk__in=known).order_by("pk")
    }
    before = {pk: {name: getattr(row, name) for name in CHANGED_BY_PEOPLE} for pk, row in people.items()}
    earlier = ours | set(ImportRow.objects.filter(batch=batch, candidate__in=known).values_list("candidate", flat=True))
    held_points = defaultdict(set)
    for pk, kind, value in ContactPoint.objects.filter(candidate__in=known).values_list("candidate", "kind", "value"):
        held_points[pk].add((kind, value))
    taken = matching.holders(
        key for rows in known.values() for one in rows for key in one.line.keys if key[0] != "phone"
    )
    bases = defaultdict(set)
    for pk, purpose, basis, ended in ProcessingBasis.objects.filter(candidate__in=known).values_list(
        "candidate", "purpose", "basis", "ended_at"
    ):
        bases[pk].add((purpose, basis, ended is None))
    members = set(
        PoolMember.objects.filter(pool=batch.pool_id, candidate__in=known).values_list("candidate", flat=True)
        if batch.pool_id
        else ()
    )
    tagged = {
        (pk, name.casefold())
        for pk, name in CandidateTag.objects.filter(candidate__in=known).values_list("candidate", "tag__name")
    }
    changed = []
    new_bases = iter(next_ids(ProcessingBasis, len(known)))
    for pk, rows in known.items():
        person, effects = people[pk], rows[0].row.effects
        fields = _fill(batch, person, rows)
        added = _add_points(wave, pk, rows, held_points[pk], taken)
        if (batch.purpose, batch.basis, True) not in bases[pk]:
            effects["basis"] = next(new_bases)
            wave.basis(pk, effects["basis"])
            if (
                not bases[pk]
                and not person.notice_sent_at
                and identity.needs_notice(batch.purpose, person.source or batch.source)
            ):
                due = identity.a_month_after(person.collected_at.date())
                person.notice_due_on = min(person.notice_due_on or due, due)
        filled = {
            name: [_plain(was), _plain(getattr(person, name))]
            for name, was in before[pk].items()
            if was != getattr(person, name)
        }
        if filled:
            effects["filled"] = filled
        if added:
            effects["points"] = added
        tags = {name.casefold(): name for one in rows for name in wave.words_of(one)}
        for key, name in tags.items():
            if (pk, key) not in tagged:
                effects.setdefault("tags", [])
                wave.tags.append((pk, name, effects))
        for text in (text for one in rows for text in one.line.notes):
            wave.notes.append((pk, text, effects))
            effects.setdefault("notes", [])
        if batch.pool_id and pk not in members:
            effects.setdefault("members", [])
            wave.members.append((pk, effects))
        if effects:
            effects["of"] = pk
            changed.append(person)
            wave.event(
                pk,
                "candidate.imported",
                row=rows[0].row.number,
                fields=fields,
                contact_points=sorted({kind for kind, *_ in added}),
            )
        _say_what_became(rows, pk, touched_before=pk in earlier)
    _change(changed, wave.now)


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


def _change(people: Sequence[Candidate], now: dt.datetime) -> None:
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


# ---------- The rest, table by table ----------


def _write_down(wave: Wave) -> None:
    # One order for everybody, so that two imports with the same people wait for each other instead of deadlocking.
    copy_rows(ContactPoint, sorted(wave.points, key=lambda row: (row["kind"], row["value"])))
    copy_rows(ProcessingBasis, wave.bases)
    _tag(wave)
    _add_members(wave)
    _write_notes(wave)
    copy_rows(TimelineEvent, wave.events)


def _tag(wave: Wave) -> None:
    if not wave.tags:
        return
    ids = _tag_ids(wave, {name for _, name, _ in wave.tags})
    wanted: dict[tuple[int, int], dict[str, Any]] = {}
    for pk, name, effects in wave.tags:
        wanted.setdefault((pk, ids[name.casefold()]), effects)
    numbers = next_ids(CandidateTag, len(wanted))
    rows = []
    for number, ((pk, tag), effects) in zip(numbers, wanted.items(), strict=True):
        effects.setdefault("tags", []).append(number)
        rows.append(
            {"id": number, "candidate_id": pk, "tag_id": tag, "added_by_id": wave.batch.by_id, "added_at": wave.now}
        )
    copy_rows(CandidateTag, rows)


def _tag_ids(wave: Wave, names: Iterable[str]) -> dict[str, int]:
    """Tags by folded name, made where there are none. The import remembers which it made."""
    wanted = {name.casefold(): name for name in sorted(names)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name FROM hiring_tag WHERE lower(name) = ANY(%s)", [[name.lower() for name in wanted.values()]]
        )
        found = {name.casefold(): pk for pk, name in cursor.fetchall()}
    if missing := [name for key, name in wanted.items() if key not in found]:
        made = Tag.objects.bulk_create([Tag(name=name) for name in missing], ignore_conflicts=True)
        rows = dict(Tag.objects.filter(name__in=[tag.name for tag in made]).values_list("name", "pk"))
        found |= {name.casefold(): pk for name, pk in rows.items()}
        wave.batch.made_tags = [*wave.batch.made_tags, *rows.values()]
    return found


def _add_members(wave: Wave) -> None:
    numbers = next_ids(PoolMember, len(wave.members))
    rows = []
    for number, (pk, effects) in zip(numbers, wave.members, strict=True):
        effects.setdefault("members", []).append(number)
        rows.append(
            {
                "id": number,
                "pool_id": wave.batch.pool_id,
                "candidate_id": pk,
                "reason": f"Imported from {wave.batch.name}"[:300],
                "added_by_id": wave.batch.by_id,
                "added_at": wave.now,
            }
        )
        wave.event(pk, "pool.added", pool=wave.batch.pool_id)
    copy_rows(PoolMember, rows)


def _write_notes(wave: Wave) -> None:
    notes = [(pk, text, effects) for pk, raw, effects in wave.notes if (text := clean(raw))]
    rows = []
    for number, (pk, text, effects) in zip(next_ids(Note, len(notes)), notes, strict=True):
        effects.setdefault("notes", []).append(number)
        rows.append(
            {"id": number, "candidate_id": pk, "author_id": wave.batch.by_id, "text": text, "created_at": wave.now}
        )
        wave.event(pk, "note.written", note=number)
    copy_rows(Note, rows)


def note_results(rows: Sequence[Staged]) -> None:
    """Write on each row what became of it: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE_RESULTS,
            [
                [row.pk for row in rows],
                [str(row.result) for row in rows],
                [row.candidate_id for row in rows],
                [json.dumps(row.effects) for row in rows],
                [json.dumps(row.problems) for row in rows],
            ],
        )
