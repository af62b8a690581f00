"""Where vectors are kept: `halfvec` with an index where PostgreSQL has pgvector, else bytes that this process compares itself.

`prepare` runs after each migrate, so that installing pgvector later is enough: the vectors are made anew.
"""

from __future__ import annotations

import heapq
import logging
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
INSERT INTO hiring_vectordue (candidate_id, due_since)
SELECT c.id, %(now)s FROM hiring_candidate c WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NULL ORDER BY c.id
    ON CONFLICT (candidate_id) DO UPDATE SET due_since = EXCLUDED.due_since
"""
EVERYBODY = """
INSERT INTO hiring_vectordue (candidate_id, due_since) SELECT candidate_id, now() FROM hiring_candidatevector
    ON CONFLICT DO NOTHING
"""
FORGET = """
WITH gone AS (
       DELETE FROM hiring_vectordue d USING hiring_candidate c
        WHERE c.id = d.candidate_id AND c.merged_into_id IS NOT NULL AND d.candidate_id = ANY(%(ids)s))
DELETE FROM hiring_candidatevector v USING hiring_candidate c
 WHERE c.id = v.candidate_id AND c.merged_into_id IS NOT NULL AND v.candidate_id = ANY(%(ids)s)
"""
# A slice of ids at a time: comparing all candidates with all vectors takes seconds where there are a million of each.
SLICE_END = (
    "SELECT max(id) FROM (SELECT id FROM hiring_candidate WHERE id > %(after)s ORDER BY id LIMIT %(slice)s) AS slice"
)
MISSED = """
SELECT c.id FROM hiring_candidate c
 WHERE c.id > %(after)s AND c.id <= %(end)s AND c.merged_into_id IS NULL
   AND NOT EXISTS (SELECT FROM hiring_candidatevector v
                    WHERE v.candidate_id = c.id AND v.candidate_id > %(after)s AND v.candidate_id <= %(end)s)
   AND NOT EXISTS (SELECT FROM hiring_vectordue d WHERE d.candidate_id = c.id)
 ORDER BY c.id LIMIT %(most)s
"""
# Above and below, because an index answers no "other than".
OUTDATED = """
SELECT v.candidate_id FROM hiring_candidatevector v LEFT JOIN hiring_vectordue d ON d.candidate_id = v.candidate_id
 WHERE (v.model < %(model)s OR v.model > %(model)s) AND d.candidate_id IS NULL LIMIT %(most)s
"""
AT_ONCE, SLICE = 5_000, 20_000

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
                cursor.execute(EVERYBODY)
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


@dataclass
class Round:
    """How far the look for people whom nobody marked has come: a slice of ids a look, and from the start after the last one."""

    after: int = 0


def mark_missed(place: Round | None = None) -> int:
    """People nobody marked: from before, or loaded past the verbs; of one slice, some thousands at once. How many."""
    place = place or Round()
    given: dict[str, Any] = {"after": place.after, "slice": SLICE, "most": AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(SLICE_END, given)
        given["end"] = cursor.fetchone()[0]
        if given["end"] is None:  # the round is over
            place.after = 0
            return 0
        cursor.execute(MISSED, given)
        ids = [row[0] for row in cursor.fetchall()]
    place.after = ids[-1] if len(ids) == AT_ONCE else given["end"]
    if ids:
        mark_due(ids)
    return len(ids)


def mark_outdated() -> int:
    """People whose vector another model made, some thousands at once: until their turn comes, words alone find them. How many."""
    with connection.cursor() as cursor:
        cursor.execute(OUTDATED, {"model": NAME, "most": AT_ONCE})
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        mark_due(ids)
    return len(ids)


def keep(table: type[CandidateVector] | type[JobVector], pk: int, value: bytes | None, digest: str) -> None:
    """Write a vector; None when there is no text to make one of. Nothing when the person or the job is gone meanwhile."""
    key, thing = table._meta.pk.column, "hiring_candidate" if table is CandidateVector else "hiring_job"
    column, written = ("emb", value and literal(value)) if has_halfvec() else ("value", value)
    cast = "::halfvec" if column == "emb" else ""
    live = " AND merged_into_id IS NULL" if table is CandidateVector else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table._meta.db_table} ({key}, {column}, model, digest, made_at) "  # noqa: S608
            f"SELECT id, %s{cast}, %s, %s, %s FROM {thing} WHERE id = %s{live} "
            f"ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}, model = EXCLUDED.model, "
            "digest = EXCLUDED.digest, made_at = EXCLUDED.made_at",
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


CLOSENESS = """
SELECT candidate_id, 1 - (emb <=> %s::halfvec) FROM hiring_candidatevector
 WHERE candidate_id = ANY(%s::bigint[]) AND model = %s AND emb IS NOT NULL
"""


def closeness(vector: bytes, people: Sequence[int]) -> dict[int, float]:
    """How near the texts of these people are to a vector, 1 the same; without those who have none."""
    if has_halfvec():
        with connection.cursor() as cursor:
            cursor.execute(CLOSENESS, [literal(vector), "{" + ",".join(map(str, people)) + "}", NAME])
            return dict(cursor.fetchall())
    import numpy as np

    asked = np.frombuffer(vector, dtype="<f2").astype(np.float32)
    held = of_many(CandidateVector, people)
    return {pk: float(np.frombuffer(value, dtype="<f2").astype(np.float32) @ asked) for pk, value in held.items()}


def nearest(vector: bytes, people: Sequence[int], most: int) -> list[int]:
    """Those of these people who are nearest to a vector, the nearest first. Every one of them is compared."""
    close = closeness(vector, people)
    return heapq.nlargest(most, close, key=lambda pk: close[pk])


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
