"""What happened around a candidate, append-only, one list across all jobs."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class TimelineEvent(models.Model):
    """Written by hiring.timeline.record() alone. `data` holds ids and codes, never names or free text (docs/performance.md)."""

    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    job = models.ForeignKey("Job", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["candidate", "-at", "-id"], include=["kind", "actor", "job"], name="event_timeline"),
            models.Index(fields=["job", "-at"], name="event_job_feed"),
            BrinIndex(fields=["at"], pages_per_range=32, name="event_at"),
        )
