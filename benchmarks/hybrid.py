"""Search by meaning and words together, given the vector of what is asked: speed, and recall against comparing everybody.

The vectors are made up: some hundred fields of work in 48 latent directions, people scattered around them, as those of
real résumés are. Isotropic noise would be easier to make and says nothing about recall (docs/performance.md).
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.test import Client

from benchmarks.measure import Result, timed
from demo import words as trades
from hiring.models import Candidate, CandidateVector, User
from hiring.semantic import ranking, storage, words
from hiring.semantic.model import NAME, WIDTH

LATENT, FIELDS = 48, 300
ASKED = 25
BATCH = 10_000
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)

# The same as one plain statement: nearest 200 by the index, people by words, and both scores of whoever came by either way.
PLAIN = """
WITH near AS MATERIALIZED (SELECT candidate_id FROM hiring_candidatevector ORDER BY emb <=> %(q)s::halfvec LIMIT 200),
worded AS MATERIALIZED (SELECT candidate_id FROM hiring_candidatesearch WHERE tsv @@ %(fetch)s::tsquery LIMIT 4000),
pool AS (SELECT candidate_id FROM near UNION SELECT candidate_id FROM worded)
SELECT p.candidate_id, v.emb <=> %(q)s::halfvec, ts_rank(s.tsv, %(all)s::tsquery) FROM pool p
  JOIN hiring_candidatevector v USING (candidate_id) JOIN hiring_candidatesearch s USING (candidate_id)
  JOIN hiring_candidate c ON c.id = p.candidate_id AND c.merged_into_id IS NULL
"""


def vectors() -> None:
    """Vectors for everybody who has none, loaded by COPY; the index is built afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "SELECT c.id FROM hiring_candidate c LEFT JOIN hiring_candidatevector v ON v.candidate_id = c.id AND v.model = %s"
            " WHERE v.candidate_id IS NULL AND c.merged_into_id IS NULL ORDER BY c.id",
            [NAME],
        )
        ids = [row[0] for row in cursor.fetchall()]
        if len(ids) < 1_000:
            return  # loaded by a run before; the few new ones are those other measurements added
        begun = time.perf_counter()
        cursor.execute("DELETE FROM hiring_candidatevector WHERE candidate_id = ANY(%s)", [ids])
        cursor.execute("DROP INDEX IF EXISTS candidate_vector_near")
        with cursor.copy(
            "COPY hiring_candidatevector (candidate_id, model, digest, emb) FROM STDIN WITH (FORMAT binary)"
        ) as copy:
            copy.write(HEADER)
            for block in _rows(ids):
                copy.write(block)
            copy.write(struct.pack("!h", -1))
        loaded = time.perf_counter()
        cursor.execute("SET maintenance_work_mem = '3GB'")
        cursor.execute(storage.INDEX)
        cursor.execute("ANALYZE hiring_candidatevector")
        print(f"  {len(ids):,} vectors in {loaded - begun:.0f} s, index in {time.perf_counter() - loaded:.0f} s")


def _rows(ids: list[int]) -> Iterator[bytes]:
    """Rows of a binary COPY; a halfvec is its width, two unused bytes and big-endian half-precision numbers."""
    chance = np.random.default_rng(5)
    centres, turn = chance.normal(size=(FIELDS, LATENT)), chance.normal(size=(LATENT, WIDTH))
    head = struct.pack("!HH", WIDTH, 0)
    name = NAME.encode()
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        field = chance.integers(FIELDS, size=len(some))
        made = (centres[field] + 0.7 * chance.normal(size=(len(some), LATENT))) @ turn
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        packed = made.astype(">f2")
        yield b"".join(
            struct.pack("!hiq", 4, 8, pk)
            + struct.pack(f"!i{len(name)}si", len(name), name, 0)
            + struct.pack("!i", 4 + 2 * WIDTH)
            + head
            + packed[place].tobytes()
            for place, pk in enumerate(some)
        )


def hybrid(client: Client) -> Result:
    """Twenty people for a vector and some words, as a recruiter who sees everybody; the limit is one plain statement."""
    if not storage.has_halfvec():
        raise RuntimeError("This measures the index of pgvector, which this database has not.")
    vectors()
    user = User.objects.get(email="bench2@bench.example")
    asked = _questions()
    turn = iter(range(10**9))

    def ask() -> Any:
        vector, text = asked[next(turn) % ASKED]
        people = Candidate.objects.visible_to(user)
        found = ranking.rank(people, vector=vector, asked=words.concepts(text), limit=20)
        if len(found.matches) != 20:
            raise RuntimeError("hybrid found too few people")

    def plain() -> None:
        vector, text = asked[next(turn) % ASKED]
        concepts = words.concepts(text)
        values = {
            "q": storage.literal(vector),
            "fetch": words.to_fetch(concepts, Candidate.objects.count()) or "'nothing'",
            "all": " | ".join(concept.query for concept in concepts if concept.query),
        }
        begun = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ranking.WALK)
            cursor.execute(PLAIN, values)
            cursor.fetchall()
        taken.append((time.perf_counter() - begun) * 1000)

    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        ask()
    ours = sorted(timed(ask, runs=2 * ASKED))
    taken: list[float] = []
    for _ in range(ASKED):
        plain()
    print(f"{'':16}recall@10 of the index {_recall(asked):.3f} against comparing everybody")
    return Result(
        "hybrid", ours[len(ours) // 2], ours[int(len(ours) * 0.95)], len(queries), 0, sorted(taken)[len(taken) // 2]
    )


def _questions() -> list[tuple[bytes, str]]:
    """Vectors near people who exist, each with a few skills of one trade."""
    chance = np.random.default_rng(9)
    some = list(
        CandidateVector.objects.filter(model=NAME).order_by("digest", "pk").values_list("pk", flat=True)[:2_000]
    )
    picked = [int(pk) for pk in chance.choice(some, size=ASKED, replace=False)]
    held = storage.of_many(CandidateVector, picked)
    made = []
    names = list(trades.TRADES)
    for place, pk in enumerate(picked):
        near = np.array(storage.numbers(held[pk])) + 0.02 * chance.normal(size=WIDTH)
        near /= np.linalg.norm(near)
        skills = trades.TRADES[names[place % len(names)]].skills
        made.append((near.astype("<f2").tobytes(), ", ".join(list(skills)[:6]) + f", project{1 + place * 37}"))
    return made


def _recall(asked: list[tuple[bytes, str]]) -> float:
    """How many of the true nearest ten the index finds, walked as a ranking walks it."""
    found = 0
    for vector, _ in asked:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ranking.WALK)
            sql = "SELECT candidate_id FROM hiring_candidatevector WHERE model = %s ORDER BY emb <=> %s::halfvec{} LIMIT {}"
            values = [NAME, storage.literal(vector)]
            cursor.execute(sql.format("", ranking.POOL), values)
            by_index = {row[0] for row in cursor.fetchall()}
            cursor.execute(
                "SELECT candidate_id FROM hiring_candidatevector WHERE model = %s ORDER BY (emb <=> %s::halfvec) + 0 LIMIT 10",
                values,
            )
            found += len(by_index & {row[0] for row in cursor.fetchall()})
    return found / (10 * len(asked))
