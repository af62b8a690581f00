"""Blind review: on which jobs names are hidden, from whom and until when; and who saw one person all the same, and why."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from hiring import access
from hiring.models import Job
from pipeline.models.applications import Application, Stage


class BlindReviewQuerySet(models.QuerySet["BlindReview"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class BlindReview(models.Model):
    """Names on a job are hidden before the stage `until`. One stands at a time; ended ones stay, to be read."""

    class From(models.TextChoices):
        MANAGERS = "managers", "Hiring managers and interviewers"
        EVERYBODY = "everybody", "Everybody who decides, recruiters and coordinators too"

    ROLES = (
        (From.MANAGERS, frozenset({access.HIRING_MANAGER, access.INTERVIEWER})),
        (
            From.EVERYBODY,
            frozenset({access.HIRING_MANAGER, access.INTERVIEWER, access.RECRUITER, access.COORDINATOR}),
        ),
    )

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="blind_reviews")
    until = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="+", help_text="In this stage, and after, names show."
    )
    hidden_from = models.CharField(max_length=9, choices=From.choices, default=From.MANAGERS)
    set_by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    objects = BlindReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-set_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["job"], condition=Q(ended_at=None), name="one_blind_review_a_job"),
        )

    def __str__(self) -> str:
        return f"Blind until {self.until}"


class Unmasking(models.Model):
    """Somebody saw who a hidden person is: who, when, why. From then on the person is known to them, on every job."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="unmaskings")
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="unmaskings")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (models.UniqueConstraint(fields=["application", "by"], name="unmasked_once"),)

    def __str__(self) -> str:
        return f"{self.by} saw who {self.application_id} is"
