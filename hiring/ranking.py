"""Which of some people fits a query best: how often and where its words stand (name and headline weigh most), and how near the
whole résumé is in meaning, where this installation ranks by meaning (hiring/semantic).

Ranking reads the whole text of each person (up to 10 us), so of many matches a few are chosen first by what stands in the row of
the search copy: who is called so, whose job title says it, who has it as a skill, and who is nearest in meaning. The others
follow in that order (docs/performance.md).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from django.db import connection

from hiring import semantic
from hiring.names import fold
from hiring.query import marking, skills
from hiring.query.tree import Node, Term, leaves
from hiring.semantic import asking, storage, texts

RANKED_AT_MOST = 1_000
CHOSEN_FROM = 15_000
"""Matches among which the best are looked for; of more, only the newest RANKED_AT_MOST are ranked, and the page says so."""
NEAREST = 200
PATIENCE = 0.04  # seconds a page waits for the vector of what is asked; the next page has it
WORDS_COUNT = 0.3
"""Beside the meaning: what matching measured best."""
RANK = """
SELECT s.candidate_id, ts_rank_cd('{{0.1, 0.25, 0.7, 1.0}}', s.tsv, asked.words, 1) AS rank
  FROM (SELECT {words} AS words) asked, hiring_candidatesearch s WHERE s.candidate_id = ANY(%s::bigint[])
"""
CHOOSE = """
SELECT s.candidate_id, {score} AS score FROM hiring_candidatesearch s WHERE s.candidate_id = ANY(%s::bigint[])
"""
MOST_PARTS = 8  # of a query that choose


def ranked(node: Node, newest: Sequence[int]) -> list[int]:
    """These people, the newest given first, the best first; between equals, and without words to rank by, in the order given."""
    wanted = marking.tsquery(node)
    if not newest or not (wanted or marking.literals(node)):
        return list(newest)
    vector = _vector(" ".join(word for word, _ in marking.words(node)))
    order = _chosen(node, newest, vector) if len(newest) > RANKED_AT_MOST else list(newest)
    first, rest = order[:RANKED_AT_MOST], order[RANKED_AT_MOST:]
    by_words = dict.fromkeys(first, 0.0)
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(RANK.format(words=wanted.sql), [*wanted.params, _array(first)])
            by_words |= {pk: float(rank) for pk, rank in cursor.fetchall()}
    scores = by_words
    if by_meaning := _by_meaning(vector, first):
        words, meaning = _z(by_words), _z(by_meaning)
        scores = {pk: meaning.get(pk, 0.0) + WORDS_COUNT * words.get(pk, 0.0) for pk in first}
    return sorted(first, key=lambda pk: -scores.get(pk, 0.0)) + rest


def parts(node: Node, candidate: int) -> tuple[float, float | None]:
    """How well one person's words fit, and how near their résumé is in meaning; None when that was not asked."""
    wanted, by_words = marking.tsquery(node), 0.0
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(RANK.format(words=wanted.sql), [*wanted.params, _array([candidate])])
            by_words = max((float(rank) for _, rank in cursor.fetchall()), default=0.0)
    vector = _vector(" ".join(word for word, _ in marking.words(node)))
    return by_words, _by_meaning(vector, [candidate]).get(candidate)


def _chosen(node: Node, newest: Sequence[int], vector: bytes | None) -> list[int]:
    """Those who may fit best before the others: by name, job title and skill, and the nearest in meaning before all."""
    score, params = _signs(node)
    with connection.cursor() as cursor:
        cursor.execute(CHOOSE.format(score=score), [*params, _array(newest)])
        scores = dict(cursor.fetchall())
    near = set(storage.nearest(vector, newest, NEAREST)) if vector is not None else set()
    return sorted(newest, key=lambda pk: (pk not in near, -scores.get(pk, 0)))


def _signs(node: Node) -> tuple[str, list[Any]]:
    """A number from the row of the copy alone: how much of the query stands in the name, the job titles and the skills."""
    parts: list[str] = []
    params: list[Any] = []
    for leaf in list(leaves(node, wanted_only=True))[:MOST_PARTS]:
        if isinstance(leaf, Term) and (leaf.op or leaf.field not in marking.IN_TEXT):
            continue
        found = fold(leaf.text).split()
        if found and len(max(found, key=len)) > 1:
            parts.append("CASE WHEN s.name_norm LIKE %s THEN 4 WHEN s.facts @@ %s::tsquery THEN 2 ELSE 0 END")
            params += [f"%{found[0]}%", " & ".join(f"'t:{word}'" for word in found)]
        if known := skills.keys(leaf.text):
            parts.append("(s.skills && %s)::int")
            params.append(known)
    return " + ".join(parts) or "0", params


def _array(people: Sequence[int]) -> str:
    """Ids as PostgreSQL reads an array: adapting thousands one by one costs more than to look them up."""
    return "{" + ",".join(map(str, people)) + "}"


def _vector(text: str) -> bytes | None:
    """Of what is asked; none when the model is off or does not answer at once."""
    return asking.vector_of(texts.of_query(text), patience=PATIENCE) if text and semantic.is_on() else None


def _by_meaning(vector: bytes | None, people: Sequence[int]) -> dict[int, float]:
    """How near each person's résumé is to what is asked; nothing without a vector."""
    return storage.closeness(vector, people) if vector is not None else {}


def _z(values: dict[int, float]) -> dict[int, float]:
    """Values as so many standard deviations from their mean."""
    if not values:
        return {}
    mean, spread = statistics.fmean(values.values()), statistics.pstdev(values.values())
    return {pk: (value - mean) / spread if spread else 0.0 for pk, value in values.items()}
