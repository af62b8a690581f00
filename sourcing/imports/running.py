"""Running a checked import, chunk by chunk: each chunk is one transaction, so whatever dies, a row is done once or not at all.

Rows of one chunk that may be the same person depend on each other: they are worked off in waves, so that the outcome is what
bringing them in one after the other would have given. A wave is a handful of statements, however many rows it holds.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import Error, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring import matching, search
from hiring.matching import Key
from sourcing.imports import checking, filing, lines, suspecting, writing
from sourcing.imports.lines import Line
from sourcing.imports.models import ImportBatch, ImportRow

logger = logging.getLogger(__name__)

CHUNK = 2_000
FILES_AT_ONCE = 10
INDEX_CHUNK = 500
TRIES = 5
SMALLER = 12  # by so much a chunk shrinks in which something fails, and grows again
MOST_LEFT_OUT = 50
BROKE_US = "Something in this row could not be dealt with; nothing of it was brought in."
TOO_MANY = f"Stopped: {MOST_LEFT_OUT} rows could not be dealt with. Ask your administrator to look into the log."
STAGED = ("pk", "number", "line", "problems", "result", "suspects", "choice")
LAST = 2_147_483_647  # everybody of it can be found
Result = ImportRow.Result


@dataclass(slots=True)
class Staged:
    """A row as it waits, without what only pages need of it: 100,000 model instances would cost as much as the work itself."""

    pk: int
    number: int
    line: dict[str, Any]
    problems: list[Any]
    result: str
    suspects: list[Any]
    choice: str
    candidate_id: int | None = None
    effects: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Pending:
    """A row on its way: what it says, and whom it is (None: nobody we know). `joins` is whom somebody decided it is."""

    row: Staged
    line: Line
    candidate: int | None = None
    joins: int | None = None

    @property
    def keys(self) -> list[Key]:
        return self.line.asked.identifying


def run(batch_id: int) -> None:
    """Work off a batch that runs. Running it twice, or in two places, brings every row in once.

    A chunk that fails is done again in ever smaller ones, until the row it fails at stands alone: that one is left out and says
    so, all others come in. Where too many fail it is not the rows, and the import stops.
    """
    size, left_out = CHUNK, 0
    for _ in range(1_000_000):
        try:
            if not _chunk_with_patience(batch_id, size):
                return
        except (OperationalError, InterfaceError):
            raise  # the database's trouble: the sweep comes back
        except Exception:
            if size > 1:
                size = max(size // SMALLER, 1)
                continue
            logger.exception("import_row_failed", extra={"batch": batch_id})
            left_out += 1
            _leave_out(batch_id, is_last=left_out == MOST_LEFT_OUT)
        size = min(size * SMALLER, CHUNK)


@transaction.atomic
def _leave_out(batch_id: int, *, is_last: bool) -> None:
    """Go past the next row, which cannot be brought in whatever is tried. After the last one that may fail the import stops."""
    held = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id, status=ImportBatch.Status.RUNNING)
    batch = held.first()
    waiting = ImportRow.objects.filter(batch_id=batch_id, number__gt=batch.position if batch else LAST)
    row = waiting.order_by("number").first()
    if batch is None or row is None:
        return
    row.result, row.problems = Result.ERROR, [*row.problems, (-1, BROKE_US, "The other rows count.")]
    row.save(update_fields=["result", "problems"])
    batch.counts[Result.ERROR] = batch.counts.get(Result.ERROR, 0) + 1
    batch.position, batch.done, batch.beat_at = row.number, batch.done + 1, timezone.now()
    if is_last:
        batch.stop_asked, batch.problem = "keep", TOO_MANY
    batch.save(update_fields=["position", "done", "counts", "beat_at", "stop_asked", "problem"])


def _chunk_with_patience(batch_id: int, size: int) -> bool:
    """A chunk; once more when somebody brought in one of its people at the same moment."""
    for attempt in range(TRIES):
        try:
            return _run_chunk(batch_id, size)
        except (Error, psycopg.Error) as error:  # COPY raises the driver's own
            if attempt == TRIES - 1 or not _passes(error):
                raise
            logger.info("import_chunk_again", extra={"batch": batch_id, "attempt": attempt})
    return False


def _passes(error: Exception) -> bool:
    """Whether the same work may well succeed now: a race for a contact point, a deadlock that PostgreSQL ended."""
    deadlock = "40P01" in (getattr(error, "sqlstate", ""), getattr(error.__cause__, "sqlstate", ""))
    return deadlock or "one_person_per_contact_point" in str(error)


@transaction.atomic
def _run_chunk(batch_id: int, most: int) -> bool:
    """Do the next rows, so many at most. False when nothing is left, or somebody else is at it."""
    held = ImportBatch.objects.select_for_update(of=("self",), skip_locked=True)
    batch = held.select_related("source", "owner", "by").filter(pk=batch_id, status=ImportBatch.Status.RUNNING).first()
    if batch is None:
        return False
    size = min(FILES_AT_ONCE if batch.kind == ImportBatch.Kind.RESUMES else CHUNK, most)
    waiting = ImportRow.objects.filter(batch=batch, number__gt=batch.position).order_by("number")
    rows = [] if batch.stop_asked else staged(waiting[:size])
    counts = Counter(batch.counts)
    if rows:
        counts.update(bring_in(batch, rows))
        batch.position, batch.done = rows[-1].number, batch.done + len(rows)
    batch.counts, batch.beat_at = dict(counts), timezone.now()
    fields = ["position", "done", "counts", "beat_at", "made_tags"]
    if len(rows) < size:
        _finish(batch)
        fields += ["status", "finished_at", "step_began_at", "stop_asked", "undone_by"]
    batch.save(update_fields=fields)
    return batch.status == ImportBatch.Status.RUNNING


def _finish(batch: ImportBatch) -> None:
    now = timezone.now()
    batch.finished_at = now
    batch.status = ImportBatch.Status.STOPPED if batch.stop_asked else ImportBatch.Status.DONE
    if batch.stop_asked == "undo":
        batch.status, batch.step_began_at, batch.position, batch.done = ImportBatch.Status.UNDOING, now, 0, 0
        batch.stop_asked, batch.undone_by = "", batch.by


def staged(rows: QuerySet[ImportRow]) -> list[Staged]:
    return [Staged(*row) for row in rows.values_list(*STAGED)]


def bring_in(batch: ImportBatch, rows: Sequence[Staged]) -> Counter[str]:
    """Bring these rows in, within the caller's transaction. What became of each is written on it; returns how many of which."""
    pending = []
    found = [(row, Line.of(row.line)) for row in rows]
    barred = checking.not_again([line for _, line in found])
    joins = suspecting.joined(batch, rows)
    for row, line in found:
        if row.result == Result.ERROR and not _may_be_known(row):
            continue
        if barred and not barred.isdisjoint(line.emails):
            row.result = Result.SUPPRESSED
        elif suspecting.chosen(batch, row) == suspecting.Choice.SKIP:
            row.result = Result.SKIPPED
        elif row.result != Result.NEEDS:
            pending.append(Pending(row, line, joins=joins.get(row.pk)))
    ours: set[int] = set()
    while pending:
        wave = _next_wave(pending)
        writing.write(batch, wave, ours)
        done = {one.row.number for one in wave}
        pending = [one for one in pending if one.row.number not in done]
    if batch.kind == ImportBatch.Kind.RESUMES:
        filing.keep(batch, rows)
    writing.note_results(rows)
    return Counter(str(row.result) for row in rows)


def _may_be_known(row: Staged) -> bool:
    """A row without a name is an error only as long as its person is nobody we know."""
    return all(what == lines.NO_NAME for column, what, _ in row.problems if column == -1)


def _next_wave(pending: Sequence[Pending]) -> list[Pending]:
    """Rows that wait for no earlier one: they share no key with it, or both are the same person we know."""
    held = matching.holders(key for one in pending for key in one.keys)
    # A number that two people have already identifies nobody from now on, so nobody need wait because of it.
    shared = {
        key for key, owners in held.items() if key[0] == "phone" and len({owner.candidate for owner in owners}) > 1
    }
    for one in pending:
        one.candidate = matching.decide(one.line.asked, held) or one.joins
    first: dict[Key, Pending] = {}
    keys_held_back: set[Key] = set()
    people_held_back: set[int | None] = set()
    wave = []
    for one in pending:
        keys = [key for key in one.keys if key not in shared]
        rivals = [first[key] for key in keys if key in first]
        waits = any(rival.candidate is None or rival.candidate != one.candidate for rival in rivals)
        waits = waits or not keys_held_back.isdisjoint(keys) or one.candidate in people_held_back
        if waits:
            keys_held_back.update(keys)
            people_held_back |= {one.candidate} - {None}
        else:
            wave.append(one)
        for key in keys:
            first.setdefault(key, one)
    return wave


def index(batch_id: int) -> bool:
    """Let the next people of an ended import be found by words. Rewriting their search copies waits until the rows are in."""
    batch = ImportBatch.objects.filter(pk=batch_id, status__in=ImportBatch.ENDED).first()
    if batch is None:
        return False
    touched = ImportRow.objects.filter(batch=batch, number__gt=batch.indexed_to).exclude(candidate=None)
    people = list(touched.order_by("number").values_list("number", "candidate")[:INDEX_CHUNK])
    if not people:
        ImportBatch.objects.filter(pk=batch_id).update(indexed_to=LAST)
        return False
    search.refresh(pk for _, pk in people)
    ImportBatch.objects.filter(pk=batch_id).update(indexed_to=people[-1][0])
    return True
