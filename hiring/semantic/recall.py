"""Does the index find who is truly nearest? Asked each night for a few people, once by the index and once by comparing with all.

The index is an approximation: how good it is depends on the vectors, so it is measured on one's own (docs/performance.md).
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.utils import timezone

from hiring.models import CandidateVector, RecallCheck
from hiring.models.semantic import ENOUGH_RECALL
from hiring.semantic import storage
from hiring.semantic.model import NAME
from hiring.semantic.ranking import WALK

log = logging.getLogger(__name__)

QUERIES, NEAREST = 50, 10
# Spread over the table by a hash, another few each day.
SOME = """
SELECT candidate_id, emb::text FROM hiring_candidatevector
 WHERE model = %s AND emb IS NOT NULL ORDER BY hashint8(candidate_id # %s) LIMIT %s
"""
NEAR = """
SELECT candidate_id FROM hiring_candidatevector
 WHERE model = %s AND emb IS NOT NULL ORDER BY (emb <=> %s::halfvec) {exactly} LIMIT %s
"""
BY_INDEX, BY_ALL = NEAR.format(exactly=""), NEAR.format(exactly="+ 0")  # + 0 keeps the index out


def check() -> RecallCheck | None:
    """Measure and keep it; a warning in the log below ENOUGH_RECALL. None where there is no index, or nobody to compare."""
    if not storage.has_halfvec():
        return None
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(SOME, [NAME, now.toordinal(), QUERIES])
        asked = cursor.fetchall()
    found = [share for pk, vector in asked if (share := _share(vector)) is not None]
    if not found:
        return None
    kept = RecallCheck.objects.create(
        at=now,
        model=NAME,
        people=CandidateVector.objects.filter(model=NAME).count(),
        queries=len(found),
        recall=round(sum(found) / len(found), 4),
    )
    if kept.recall < ENOUGH_RECALL:
        log.warning("semantic_recall_low", extra={"recall": kept.recall, "queries": kept.queries})
    return kept


def _share(vector: str) -> float | None:
    """Which part of the truly nearest the index finds. One as near as the tenth counts: equal texts have equal vectors."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_ALL, [NAME, vector, NEAREST])
        truly = {row[0] for row in cursor.fetchall()}
        cursor.execute(WALK)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(BY_INDEX, [NAME, vector, NEAREST])
        by_index = {row[0] for row in cursor.fetchall()}
        if not truly:
            return None
        cursor.execute(
            "SELECT count(*) FROM hiring_candidatevector WHERE candidate_id = ANY(%s) AND emb <=> %s::halfvec <= "
            "(SELECT max(emb <=> %s::halfvec) FROM hiring_candidatevector WHERE candidate_id = ANY(%s)) + 1e-6",
            [sorted(by_index), vector, vector, sorted(truly)],
        )
        return min(1.0, int(cursor.fetchone()[0]) / len(truly))
