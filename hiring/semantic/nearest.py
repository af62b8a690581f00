"""The nearest vectors where PostgreSQL has no pgvector: a matrix this process holds, 1.5 kB a person, kept up by what changed."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from hiring.semantic.model import NAME, WIDTH

if TYPE_CHECKING:
    import numpy as np

OVERLAP = dt.timedelta(seconds=30)  # rows of transactions that committed late are read again

CHANGED = """
SELECT candidate_id, value, made_at FROM hiring_candidatevector
 WHERE model = %s AND value IS NOT NULL AND (%s::timestamptz IS NULL OR made_at > %s) ORDER BY made_at
"""


class Matrix:
    """Vectors of length one by candidate. Rows of people who are gone stay until the process ends; nobody asks for them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.places: dict[int, int] = {}
        self.rows: np.ndarray[Any, Any] | list[Any] = []
        self.seen_to: dt.datetime | None = None

    def refresh(self) -> None:
        import numpy as np

        with self.lock:
            after = self.seen_to and self.seen_to - OVERLAP
            with connection.cursor() as cursor:
                cursor.execute(CHANGED, [NAME, after, after])
                found = cursor.fetchall()
            if not len(self.rows):
                self.rows = np.zeros((1024, WIDTH), dtype=np.float32)
            for pk, value, made_at in found:
                place = self.places.setdefault(pk, len(self.places))
                if place >= len(self.rows):
                    self.rows = np.vstack([self.rows, np.zeros_like(self.rows)])
                self.rows[place] = np.frombuffer(bytes(value), dtype="<f2").astype(np.float32)
                self.seen_to = made_at

    def distances(self, pks: Sequence[int], vector: bytes) -> tuple[list[int], Any]:
        """Those of `pks` that have a vector, and the cosine distance of each."""
        import numpy as np

        self.refresh()
        known = [pk for pk in pks if pk in self.places]
        if not known:
            return [], np.zeros(0)
        asked = np.frombuffer(vector, dtype="<f2").astype(np.float32)
        return known, 1 - np.asarray(self.rows)[[self.places[pk] for pk in known]] @ asked


_matrix = Matrix()


def among(pks: Sequence[int], vector: bytes, most: int) -> dict[int, float]:
    """The nearest `most` of these people, with their distance."""
    import numpy as np

    known, far = _matrix.distances(pks, vector)
    return {known[place]: float(far[place]) for place in np.argsort(far, kind="stable")[:most]}


def distances(pks: Sequence[int], vector: bytes) -> dict[int, float]:
    known, far = _matrix.distances(pks, vector)
    return dict(zip(known, (float(one) for one in far), strict=True))


def forget() -> None:
    """Start again with nothing held: after another model or another database."""
    global _matrix
    _matrix = Matrix()
