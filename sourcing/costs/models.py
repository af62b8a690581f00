"""A cost is a row that is added or taken out, never changed: so a report can be asked as it was on a day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from hiring import access
from hiring.models import Job, Source

if TYPE_CHECKING:
    from hiring.models import User


class CostBatchQuerySet(models.QuerySet["CostBatch"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and colleagues' once nothing is left in them that names a job one does not see."""
        if not access.can_distribute(user):
            return self.none()
        hidden = SourceCost.objects.filter(batch=OuterRef("pk"), job__isnull=False)
        hidden = hidden.exclude(access.jobs_visible_to(user, "job"))
        return self.filter(Q(by=user.pk) | (Q(lines=[]) & ~Exists(hidden)))


class CostBatch(models.Model):
    """A list of costs: read, looked at, entered, and perhaps taken back as one."""

    class State(models.TextChoices):
        CHECKED = "checked", "To look at"
        ENTERED = "entered", "Entered"
        UNDONE = "undone", "Taken back"
        DISCARDED = "discarded", "Set aside"

    name = models.CharField(max_length=200)
    lines = models.JSONField(default=list, help_text="What was read, row by row; emptied once the list is settled.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.CHECKED)
    entered = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = CostBatchQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "cost batches"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:cost_batch", args=[self.pk])


class CostQuerySet(models.QuerySet["SourceCost"]):
    def visible_to(self, user: User) -> Self:
        """All, for those who decide where we advertise; those of a job, only to those who see the job."""
        if not access.can_distribute(user):
            return self.none()
        return self.filter(Q(job=None) | access.jobs_visible_to(user, "job"))

    def standing(self, at: dt.datetime | None = None) -> Self:
        """Those that count: now, or as of a moment."""
        if at is None:
            return self.filter(removed_at=None)
        return self.filter(Q(removed_at=None) | Q(removed_at__gt=at), created_at__lte=at)

    def within(self, first: dt.date, last: dt.date) -> Self:
        """Those whose period shares a day with this one."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class SourceCost(models.Model):
    """What a source cost from one day to another, both included; for one job, or for all it brought."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="costs")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="source_costs")
    starts_on = models.DateField()
    ends_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=11, choices=Source.CostKind.choices, blank=True)
    note = models.CharField(max_length=200, blank=True)
    batch = models.ForeignKey(CostBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="costs")
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CostQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cost_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_is_no_gain"),
        )
        indexes = (models.Index(fields=["source", "starts_on"], name="costs_of_a_source"),)

    def __str__(self) -> str:
        return f"{self.source}, {self.starts_on} to {self.ends_on}"

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def facts(self) -> dict[str, Any]:
        """What makes it the same cost as another one."""
        names = ("source_id", "job_id", "starts_on", "ends_on", "amount", "currency")
        return {name: getattr(self, name) for name in names}
