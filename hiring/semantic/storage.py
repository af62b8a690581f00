"""Where vectors are kept: `halfvec` with an index where PostgreSQL has pgvector, else bytes that this process compares itself.

`prepare` runs after each migrate, so that installing pgvector later is enough: the vectors are made anew.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from hiring.models import CandidateVector, JobVector
from hiring.semantic.model import NAME, WIDTH

log = logging.getLogger(__name__)

TABLES = ("hiring_candidatevector", "hiring_jobvector")
COLUMN = """
ALTER TABLE {table} ADD COLUMN emb halfvec(384);
ALTER TABLE {table} ALTER COLUMN emb SET STORAGE PLAIN;
"""
INDEX = """
CREATE INDEX candidate_vector_near ON hiring_candidatevector USING hnsw (emb halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)
"""
MARK = """
INSERT INTO hiring_candidatevector (candidate_id, model, digest, due_since)
SELECT c.id, '', '', %(now)s FROM hiring_candidate c WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NULL ORDER BY c.id
    ON CONFLICT (candidate_id) DO UPDATE SET due_since = EXCLUDED.due_since
"""
FORGET = """
DELETE FROM hiring_candidatevector v USING hiring_candidate c
 WHERE c.id = v.candidate_id AND c.merged_into_id IS NOT NULL AND v.candidate_id = ANY(%(ids)s)
"""
MISSED = """
SELECT c.id FROM hiring_candidate c LEFT JOIN hiring_candidatevector v ON v.candidate_id = c.id
 WHERE c.merged_into_id IS NULL AND v.candidate_id IS NULL LIMIT 5000
"""

_has_column: dict[str, bool] = {}


def prepare(using: str = "default") -> None:
    """Add the column and the index of pgvector where they can be. Without the right or the extension nothing happens."""
    db = connections[using]
    with db.cursor() as cursor:
        cursor.execute("SELECT to_regclass('hiring_jobvector') IS NOT NULL")
        if not cursor.fetchone()[0] or not _extension(using):
            return
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_name = ANY(%s) AND column_name = 'emb' "
            "AND table_schema = current_schema()",
            [list(TABLES)],
        )
        for table in set(TABLES) - {row[0] for row in cursor.fetchall()}:
            cursor.execute(COLUMN.format(table=table))
            cursor.execute(f"UPDATE {table} SET model = '', digest = ''")  # noqa: S608 - what was kept as bytes is made anew
            if table == TABLES[0]:
                cursor.execute("UPDATE hiring_candidatevector SET due_since = now()")
                cursor.execute(INDEX)
    _has_column.pop(using, None)


def _extension(using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector'), "
            "EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
        )
        installed, available = cursor.fetchone()
    if installed or not available:
        return bool(installed)
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except DatabaseError:
        log.warning("pgvector_not_created")  # a superuser has to: CREATE EXTENSION vector
        return False
    return True


def has_halfvec() -> bool:
    """Whether vectors are a column that PostgreSQL can compare. Asked once a process."""
    if "default" not in _has_column:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'hiring_candidatevector'::regclass AND attname = 'emb')"
            )
            _has_column["default"] = bool(cursor.fetchone()[0])
    return _has_column["default"]


def numbers(value: bytes) -> tuple[float, ...]:
    """A vector as numbers."""
    return struct.unpack(f"<{WIDTH}e", value)


def literal(value: bytes) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{number:.6g}" for number in numbers(value)) + "]"


def packed(said: str) -> bytes:
    """A vector as pgvector writes it, as bytes."""
    return struct.pack(f"<{WIDTH}e", *(float(number) for number in said.strip("[]").split(",")))


# ---------- Candidates ----------


def mark_due(ids: Iterable[int]) -> None:
    """The text of these people may have changed; those merged away lose their vector. Two short statements."""
    given: dict[str, Any] = {"ids": sorted(set(ids)), "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, given)
        cursor.execute(MARK, given)


def mark_missed() -> int:
    """People nobody marked: from before, or loaded past the verbs. How many."""
    with connection.cursor() as cursor:
        cursor.execute(MISSED)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        mark_due(ids)
    return len(ids)


def mark_outdated() -> int:
    """Everybody whose vector another model made. How many."""
    made_by_another = CandidateVector.objects.filter(due_since=None).exclude(model=NAME)
    return made_by_another.update(due_since=timezone.now())


def keep(table: type[CandidateVector] | type[JobVector], pk: int, value: bytes | None, digest: str) -> None:
    """Write a vector; None when there is no text to make one of."""
    key = table._meta.pk.column
    column, written = ("emb", value and literal(value)) if has_halfvec() else ("value", value)
    cast = "::halfvec" if column == "emb" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table._meta.db_table} SET {column} = %s{cast}, model = %s, digest = %s, made_at = %s WHERE {key} = %s",  # noqa: S608
            [written, NAME, digest, timezone.now(), pk],
        )


def of(table: type[CandidateVector] | type[JobVector], pk: int) -> bytes | None:
    """The vector of a person or a job, None while there is none by this model."""
    return of_many(table, [pk]).get(pk)


def of_many(table: type[CandidateVector] | type[JobVector], pks: Sequence[int]) -> dict[int, bytes]:
    column = "emb::text" if has_halfvec() else "value"
    key = table._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table._meta.db_table} WHERE {key} = ANY(%s) AND model = %s",  # noqa: S608
            [list(pks), NAME],
        )
        rows: list[tuple[int, Any]] = cursor.fetchall()
    return {pk: packed(value) if isinstance(value, str) else bytes(value) for pk, value in rows if value is not None}


# ---------- Two of a pair ----------

ENOUGH_TEXT = 400  # characters; a mere headline says the same about many people
WITH_RESUMES = """
SELECT p.first, p.second FROM unnest(%(firsts)s::bigint[], %(seconds)s::bigint[]) AS p (first, second)
 WHERE (SELECT count(DISTINCT d.candidate_id) FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
         WHERE d.candidate_id IN (p.first, p.second) AND d.kind = 'resume' AND length(x.text) >= %(enough)s) = 2
"""


def pairs_alike(pairs: Sequence[tuple[int, int]], closeness: float) -> set[tuple[int, int]]:
    """Which of these pairs of people have résumés that say nearly the same. Two questions for any number of pairs."""
    if not pairs:
        return set()
    with connection.cursor() as cursor:
        given: dict[str, Any] = {
            "firsts": [one for one, _ in pairs],
            "seconds": [two for _, two in pairs],
            "enough": ENOUGH_TEXT,
        }
        cursor.execute(WITH_RESUMES, given)
        told: list[tuple[int, int]] = cursor.fetchall()
    held = of_many(CandidateVector, sorted({pk for pair in told for pk in pair}))
    seen = {pk: numbers(value) for pk, value in held.items()}
    return {
        (one, two)
        for one, two in told
        if one in seen and two in seen and sum(a * b for a, b in zip(seen[one], seen[two], strict=True)) >= closeness
    }
