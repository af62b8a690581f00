"""A short address and the visits it had. Nothing here is about a visitor: a day and a number."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from hiring import access
from hiring.models import Job, Source

if TYPE_CHECKING:
    from hiring.models import User

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on a poster
LENGTH = 7


def new_token() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


class TrackingLinkQuerySet(models.QuerySet["TrackingLink"]):
    def visible_to(self, user: User) -> Self:
        """All but colleagues' own, for those who decide where we advertise; those to a job, only to those who see the job."""
        if not access.can_distribute(user):
            return self.none()
        return self.filter(Q(job=None) | access.jobs_visible_to(user, "job"), referrer=None)

    def for_row(self) -> Self:
        return self.select_related("source", "job", "created_by")


class TrackingLink(models.Model):
    """One place we advertise in: a source, a campaign, and the job it leads to, or the whole career site."""

    token = models.CharField(max_length=12, unique=True, default=new_token, editable=False)
    label = models.CharField(max_length=80, help_text="Where it stands, for colleagues.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="tracking_links")
    campaign = models.CharField(max_length=80, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="tracking_links")
    referrer = models.ForeignKey(
        "hiring.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="shared_links",
        help_text="The colleague whose link it is: sourcing/referrals/sharing.py.",
    )
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="No longer offered; it still leads on.")

    objects = TrackingLinkQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["-created_at", "-id"], name="tracking_links_recent"),)
        constraints = (
            models.UniqueConstraint(
                fields=["referrer", "job"], condition=Q(referrer__isnull=False), name="one_link_a_referrer_and_job"
            ),
        )

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("sourcing:link", args=[self.pk])


class LinkDay(models.Model):
    """How often a link was opened on one day (UTC)."""

    link = models.ForeignKey(TrackingLink, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    visits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["link", "day"], name="one_count_a_link_and_day"),)
