"""Rules: what should happen by itself, in versions, with each time one fired or waits to fire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from hiring import access
from hiring.models import Job
from pipeline.models.applications import Application

if TYPE_CHECKING:
    from hiring.models import User


class RuleQuerySet(models.QuerySet["Rule"]):
    def visible_to(self, user: User) -> Self:
        """Rules of jobs the user sees, and those of all jobs: a rule names nobody. Whom it fits is for `RuleFiring`."""
        everywhere = Q(job=None) if access.can_see_rules(user) else access.nobody()
        return self.filter((access.jobs_visible_to(user, "job") & Q(job__isnull=False)) | everywhere)


class Rule(models.Model):
    """Something that happens by itself, on one job or (`job` None) on all. What it does is said by its active version."""

    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(max_length=100)
    paused_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=["job"], condition=Q(retired_at=None), name="rule_in_use"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pipeline:rule", args=[self.pk])


class RuleVersion(models.Model):
    """What a rule does: when it looks, on what it stands, how long it waits, what it then does. Only drafts are edited.

    `trigger`, `conditions` and `action` are documents of pipeline/rules (triggers.py, conditions.py, actions.py).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAST = "past", "Replaced"

    class Unit(models.TextChoices):
        HOURS = "hours", "hours"
        DAYS = "days", "business days"

    class Ground(models.TextChoices):
        """PRIV-11: on what a rule may turn people down without a person's word on each of them."""

        CONTRACT = "contract", "Necessary for the contract"
        LAW = "law", "Allowed by a law"
        CONSENT = "consent", "Explicit consent"

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    trigger = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict)
    action = models.JSONField(default=dict)
    delay = models.PositiveSmallIntegerField(default=0)
    unit = models.CharField(max_length=5, choices=Unit.choices, default=Unit.DAYS)
    waits_for_person = models.BooleanField(
        default=True, help_text="Whether a person has to say yes to each rejection (PRIV-11)."
    )
    ground = models.CharField(max_length=8, choices=Ground.choices, blank=True)
    sample_percent = models.PositiveSmallIntegerField(
        default=10, help_text="Of a hundred rejections, how many a person looks at."
    )
    changed_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    activated_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True, help_text="Up to when its sweep has looked.")

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state="draft"), name="rule_one_draft"),
            models.UniqueConstraint(fields=["rule"], condition=Q(state="active"), name="rule_one_active"),
        )

    def __str__(self) -> str:
        return f"{self.rule.name}, version {self.number}"

    @property
    def rejects(self) -> bool:
        return bool(self.action.get("kind") == "reject")


class RuleTrial(models.Model):
    """A version asked about past applications: whom it would have hit, from which source, and how far they came."""

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="trials")
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    looked = models.PositiveIntegerField()
    elsewhere = models.PositiveIntegerField(default=0, help_text="How many of them applied for another job.")
    hits = ArrayField(models.BigIntegerField(), default=list)
    sources = models.JSONField(default=list, help_text="[[source id or null, looked at, hit]]")
    reached = models.JSONField(default=dict, help_text="Furthest stage kind to how many of those hit.")

    class Meta:
        ordering = ("-at", "-pk")


class RuleFiringQuerySet(models.QuerySet["RuleFiring"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.pipelines_visible_to(user, "application__job"))

    def open(self) -> Self:
        """What is still to come: waiting for its time, or for a person."""
        return self.filter(state__in=[RuleFiring.State.WAITING, RuleFiring.State.HELD])

    def for_row(self) -> Self:
        return self.select_related(
            "version__rule", "application__candidate", "application__job__location", "application__stage"
        )


class RuleFiring(models.Model):
    """A version and an application it fits: a row that is due (invariant 10), and afterwards what became of it.

    `occasion` is when what set it off began: the stage was entered, or the application came. One a version, application
    and occasion, so nothing fires twice. `because` is [{fact, label, op, value, had}], what it stood on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for its time"
        HELD = "held", "Waits for a person"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        VOID = "void", "No longer applies"
        REFUSED = "refused", "Could not be done"
        UNDONE = "undone", "Taken back"

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="firings")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="rule_firings")
    occasion = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    seen_transition = models.BigIntegerField(
        null=True, help_text="The application's last transition when it was found."
    )
    because = models.JSONField(default=list)
    is_sample = models.BooleanField(default=False)
    agreed = models.BooleanField(null=True, help_text="What a person said of a rejection they looked at.")
    decided_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was not done, or was taken back.")
    did = models.JSONField(default=dict, help_text="Ids of what it changed, from which it is taken back.")

    objects = RuleFiringQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "pk")
        constraints = (models.UniqueConstraint(fields=["version", "application", "occasion"], name="rule_fires_once"),)
        indexes = (
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="rule_firing_due"),
            models.Index(fields=["version", "state"], name="rule_firing_by_version"),
            models.Index(fields=["application", "-found_at"], name="rule_firing_by_application"),
        )

    def get_absolute_url(self) -> str:
        return reverse("pipeline:rule_firing", args=[self.pk])

    @property
    def why_words(self) -> str:
        """`why` with the person's name in its place."""
        return self.why.replace("{name}", self.application.candidate.name)

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.HELD)
