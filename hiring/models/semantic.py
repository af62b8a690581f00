"""What a résumé and a job say, as vectors of the sentence model (hiring/semantic). Made from the record; never the truth.

The vector itself is a column `emb halfvec(384)` where PostgreSQL has pgvector, added after each migrate
(hiring/semantic/storage.py); elsewhere it is `value`: 384 half-precision numbers, little-endian.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

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
    """`due_since` is set when the person's text may have changed; the embedding process takes the oldest."""

    candidate = models.OneToOneField(Candidate, primary_key=True, on_delete=models.CASCADE, related_name="vector")
    due_since = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_since"], condition=Q(due_since__isnull=False), name="candidate_vector_due"),
        )


class JobVector(Vector):
    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE, related_name="vector")
