"""Application forms as they were published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse

from hiring import access
from hiring.application_form import topics
from hiring.models.postings import Posting

if TYPE_CHECKING:
    from hiring.models import User


class FormVersion(models.Model):
    """What a posting's form asked from one time on. Append-only: a published change is the next version, and the newest one is asked.

    `questions` are documents as in hiring/application_form/questions.py, `fields` what of the usual fields is not as usual.
    Applications point at the version they answered.
    """

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="form_versions")
    number = models.PositiveIntegerField()
    fields = models.JSONField(default=dict, blank=True)
    questions = models.JSONField(default=list, blank=True)
    change = models.CharField(max_length=300, blank=True, help_text="What made it another version, in words.")
    by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("posting", "-number")
        constraints = (models.UniqueConstraint(fields=["posting", "number"], name="form_version_in_posting"),)

    def __str__(self) -> str:
        return f"Version {self.number}"


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def visible_to(self, user: User) -> Self:
        """Sets are for all who write forms: whoever may create jobs."""
        return self if access.can_create_jobs(user) else self.none()


class QuestionSet(models.Model):
    """Questions that belong together, to be copied into forms (hiring/application_form/sets.py). `version` counts their changes."""

    name = models.CharField(max_length=80, unique=True)
    about = models.CharField(max_length=200, blank=True)
    questions = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("question_set", args=[self.pk])


class QuestionRule(models.Model):
    """What the law of one place says of asking about one topic on an application form (JOB-20, JOB-21, PRIV-17).

    A rule is never changed once it stood for a time: `valid_to` ends it, and another one follows. Of the rules for one place the one for
    the smallest jurisdiction counts, of several places the strictest (hiring/application_form/lawful.py).
    """

    class Level(models.TextChoices):
        BLOCK = "block", "May not be asked"
        WARN = "warn", "Asked with care"

    topic = models.CharField(max_length=20, choices=topics.CHOICES)
    jurisdiction = models.CharField(
        max_length=8,
        default="*",
        help_text="* for everywhere, EU, a country such as FR, a state such as US-CA or CA-ON.",
    )
    level = models.CharField(max_length=5, choices=Level.choices)
    message = models.CharField(max_length=300, help_text="Why, in a sentence for whoever writes the question.")
    law = models.CharField(max_length=120, blank=True)
    may_be_exempted = models.BooleanField(
        default=False, help_text="An administrator may record a reason for asking all the same."
    )
    instead = models.CharField(
        max_length=200,
        blank=True,
        help_text="A question that may be asked. Empty: the usual proposal, in the question's language.",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="The first day it no longer holds.")

    class Meta:
        ordering = ("topic", "jurisdiction", "-valid_from")
        constraints = (
            models.UniqueConstraint(fields=["topic", "jurisdiction", "valid_from"], name="question_rule_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_topic_display()}, {self.jurisdiction}"


class QuestionExemption(models.Model):
    """An administrator's word that a question may be asked on one form in spite of a rule; it holds for these words of it only."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="exemptions")
    key = models.CharField(max_length=40, help_text="The question's.")
    topic = models.CharField(max_length=20, choices=topics.CHOICES)
    label = models.CharField(max_length=200, help_text="The words it holds for.")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(
                fields=["posting", "key", "topic"],
                condition=models.Q(taken_back_at=None),
                name="one_exemption_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.label}"
