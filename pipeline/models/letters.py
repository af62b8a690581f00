"""Which letter goes with which reason."""

from __future__ import annotations

from django.db import models

from hiring.models import Job, MailTemplate
from pipeline.models.applications import RejectionReason


class ReasonLetter(models.Model):
    """A letter that fits a reason. A reason may have one in each language; which is sent depends on the person's."""

    reason = models.ForeignKey(RejectionReason, on_delete=models.CASCADE, related_name="letters")
    template = models.ForeignKey(
        MailTemplate,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"kind": MailTemplate.Kind.REJECTION},
    )

    class Meta:
        ordering = ("reason", "pk")
        constraints = (models.UniqueConstraint(fields=["reason", "template"], name="once_a_letter_of_a_reason"),)

    def __str__(self) -> str:
        return f"{self.reason}: {self.template} ({self.template.language})"


class JobLetter(models.Model):
    """A letter of one job's own, before those that fit the reason anywhere: for a reason, or, without one, the receipt."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="letters")
    reason = models.ForeignKey(RejectionReason, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    template = models.ForeignKey(MailTemplate, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("reason__position", "reason__label", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["job", "reason", "template"], nulls_distinct=False, name="once_a_letter_of_a_job"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason or 'Receipt'}: {self.template}"
