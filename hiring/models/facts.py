"""Where facts about a person were taken from, when no other row says so."""

from __future__ import annotations

from django.db import models

from hiring.models.candidates import Candidate


class FactSource(models.Model):
    """Facts that one request wrote were taken from a document of the person (by its number, which outlives it) or from a page
    of the web (host and path). Written beside them, so that the history can name it (hiring/origins.py)."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="fact_sources")
    document = models.BigIntegerField(null=True, blank=True)
    page = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
