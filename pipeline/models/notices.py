"""Which notices somebody was shown before they applied."""

from __future__ import annotations

from django.db import models

from hiring.models import LegalText
from pipeline.models.applications import Application


class ShownNotice(models.Model):
    """One version of a notice that stood at the form when an application was sent (PRIV-3, AI-10). Append-only."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="shown_notices")
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="shown")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["application", "text"], name="notice_shown_once"),)

    def __str__(self) -> str:
        return f"{self.text_id} of {self.application_id}"
