"""Searches kept under a name, who watches them, and whom a watch last saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from hiring.models import Candidate

if TYPE_CHECKING:
    from hiring.models import User


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those shared with everybody or with one's role; for those who may open the list of people."""
        from hiring import access

        if not access.can_browse_candidates(user):
            return self.none()
        shared = Q(sharing=Segment.Sharing.EVERYBODY) | Q(sharing=Segment.Sharing.ROLES, roles__contains=[user.role])
        return self.filter(Q(owner=user.pk) | shared)


class Segment(models.Model):
    """A saved search that refreshes itself: the query is the truth, the count a copy as of `counted_at`, as its owner sees it."""

    COUNT_UP_TO = 100_000

    class Sharing(models.TextChoices):
        PRIVATE = "private", "Only me"
        EVERYBODY = "everybody", "Everybody who may open the list of people"
        ROLES = "roles", "Some roles"

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    text = models.TextField(max_length=2_000, help_text="The query.")
    owner = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="segments")
    sharing = models.CharField(max_length=9, choices=Sharing.choices, default=Sharing.PRIVATE)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    created_at = models.DateTimeField()
    count = models.PositiveIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(help_text="When the count is made anew.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why the query could not be answered.")

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint("owner", Lower("name"), name="segment_once_an_owner"),)
        indexes = (models.Index(fields=["due_at"], name="segment_due"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:segment", args=[self.pk])

    @property
    def is_counted_out(self) -> bool:
        """Counting ended before the people did."""
        return self.count is not None and self.count >= self.COUNT_UP_TO


class SegmentWatch(models.Model):
    """A colleague who wants to hear of people who newly match. Evaluated as that colleague; the first look only remembers."""

    class Often(models.TextChoices):
        AT_ONCE = "at_once", "Within minutes"
        DAILY = "daily", "Every morning"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey("hiring.User", on_delete=models.CASCADE, related_name="segment_watches")
    often = models.CharField(max_length=7, choices=Often.choices)
    baseline_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was first looked; nobody is told before."
    )
    looked_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was looked last, and everybody was seen."
    )
    due_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["segment", "user"], name="segment_watched_once"),)
        indexes = (models.Index(fields=["due_at"], name="segment_watch_due"),)


class SegmentSighting(models.Model):
    """Somebody matched when a watch last looked. Gone when they no longer do; a copy of what the search finds."""

    watch = models.ForeignKey(SegmentWatch, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="segment_sightings")
    since = models.DateTimeField()
    is_new = models.BooleanField(
        default=False, help_text="They came after the first look, and not by the colleague's own doing."
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=["watch", "candidate"], name="sighted_once"),)
        indexes = (models.Index(fields=["watch", "-since", "-id"], condition=Q(is_new=True), name="sighting_new"),)
