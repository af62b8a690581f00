"""What a résumé and a job say, as vectors of the sentence model (hiring/semantic). Made from the record; never the truth.

The vector itself is a column `emb halfvec(384)` where PostgreSQL has pgvector, added after each migrate
(hiring/semantic/storage.py); elsewhere it is `value`: 384 half-precision numbers, little-endian.
"""

from __future__ import annotations

from django.db import models

from hiring.models.candidates import Candidate
from hiring.models.jobs import Job


class Vector(models.Model):
    model = models.CharField(max_length=80, blank=True, help_text="Name and hash of what made it; others never mix.")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the text it was made from.")
    value = models.BinaryField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class CandidateVector(Vector):
    """A person's vector. Written only when it becomes another: whatever changes in its row puts it into the index of nearness
    anew, which takes a tenth of a second among a million."""

    candidate = models.OneToOneField(Candidate, primary_key=True, on_delete=models.CASCADE, related_name="vector")

    class Meta:
        indexes = (models.Index(fields=["model"], name="candidate_vector_model"),)


class VectorDue(models.Model):
    """Somebody whose text may have changed since; the embedding process takes the oldest."""

    candidate = models.OneToOneField(Candidate, primary_key=True, on_delete=models.CASCADE, related_name="vector_due")
    due_since = models.DateTimeField(db_index=True)
    taken_at = models.DateTimeField(null=True)


class JobVector(Vector):
    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE, related_name="vector")


ENOUGH_RECALL = 0.9


class RecallCheck(models.Model):
    """What the index finds of those who are truly nearest, measured each night (hiring/semantic/recall.py)."""

    at = models.DateTimeField()
    model = models.CharField(max_length=120)
    people = models.IntegerField(help_text="Vectors of this model.")
    queries = models.IntegerField()
    recall = models.FloatField("found of the nearest ten")

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.recall:.3f} of {self.queries} searches"

    @property
    def verdict(self) -> str:
        if self.recall >= ENOUGH_RECALL:
            return "good"
        return f"below {ENOUGH_RECALL}: rebuild the index (REINDEX INDEX CONCURRENTLY candidate_vector_near)"
