"""Which of some people fits a query best: how often and where its words stand (name and headline weigh most), and how near the
whole résumé is in meaning, where this installation ranks by meaning (hiring/semantic).

Ranking reads the whole text of each person (up to 10 us), so only the newest matches are ranked (docs/performance.md).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from django.db import connection

from hiring import semantic
from hiring.models import CandidateVector
from hiring.query import marking
from hiring.query.tree import Node
from hiring.semantic import asking, storage, texts

RANKED_AT_MOST = 1_000
WORDS_COUNT = 0.3
"""Beside the meaning: what matching measured best."""
RANK = """
SELECT s.candidate_id, ts_rank_cd('{{0.1, 0.25, 0.7, 1.0}}', s.tsv, asked.words, 1) AS rank
  FROM (SELECT {words} AS words) asked, hiring_candidatesearch s WHERE s.candidate_id = ANY(%s)
"""


def ranked(node: Node, newest: Sequence[int]) -> list[int]:
    """These people, the best first; between equals, and without words to rank by, in the order given."""
    wanted = marking.tsquery(node)
    if not wanted or not newest:
        return list(newest)
    with connection.cursor() as cursor:
        cursor.execute(RANK.format(words=wanted.sql), [*wanted.params, list(newest)])
        by_words = {pk: float(rank) for pk, rank in cursor.fetchall()}
    scores = by_words
    if by_meaning := _by_meaning(" ".join(word for word, _ in marking.words(node)), newest):
        words, meaning = _z(by_words), _z(by_meaning)
        scores = {pk: meaning.get(pk, 0.0) + WORDS_COUNT * words.get(pk, 0.0) for pk in newest}
    return sorted(newest, key=lambda pk: -scores.get(pk, 0.0))


def _by_meaning(text: str, people: Sequence[int]) -> dict[int, float]:
    """How near each person's résumé is to what is asked; nothing when the model is off or does not answer at once."""
    vector = asking.vector_of(texts.of_query(text)) if text and semantic.is_on() else None
    if vector is None:
        return {}
    import numpy as np

    asked = np.frombuffer(vector, dtype="<f2").astype(np.float32)
    held = storage.of_many(CandidateVector, people)
    return {pk: float(np.frombuffer(value, dtype="<f2").astype(np.float32) @ asked) for pk, value in held.items()}


def _z(values: dict[int, float]) -> dict[int, float]:
    """Values as so many standard deviations from their mean."""
    mean, spread = statistics.fmean(values.values()), statistics.pstdev(values.values())
    return {pk: (value - mean) / spread if spread else 0.0 for pk, value in values.items()}
