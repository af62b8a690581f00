"""Checking a list before anything is done: every row read, compared with everybody we know and with the rows before it.

The rows are staged by COPY, a few thousand to a transaction. What is foreseen here is shown; what happens is decided again when
the import runs, since people come and go in between.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hiring import matching, suppression
from hiring.errors import Refused
from hiring.matching import Holder, Key
from hiring.models import Suppression
from sourcing.imports import archives, lines, own_fields, suspecting, tables
from sourcing.imports.lines import Line, Problem
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.imports.tables import Row, Shape

CHUNK = 4_000
FILES_AT_ONCE = 3  # each is read by a child process, which may take its time
SILENT_FOR = dt.timedelta(seconds=30)
NOT_AGAIN = {Suppression.Reason.ERASURE, Suppression.Reason.OBJECTION}
"""Whoever asked to be forgotten or left alone does not come back by a list."""

STAGE = """
COPY sourcing_importrow (batch_id, number, cells, line, problems, result, suspects, choice, effects, undone, kept_because) FROM STDIN
"""
Result = ImportRow.Result


class Lost(Exception):
    """Somebody else does this now, or it was called off."""


def check(batch_id: int) -> None:
    """Read and compare every row. Does nothing when somebody is at it; after a crash it begins again from the first row."""
    claim = uuid.uuid4()
    silent = Q(beat_at=None) | Q(claim=None) | Q(beat_at__lt=timezone.now() - SILENT_FOR)
    mine = ImportBatch.objects.filter(silent, pk=batch_id, status=ImportBatch.Status.CHECKING)
    if not mine.update(claim=claim, beat_at=timezone.now(), step_began_at=timezone.now(), position=0, done=0):
        return
    batch = ImportBatch.objects.select_related("by").get(pk=batch_id)
    try:
        with batch.file.open("rb") as file:
            _check(batch, file)
    except Lost:
        return
    except FileNotFoundError:
        _fail(batch, "The file is no longer there. Upload it again.")
    except Refused as refused:
        _fail(batch, refused.sentence)


def _fail(batch: ImportBatch, sentence: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk, claim=batch.claim).update(
        status=ImportBatch.Status.FAILED, problem=sentence[:300], claim=None
    )


def _check(batch: ImportBatch, file: IO[bytes]) -> None:
    ImportRow.objects.filter(batch=batch).delete()
    reader = lines.Reader(
        batch.mapping,
        region=batch.region,
        owners=lines.colleagues() if "owner" in batch.mapping else {},
        own=own_fields.check(batch),
    )
    seen, counts = Seen(), Counter[str]()
    total = 0
    is_archive = batch.kind == ImportBatch.Kind.RESUMES
    found = archives.lines(file, Shape.of(batch.shape), reader) if is_archive else _lines(file, batch, reader)
    while chunk := list(islice(found, FILES_AT_ONCE if is_archive else CHUNK)):
        total += len(chunk)
        if total > settings.IMPORT_MOST_ROWS:
            raise Refused(
                f"This list has more than {settings.IMPORT_MOST_ROWS:,} rows. Split it and import the parts one after the other."
            )
        stage(batch, chunk, seen, counts, done=total)
    if not total:
        raise Refused("There is no row below the names of the columns.")
    ImportBatch.objects.filter(pk=batch.pk, claim=batch.claim, status=ImportBatch.Status.CHECKING).update(
        status=ImportBatch.Status.CHECKED, total=total, counts=dict(counts), claim=None, beat_at=timezone.now()
    )


def _lines(file: IO[bytes], batch: ImportBatch, reader: lines.Reader) -> Iterator[tuple[Row, Line, list[Problem]]]:
    shape = Shape.of(batch.shape)
    found = tables.rows(file, shape)
    if shape.has_header:
        next(found, None)
    return ((row, *_read(reader, row)) for row in found)


def _read(reader: lines.Reader, row: Row) -> tuple[Line, list[Problem]]:
    if row.problem:
        return Line(), [(-1, row.problem, "Mend the row and import it again.")]
    return reader.read(row)


class Seen:
    """Who stood in earlier rows of the file: hashes instead of addresses, about 100 bytes a contact point."""

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self.names: dict[int, int] = {}

    def earlier(self, line: Line) -> int:
        """The first row of the file this is the same person as, 0 for none. A number alone needs a name that is the same."""
        for key in line.asked.identifying:
            if found := self.rows.get(hash(key if key[0] != "phone" else (*key, line.name.casefold()))):
                return found
        return 0

    def add(self, line: Line, number: int) -> None:
        for key in line.asked.identifying:
            self.rows.setdefault(hash(key if key[0] != "phone" else (*key, line.name.casefold())), number)


@transaction.atomic
def stage(
    batch: ImportBatch,
    chunk: Sequence[tuple[Row, Line, list[Problem]]],
    seen: Seen,
    counts: Counter[str],
    *,
    done: int,
) -> None:
    """Compare a few thousand rows and write them down. Raises Lost when the check was called off or taken over."""
    held = ImportBatch.objects.select_for_update().filter(
        pk=batch.pk, claim=batch.claim, status=ImportBatch.Status.CHECKING
    )
    if not held.exists():
        raise Lost
    known = matching.holders(key for _, line, _ in chunk for key in line.asked.identifying)
    barred = not_again([line for _, line, _ in chunk])
    results = []
    for row, line, problems in chunk:
        results.append(foresee(line, problems, known, barred, seen))
        seen.add(line, row.number)
        counts[results[-1]] += 1
        counts["problems"] += bool(problems) and results[-1] != Result.ERROR
    new = [line for (_, line, _), result in zip(chunk, results, strict=True) if result == Result.NEW]
    suspects = iter(suspecting.look(new))
    with connection.cursor() as cursor, cursor.copy(STAGE) as copy:
        for (row, line, problems), result in zip(chunk, results, strict=True):
            may_be = next(suspects) if result == Result.NEW else []
            counts["suspected"] += bool(may_be)
            said = [json.dumps(part) for part in (row.cells, line.stored(), problems)]
            copy.write_row((batch.pk, row.number, *said, result, json.dumps(may_be), "", "{}", False, ""))
    ImportBatch.objects.filter(pk=batch.pk).update(done=done, counts=dict(counts), beat_at=timezone.now())


def foresee(line: Line, problems: list[Problem], known: dict[Key, list[Holder]], barred: set[str], seen: Seen) -> str:
    """What would become of a row now. A row that cannot come in gets the reason among its problems."""
    if any(column == -1 for column, _, _ in problems):
        return Result.ERROR
    if barred and not barred.isdisjoint(line.emails):
        return Result.SUPPRESSED
    if line.file and not (line.points and (line.name or matching.decide(line.asked, known))):
        problems.append((-2, archives.NOTHING_FOUND if not line.points else lines.NO_NAME, "Say by hand whose it is."))
        return Result.NEEDS
    if not line.points:
        problems.append((-1, lines.NO_WAY, "Add one, so that the person is found again."))
        return Result.ERROR
    if matching.decide(line.asked, known):
        return Result.DUPLICATE if seen.earlier(line) else Result.UPDATED
    if seen.earlier(line):
        return Result.DUPLICATE
    if not line.name:
        problems.append((-1, lines.NO_NAME, "Only people we know may come without one."))
        return Result.ERROR
    return Result.NEW


def not_again(found: Sequence[Line]) -> set[str]:
    """The addresses among these that must not come back, as they stand in the rows."""
    if not Suppression.objects.filter(reason__in=NOT_AGAIN).exists():
        return set()
    hashes = suppression.address_hashes({email for line in found for email in line.emails})
    listed = Suppression.objects.filter(address_hash__in=list(hashes), reason__in=NOT_AGAIN)
    return {hashes[digest] for digest in listed.values_list("address_hash", flat=True)}


def foreseen(batch: ImportBatch) -> dict[str, Any]:
    """The counts for the page, every result named."""
    return {result: batch.counts.get(result, 0) for result in Result.values}
