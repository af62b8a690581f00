"""What an applicant is asked while their application runs, and what they answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from hiring.models import Document
from pipeline.models.applications import Application


class ApplicantQuestion(models.Model):
    """A question to somebody who applied, or a file they are asked for. They answer on their status page, without an account."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="asked_of_them")
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    wants_file = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=5000, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes = (
            models.Index(
                fields=["asked_at"], condition=Q(answered_at=None, taken_back_at=None), name="applicant_question_open"
            ),
        )

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.taken_back_at is None
