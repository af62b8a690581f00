"""Passages a model proposes for criteria that only a person can judge."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hiring.models import Document
from pipeline.models.applications import Application


class StatementHint(models.Model):
    """The passage of a résumé that is nearest to a free statement. It counts nothing until a person confirms it (AI-3).

    Made on demand in the embedding process: due while `due_at` is set. `evidence` is empty where nothing was near enough. Gone
    with its document; another résumé or another model makes it due anew.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="statement_hints", db_index=False
    )
    key = models.CharField(max_length=12)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=120)
    evidence = models.JSONField(default=dict, blank=True)
    closeness = models.FloatField(null=True)
    due_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "key"], name="one_hint_a_statement"),)
        indexes = (models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="statement_hint_due"),)

    def __str__(self) -> str:
        return f"Hint for {self.key}"
