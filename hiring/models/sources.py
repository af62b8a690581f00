"""Where people come from: the taxonomy, the other names its sources go by, and what was merged."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse


class Source(models.Model):
    """Where people come from: the taxonomy, not the single visit.

    One that was merged into another stays as a row, so that its name and whatever still points at it lead on
    (hiring/sources.py).
    """

    class Kind(models.TextChoices):
        """The group a source is in. Groups decide: whoever was named by others has to be told (hiring/identity.py)."""

        CAREER_SITE = "career_site", "Career site"
        JOB_BOARD = "job_board", "Job board"
        SOCIAL = "social", "Social network"
        EVENT = "event", "Event"
        DIRECT = "direct", "Direct: they wrote to us"
        INTERNAL = "internal", "Internal: works here already"
        REFERRAL = "referral", "Referral"
        SOURCED = "sourced", "Sourced"
        AGENCY = "agency", "Agency"
        IMPORT = "import", "Import"

    class CostKind(models.TextChoices):
        NONE = "", "Not said"
        FREE = "free", "Costs nothing"
        PERIOD = "period", "By the month or year"
        POSTING = "posting", "For each posting"
        CLICK = "click", "For each click"
        APPLICATION = "application", "For each application"
        HIRE = "hire", "For each hire"
        ONCE = "once", "Once, such as a stand at a fair"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField("group", max_length=12, choices=Kind.choices)
    is_active = models.BooleanField("offered", default=True)
    cost_kind = models.CharField(
        "what it costs", max_length=11, choices=CostKind.choices, default=CostKind.NONE, blank=True, db_default=""
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:source", args=[self.pk])


class SourceAlias(models.Model):
    """Another name by which arrivals mean a source: what a board writes into its addresses, a former name, a host."""

    key = models.CharField(
        max_length=100, unique=True, help_text="As it is compared: lower case, one blank between words."
    )
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="aliases")
    by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("key",)
        verbose_name_plural = "source aliases"

    def __str__(self) -> str:
        return self.key


class SourceMerge(models.Model):
    """One source that was united with another, and how far what points at it has followed; the work list of that is itself."""

    class State(models.TextChoices):
        MOVING = "moving", "Moving"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being taken back"
        UNDONE = "undone", "Taken back"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="merges_of")
    into = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="merges_into")
    was_active = models.BooleanField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.MOVING)
    by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["id"], condition=Q(state__in=["moving", "undoing"]), name="source_merges_under_way"),
        )

    def __str__(self) -> str:
        return f"{self.source} into {self.into}"


class SourceMoved(models.Model):
    """Rows of one table that a merge of sources moved, so that it can be taken back."""

    merge = models.ForeignKey(SourceMerge, on_delete=models.CASCADE, related_name="moved")
    field = models.CharField(max_length=80, help_text="Which field of which table: app.Model.field.")
    rows = ArrayField(models.BigIntegerField())
