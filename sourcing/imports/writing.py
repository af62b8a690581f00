"""Making and completing the people of a wave of rows, set by set, and saying on each row what became of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection

from hiring import identity
from hiring.models import Candidate, ProcessingBasis
from hiring.names import fold
from sourcing.imports import completing, lines, own_fields
from sourcing.imports.bulk_rows import copy_rows, next_ids
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.imports.waves import Wave, write_down

if TYPE_CHECKING:
    from sourcing.imports.running import Pending, Staged

Result = ImportRow.Result
NOTE_RESULTS = """
UPDATE sourcing_importrow r
   SET result = v.result, candidate_id = v.candidate, effects = v.effects, problems = v.problems
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::jsonb[], %s::jsonb[]) AS v (id, result, candidate, effects, problems)
 WHERE r.id = v.id
"""


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
    completing.complete(wave, known, ours)
    write_down(wave)
    ours.update(one.row.candidate_id for one in pending if one.row.candidate_id)


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
        if one.row.suspects:
            wave.pairs.append((pk, one.row.suspects))
        own_fields.make(wave, pk, line.own, one.row.effects)
        one.row.result, one.row.candidate_id = Result.NEW, pk
    copy_rows(Candidate, people)


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
