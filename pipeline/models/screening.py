"""What a job asks of people, and how each application was judged by it, with the evidence."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hiring.models import Document, Job
from pipeline.models.applications import Application

if TYPE_CHECKING:
    from hiring.models import User


class Need(models.TextChoices):
    MUST = "must", "Must"
    SHOULD = "should", "Should"
    BONUS = "bonus", "Bonus"


class CriterionKind(models.TextChoices):
    SKILL = "skill", "Skill"
    EXPERIENCE = "experience", "Years of experience"
    TITLE = "title", "Job title"
    LANGUAGE = "language", "Language"
    LOCATION = "location", "Location"
    CERTIFICATE = "certificate", "Certificate or licence"
    ANSWER = "answer", "Answer on the form"
    STATEMENT = "statement", "Statement"


class Verdict(models.TextChoices):
    """`not_found` says that we found nothing that shows it, never that somebody lacks it."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly"
    NOT_FOUND = "not_found", "Not found"
    UNKNOWN = "unknown", "Needs a look"


class CriteriaVersion(models.Model):
    """The criteria of a job as they stood at one time. Append-only: a change is the next version; the newest one counts.

    `criteria` is a list of {kind, need, weight, asks} (pipeline/screening/criteria.py).
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="criteria_versions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField(default=list)
    change = models.CharField(max_length=300, blank=True, help_text="What made it another version, in words.")
    by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("job", "-number")
        constraints = (models.UniqueConstraint(fields=["job", "number"], name="criteria_version_in_job"),)

    def __str__(self) -> str:
        return f"Version {self.number}"


class CriterionDraft(models.Model):
    """A criterion that something proposed: the words of the posting, or a program. It counts once a person accepts it.

    `key` is what it asks, so that what was dropped is not proposed again.
    """

    class Origin(models.TextChoices):
        POSTING = "posting", "From the posting"
        HELPER = "helper", "From the writing helper"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        DROPPED = "dropped", "Dropped"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="criterion_drafts")
    key = models.CharField(max_length=12)
    criterion = models.JSONField()
    quote = models.CharField(max_length=300, blank=True, help_text="The words it was made from.")
    origin = models.CharField(max_length=7, choices=Origin.choices, default=Origin.POSTING)
    made_with = models.CharField(max_length=120, blank=True, help_text="The rules, or the model and its prompt.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    settled_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["job", "key"], name="one_draft_a_criterion"),)

    def __str__(self) -> str:
        return f"Draft {self.key}"


class JudgementQuerySet(models.QuerySet["Judgement"]):
    def due(self) -> Self:
        """Applications that wait to be judged, for the first time or again (invariant 10)."""
        return self.filter(status=Judgement.Status.DUE)


class Judgement(models.Model):
    """How one application meets its job's criteria. Made from them and what the person sent; never corrected itself.

    `results` is a list in the order of the criteria (pipeline/screening/results.py). The counts are of what stands, corrections
    included, so that boards and tables need not read the results.
    """

    class Status(models.TextChoices):
        DUE = "due", "Waiting to be judged"
        WORKING = "working", "Being judged"
        WAITING = "waiting", "Waiting for the résumé"
        DONE = "done", "Judged"
        FAILED = "failed", "Could not be judged"

    application = models.OneToOneField(
        Application, primary_key=True, on_delete=models.CASCADE, related_name="judgement"
    )
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.DUE)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    criteria = models.ForeignKey(CriteriaVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    judging_version = models.CharField(max_length=20, blank=True)
    taxonomy_version = models.IntegerField(default=0)
    input_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of everything that was looked at: the same again is judged the same."
    )
    results = models.JSONField(default=list, blank=True)
    of = models.PositiveSmallIntegerField(default=0, help_text="How many criteria there are.")
    met = models.PositiveSmallIntegerField(default=0)
    partly = models.PositiveSmallIntegerField(default=0)
    unknown = models.PositiveSmallIntegerField(default=0, help_text="How many need a person's look.")
    musts = models.PositiveSmallIntegerField(default=0)
    musts_met = models.PositiveSmallIntegerField(default=0)
    marks = models.CharField(
        max_length=25,
        blank=True,
        db_default="",
        help_text="One letter a criterion, in order: y met, p partly, o not found, l to look at.",
    )
    weighed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Weights met of those that could be told, 0 to 100; None when none could."
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(status__in=["due", "working", "waiting"]), name="judgement_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.met} of {self.of}"

    @property
    def is_awaited(self) -> bool:
        return self.status in (self.Status.DUE, self.Status.WORKING, self.Status.WAITING)

    @property
    def waits_until(self) -> dt.datetime | None:
        """Until when it is put off, where a notice has to come that long ahead of use (pipeline/screening/ahead.py)."""
        is_ahead = self.status == self.Status.DUE and self.due_at > timezone.now() + dt.timedelta(minutes=5)
        return self.due_at if is_ahead else None


class JudgementCorrectionQuerySet(models.QuerySet["JudgementCorrection"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(application__in=Application.objects.visible_to(user))

    def standing(self) -> Self:
        """Corrections nobody has taken back."""
        return self.filter(taken_back_at=None)


class JudgementCorrection(models.Model):
    """What a person says of one criterion for one application, with the reason. It stands however often it is judged again.

    `key` is what the criterion asks; `seen` what had been judged: {verdict, says, quote}. A confirmed hint carries the passage it
    was confirmed for as `evidence`.
    """

    class Kind(models.TextChoices):
        CORRECTED = "corrected", "Corrected"
        CONFIRMED = "confirmed", "Hint confirmed"
        DISMISSED = "dismissed", "Hint dismissed"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="judgement_corrections")
    key = models.CharField(max_length=12)
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.CORRECTED)
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    seen = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = JudgementCorrectionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "key"],
                condition=Q(taken_back_at=None),
                name="one_standing_correction_a_criterion",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.reason}"
