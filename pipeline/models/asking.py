"""Hiring-manager review: people a recruiter shows to colleagues who decide with them, and what those say to each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from hiring import access
from hiring.models import Job
from pipeline.models.applications import Application

if TYPE_CHECKING:
    from hiring.models import User


class ManagerReviewQuerySet(models.QuerySet["ManagerReview"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.jobs_visible_to(user, "job"))

    def open(self) -> Self:
        return self.filter(closed_at=None)


class ManagerReview(models.Model):
    """A batch of people with a question to one or more colleagues. What they answer is advice: it moves nobody."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="manager_reviews")
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=2000, blank=True)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="When whoever asked was told that all have answered, or that it is due."
    )

    objects = ManagerReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["due_on", "id"], condition=Q(closed_at=None), name="manager_review_open"),)

    def __str__(self) -> str:
        return f"People shown on {self.created_at:%d %b %Y}"

    def get_absolute_url(self) -> str:
        return reverse("pipeline:manager_review", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_late(self, today: dt.date) -> bool:
        return self.is_open and self.due_on < today


class ReviewPerson(models.Model):
    """One application in a batch, in the order in which it is shown."""

    review = models.ForeignKey(ManagerReview, on_delete=models.CASCADE, related_name="people")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="shown")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["review", "application"], name="once_in_a_manager_review"),)


class Reviewer(models.Model):
    """A colleague who is asked. Their personal link names this row; `removed_at` takes the question back."""

    review = models.ForeignKey(ManagerReview, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="asked_reviews")
    reminded_on = models.DateField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("user__full_name", "pk")
        constraints = (models.UniqueConstraint(fields=["review", "user"], name="once_asked_in_a_manager_review"),)

    def __str__(self) -> str:
        return str(self.user)


class ReviewAnswer(models.Model):
    """What one colleague says of one person. It can change until the batch is closed; the audit chain keeps what it was."""

    class Verdict(models.TextChoices):
        YES = "yes", "Yes"
        TALK = "talk", "Let’s talk"
        NO = "no", "No"

    reviewer = models.ForeignKey(Reviewer, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(ReviewPerson, on_delete=models.CASCADE, related_name="answers")
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    comment = models.TextField(max_length=2000, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("answered_at", "pk")
        constraints = (models.UniqueConstraint(fields=["reviewer", "person"], name="one_answer_a_person"),)
