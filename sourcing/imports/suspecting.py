"""Rows that look like somebody we know although no contact point says so: found by the check, decided by a person, carried out.

Whoever imports decides for the whole list, or row by row: somebody new (the pair then waits among the duplicates), the person we
know, or left out. What was decided stays with the rows and stands in the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from hiring import acquaintance, duplicates
from hiring.acquaintance import Stranger
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint
from sourcing.imports.lines import Line
from sourcing.imports.models import ImportBatch, ImportRow

if TYPE_CHECKING:
    from sourcing.imports.running import Staged

Choice = ImportBatch.Suspected
BECAME = {Choice.NEW: "imported as somebody new", Choice.JOIN: "added to that person", Choice.SKIP: "left out"}
OUTCOME: dict[str, str] = {
    ImportRow.Result.NEW: Choice.NEW,
    ImportRow.Result.SKIPPED: Choice.SKIP,
    ImportRow.Result.UPDATED: Choice.JOIN,
    ImportRow.Result.SAME: Choice.JOIN,
    ImportRow.Result.DUPLICATE: Choice.JOIN,
}
MOST_MERGES = 10

Suspect = tuple[int, int, list[str]]
"""Candidate, points, codes of the reasons."""


def look(found: Sequence[Line]) -> list[list[Suspect]]:
    """Whom these new people may be."""
    return acquaintance.suspects_of([_stranger(line) for line in found]) if found else []


def _stranger(line: Line) -> Stranger:
    return Stranger(
        line.name,
        line.facts.get("company", ""),
        line.facts.get("location", ""),
        line.emails,
        [value for kind, value, _ in line.points if kind == ContactPoint.Kind.PHONE],
    )


# ---------- What a person decides ----------


@transaction.atomic
def choose_for_all(batch: ImportBatch, choice: str) -> ImportBatch:
    """What becomes of every row that looks like somebody; what was chosen for single rows before gives way."""
    batch = _open(batch)
    batch.suspected = Choice(choice)
    batch.save(update_fields=["suspected"])
    ImportRow.objects.filter(batch=batch).exclude(choice="").update(choice="")
    return batch


@transaction.atomic
def choose(row: ImportRow, choice: str, *, person: int | None = None) -> ImportRow:
    """What becomes of one row; empty is as for all. `person` is whom it joins, where it may be several."""
    _open(row.batch)
    row = ImportRow.objects.select_for_update().get(pk=row.pk)
    if person is not None:
        chosen = [one for one in row.suspects if one[0] == person]
        if not chosen:
            raise Refused("This row does not look like that person.")
        row.suspects = chosen + [one for one in row.suspects if one[0] != person]
    row.choice = Choice(choice) if choice else ""
    row.save(update_fields=["choice", "suspects"])
    return row


def _open(batch: ImportBatch) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.status != ImportBatch.Status.CHECKED:
        raise Refused(f"This import has gone on meanwhile: {batch.get_status_display().lower()}.")
    return batch


# ---------- When the import runs ----------


def chosen(batch: ImportBatch, row: Staged | ImportRow) -> str:
    """What was decided about a row; empty for one that looks like nobody."""
    return (row.choice or batch.suspected) if row.suspects else ""


def joined(batch: ImportBatch, rows: Iterable[Staged]) -> dict[int, int]:
    """Row to the person it joins; not in it who joins nobody, or whose person is gone since. One query, and one more a merge."""
    wanted = {row.pk: row.suspects[0][0] for row in rows if chosen(batch, row) == Choice.JOIN}
    survivors: dict[int, int] = {}
    asked = set(wanted.values())
    into: dict[int, int | None] = {}
    for _ in range(MOST_MERGES):
        into |= dict(Candidate.objects.filter(pk__in=asked).values_list("pk", "merged_into"))
        asked = {pk for pk in into.values() if pk is not None and pk not in into}
        if not asked:
            break
    for pk in set(wanted.values()) & set(into):
        last = pk
        while (further := into.get(last)) is not None:
            last = further
        survivors[pk] = last
    return {row: survivors[pk] for row, pk in wanted.items() if pk in survivors}


def let_wait(pairs: Sequence[tuple[int, Sequence[Any]]]) -> None:
    """Somebody made new, with whom they look like: the pairs wait among the duplicates."""
    asked = {pk for _, suspects in pairs for pk, _, _ in suspects}
    if asked:
        live = set(Candidate.objects.live().filter(pk__in=asked).values_list("pk", flat=True))
        duplicates.suspect(
            (made, pk, score, reasons) for made, suspects in pairs for pk, score, reasons in suspects if pk in live
        )


# ---------- For pages and reports ----------


def describe(batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
    """Put on each row whom it may be, for people: `may_be` [(candidate, reasons)] and `became`. One query where there is one."""
    asked = {pk for row in rows for pk, _, _ in row.suspects}
    people = Candidate.objects.in_bulk(asked) if asked else {}
    for row in rows:
        row.may_be = [  # type: ignore[attr-defined]
            (people[pk], [reason.lower() for reason in duplicates.words_of(reasons)])
            for pk, _, reasons in row.suspects
            if pk in people
        ]
        became = chosen(batch, row) if batch.status == ImportBatch.Status.CHECKED else OUTCOME.get(row.result, "")
        row.chosen = became  # type: ignore[attr-defined]
        row.became = BECAME[Choice(became)] if row.suspects and became else ""  # type: ignore[attr-defined]


def sentence(row: ImportRow) -> str:
    """`Ada King (same name, same employer): left out`, for a report; empty for a row that looks like nobody."""
    said = [f"{person} ({', '.join(reasons)})" for person, reasons in row.may_be]  # type: ignore[attr-defined]
    return f"{' or '.join(said)}: {row.became}" if said else ""  # type: ignore[attr-defined]
