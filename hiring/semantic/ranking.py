"""People by how well they fit a text: closeness of meaning and shared words, fused as measured best.

z(dense) + 0.3 · z(lexical) over the nearest 200 and the best 200 by words. Filter first: what the given queryset and the
access rules leave is compared exactly up to EXACT_UP_TO people; above, the index walks on until enough of them passed.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from hiring.models.candidates import CandidateQuerySet
from hiring.semantic import nearest, storage, words
from hiring.semantic.model import NAME
from hiring.semantic.words import Concept

EXACT_UP_TO = 50_000
POOL = 200
LEXICAL = 0.3
WALK = (
    "SELECT set_config('hnsw.ef_search', '200', true), set_config('hnsw.iterative_scan', 'relaxed_order', true), "
    "set_config('hnsw.max_scan_tuples', '40000', true)"
)
# How much of a concept somebody has. Only who matches it counts: ts_rank alone gives half a phrase its share. Whose skills,
# as parsed and corrected, have it under another name has it as one who says it once.
RANK = (
    ", CASE WHEN s.tsv @@ %s::tsquery THEN ts_rank('{0,1,1,0}', s.tsv, %s::tsquery) "
    "WHEN s.skills && %s::text[] THEN 0.6 ELSE 0 END"
)
# Unpacked once a person: every @@ and ts_rank would fetch it anew.
COPY = (
    "LEFT JOIN LATERAL (SELECT c.tsv || ''::tsvector AS tsv, c.skills FROM hiring_candidatesearch c "
    "WHERE c.candidate_id = {} OFFSET 0) s ON true"
)


@dataclass(frozen=True)
class Match:
    """A person and why: `closeness` is the cosine to what was asked (None without a vector), `words` the lexical score,
    `skills` which of the concepts asked for they have."""

    candidate: int
    score: float
    closeness: float | None
    words: float
    skills: tuple[str, ...] = ()
    by_meaning: float = 0.0
    by_words: float = 0.0

    @property
    def percent(self) -> int | None:
        """Closeness for people: a share of what two texts of one meaning reach."""
        return None if self.closeness is None else max(0, min(100, round(self.closeness * 100)))


@dataclass
class Ranking:
    """Matches, best first. `by_meaning` is False when words alone decided; `concepts` is what was looked for."""

    matches: list[Match] = field(default_factory=list)
    concepts: list[Concept] = field(default_factory=list)
    by_meaning: bool = False


def rank(
    people: CandidateQuerySet, *, vector: bytes | None, asked: Sequence[Concept], limit: int, pool: int = POOL
) -> Ranking:
    """The best `limit` of `people` for a vector and the concepts asked for; either may be missing."""
    asked = list(asked)
    if vector is None and not asked:
        return Ranking([], asked, False)
    rows = _rows(people, vector, asked, pool)
    return Ranking(fuse(rows, asked, pool)[:limit], asked, vector is not None)


def fuse(rows: Sequence[Sequence[Any]], asked: Sequence[Concept], pool: int = POOL) -> list[Match]:
    """Score rows of (candidate, is near, distance or None, rank per concept...), best first."""
    weights = [concept.weight for concept in asked]
    parted = [
        (row[0], row[1], row[2], sum(w * r for w, r in zip(weights, row[3:], strict=True)), row[3:]) for row in rows
    ]
    by_words = sorted((row for row in parted if row[3] > 0), key=lambda row: (-row[3], row[0]))[:pool]
    chosen = {row[0]: row for row in parted if row[1]} | {row[0]: row for row in by_words}
    close = [1 - row[2] for row in chosen.values() if row[2] is not None]
    floor = min(close, default=0.0)  # no vector yet: as far as the farthest
    dense = _z([floor if row[2] is None else 1 - row[2] for row in chosen.values()])
    lexical = _z([row[3] for row in chosen.values()])
    matches = [
        Match(
            candidate=row[0],
            score=d + LEXICAL * w,
            closeness=None if row[2] is None else 1 - row[2],
            words=row[3],
            skills=tuple(concept.name for concept, found in zip(asked, row[4], strict=True) if found > 0),
            by_meaning=d,
            by_words=LEXICAL * w,
        )
        for row, d, w in zip(chosen.values(), dense, lexical, strict=True)
    ]
    return sorted(matches, key=lambda match: (-match.score, match.candidate))


def _z(values: list[float]) -> list[float]:
    """How many standard deviations above the mean; all zero when there is no difference."""
    if len(values) < 2:
        return [0.0] * len(values)
    mean, spread = statistics.fmean(values), statistics.pstdev(values)
    return [(value - mean) / spread if spread > 1e-9 else 0.0 for value in values]


# ---------- Asking PostgreSQL ----------


def _rows(people: CandidateQuerySet, vector: bytes | None, asked: list[Concept], pool: int) -> list[Any]:
    try:
        sql, params = people.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # a filter that is known to leave nobody
        return []
    expected = _expected(people)
    fetch = words.to_fetch(asked, expected)
    if vector is not None and not storage.has_halfvec():
        return _with_numpy(sql, params, vector, asked, fetch, pool)
    statement, values = write(sql, params, vector, asked, fetch, pool, exact=expected <= EXACT_UP_TO)
    with transaction.atomic(), connection.cursor() as cursor:
        if expected > EXACT_UP_TO and vector is not None:
            cursor.execute(WALK)
        cursor.execute(statement, values)
        return cursor.fetchall()


def write(
    sql: str, params: Sequence[Any], vector: bytes | None, asked: list[Concept], fetch: str, pool: int, *, exact: bool
) -> tuple[str, list[Any]]:
    """The one statement of a ranking, over the people that `sql` selects, and its parameters."""
    parts: list[str] = []
    values: list[Any] = []
    if exact:
        parts.append(f"allowed (id) AS MATERIALIZED ({sql})")
        values += params
    unions = []
    if vector is not None:
        if exact:  # + 0 keeps the index out: every one of them is compared
            parts.append(
                "near AS MATERIALIZED (SELECT v.candidate_id FROM allowed a JOIN hiring_candidatevector v ON v.candidate_id = a.id "
                "WHERE v.model = %s AND v.emb IS NOT NULL ORDER BY (v.emb <=> %s::halfvec) + 0 LIMIT %s)"
            )
            values += [NAME, storage.literal(vector), pool]
        else:  # a subquery that cannot be pulled up: asked of each person the index comes by
            parts.append(
                "near AS MATERIALIZED (SELECT v.candidate_id FROM hiring_candidatevector v "  # noqa: S608
                "WHERE v.model = %s AND v.emb IS NOT NULL AND "
                f"(SELECT true FROM ({sql}) f (id) WHERE f.id = v.candidate_id LIMIT 1) ORDER BY v.emb <=> %s::halfvec LIMIT %s)"
            )
            values += [NAME, *params, storage.literal(vector), pool]
        unions.append("SELECT candidate_id, true AS is_near FROM near")
    if fetch:
        among = "SELECT id FROM allowed" if exact else sql
        parts.append(
            "worded AS MATERIALIZED (SELECT s.candidate_id FROM (SELECT candidate_id FROM hiring_candidatesearch "  # noqa: S608
            f"WHERE tsv @@ %s::tsquery OFFSET 0) s WHERE s.candidate_id IN ({among}) LIMIT {4 * words.FETCH_UP_TO})"
        )
        values += [fetch] if exact else [fetch, *params]
        unions.append("SELECT candidate_id, false FROM worded")
    if not unions:
        return "SELECT 0 WHERE false", []
    distance = "v.emb <=> %s::halfvec" if vector is not None else "NULL::float8"
    values += ([storage.literal(vector)] if vector is not None else []) + _rank_values(asked)
    statement = (
        f"WITH {', '.join(parts)}, pool AS (SELECT candidate_id, bool_or(is_near) AS is_near FROM "  # noqa: S608
        f"({' UNION ALL '.join(unions)}) both_ways (candidate_id, is_near) GROUP BY candidate_id) "
        f"SELECT p.candidate_id, p.is_near, {distance}{RANK * len(asked)} FROM pool p {COPY.format('p.candidate_id')} "
        "LEFT JOIN hiring_candidatevector v ON v.candidate_id = p.candidate_id AND v.model = %s"
    )
    return statement, [*values, NAME]


def _with_numpy(
    sql: str, params: Sequence[Any], vector: bytes, asked: list[Concept], fetch: str, pool: int
) -> list[Any]:
    """The same without pgvector: this process compares the vectors, PostgreSQL the words."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        allowed = [row[0] for row in cursor.fetchall()]
        near = nearest.among(allowed, vector, pool)
        chosen = set(near)
        if fetch:
            cursor.execute(
                "SELECT candidate_id FROM hiring_candidatesearch WHERE tsv @@ %s::tsquery AND candidate_id = ANY(%s) LIMIT %s",
                [fetch, allowed, 4 * words.FETCH_UP_TO],
            )
            chosen |= {row[0] for row in cursor.fetchall()}
        distances = nearest.distances(sorted(chosen), vector)
        cursor.execute(
            f"SELECT p.id{RANK * len(asked)} FROM unnest(%s::bigint[]) AS p (id) {COPY.format('p.id')}",  # noqa: S608
            [*_rank_values(asked), sorted(chosen)],
        )
        return [(row[0], row[0] in near, distances.get(row[0]), *row[1:]) for row in cursor.fetchall()]


def _rank_values(asked: Sequence[Concept]) -> list[Any]:
    return [value for concept in asked for value in (concept.query, concept.query, list(concept.keys))]


def _expected(people: CandidateQuerySet) -> int:
    """How many people the planner expects the filter to leave; asking costs about a millisecond."""
    plan = people.order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0
