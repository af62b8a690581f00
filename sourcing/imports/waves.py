"""Rows that are written together: what they leave behind is gathered here and goes to each table by one statement.

Each thing that is added is noted in the `effects` of the row it came from, so that it can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from hiring import identity
from hiring.models import (
    CandidateTag,
    CandidateValue,
    ContactPoint,
    CustomField,
    Note,
    ProcessingBasis,
    Tag,
    TimelineEvent,
)
from hiring.notes import clean
from sourcing.imports import own_fields, suspecting
from sourcing.imports.bulk_rows import copy_rows, next_ids
from sourcing.imports.models import ImportBatch
from sourcing.models import PoolMember

if TYPE_CHECKING:
    from sourcing.imports.running import Pending


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
        self.pairs: list[tuple[int, list[Any]]] = []
        self.fields = own_fields.of(batch)
        self.values: list[tuple[int, CustomField, Any, dict[str, Any]]] = []
        self.changed_values: list[CandidateValue] = []

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


def write_down(wave: Wave) -> None:
    """Everything that was gathered, by one statement a table."""
    # One order for everybody, so that two imports with the same people wait for each other instead of deadlocking.
    copy_rows(ContactPoint, sorted(wave.points, key=lambda row: (row["kind"], row["value"])))
    copy_rows(ProcessingBasis, wave.bases)
    _tag(wave)
    _add_members(wave)
    _write_notes(wave)
    own_fields.write_down(wave)
    suspecting.let_wait(wave.pairs)
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
