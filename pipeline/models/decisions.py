"""Why people went on or were turned down: one record for each decision, with what was known at that moment (AI-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from hiring import access
from pipeline.models.applications import Application, BulkAct, RejectionReason, Transition

if TYPE_CHECKING:
    from hiring.models import User


class DecisionRecordQuerySet(models.QuerySet["DecisionRecord"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.pipelines_visible_to(user, "application__job"))

    def for_reading(self) -> Self:
        return self.select_related(
            "application__candidate", "application__job", "transition__left", "transition__to", "by", "reason"
        )


class DecisionRecord(models.Model):
    """One decision on an application, as it stood when it was made. Never changed (a trigger refuses), gone with its application.

    `judgements` is what each criterion came to at that moment, as pipeline/decisions/grounds.py describes it.
    """

    class Outcome(models.TextChoices):
        ADVANCE = "advance", "Advanced"
        REJECT = "reject", "Rejected"
        SEND_BACK = "send_back", "Sent back"
        HIRE = "hire", "Hired"
        TAKE_BACK = "take_back", "Taken back"

    class Way(models.TextChoices):
        HAND = "hand", "by hand"
        REVIEW = "review", "on the review page"
        BULK = "bulk", "with others at once"
        RULE = "rule", "by a rule"
        ANSWER = "answer", "by an answer to a mail"
        OFFER = "offer", "through an offer"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    transition = models.OneToOneField(Transition, on_delete=models.CASCADE, related_name="decision")
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    way = models.CharField(max_length=6, choices=Way.choices)
    door = models.CharField(
        max_length=8, help_text="The door it came through: page, api, link, task (hiring/context.py)."
    )
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=120, blank=True, help_text="The rule that decided, by name.")
    rule_version = models.PositiveIntegerField(null=True)
    act = models.ForeignKey(BulkAct, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    criteria_version = models.PositiveIntegerField(null=True, help_text="Of the job's criteria; empty without any.")
    judging_version = models.CharField(max_length=40, blank=True, help_text="Of what judged them.")
    models_used = models.JSONField(default=list, help_text="Language models whose drafts were on show, with versions.")
    judgements = models.JSONField(default=list)
    input_digest = models.CharField(
        max_length=64, help_text="SHA-256 over résumé text, answers and criteria as judged."
    )
    resume = models.BigIntegerField(null=True, help_text="The document that was the résumé then.")
    was_blind = models.BooleanField(default=False, help_text="The name was hidden from whoever decided.")
    is_override = models.BooleanField(default=False, help_text="Decided against what the criteria said.")
    override_reason = models.CharField(max_length=1000, blank=True)
    grounds = models.JSONField(
        default=list, blank=True, help_text="The criteria whoever decided named as the reason: key, name, verdict then."
    )
    reason = models.ForeignKey(RejectionReason, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=1000, blank=True)
    takes_back = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="taken_back_by")

    objects = DecisionRecordQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=["application", "at"], name="decision_by_application"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(way="rule", by=None, rule_version__isnull=False) | ~Q(way="rule"), name="rule_decides_alone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"
