"""What visitors may join, and who asked to."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hiring.models import Candidate, Department, LegalText, Location
from sourcing.models import TalentPool

LONGEST_WORDS = 500


class CommunityChoice(models.Model):
    """A pool that visitors may join by themselves, under a name that is meant for them."""

    name = models.CharField(max_length=80, unique=True, help_text="As visitors read it, such as “Engineering”.")
    pool = models.ForeignKey(
        TalentPool,
        on_delete=models.CASCADE,
        related_name="choices",
        help_text="Where they are found once they confirmed.",
    )
    months = models.PositiveSmallIntegerField(
        "months of consent",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="For so long their consent holds; they are asked again a month before. A change is for those who join from then on.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Small numbers come first.")
    is_active = models.BooleanField("open to visitors", default=True)

    class Meta:
        ordering = ("position", "name")
        verbose_name = "talent community"
        verbose_name_plural = "talent communities"

    def __str__(self) -> str:
        return self.name


class CommunityMemberQuerySet(models.QuerySet["CommunityMember"]):
    def joined(self) -> Self:
        return self.filter(confirmed_at__isnull=False, ends_at__gt=timezone.now())


class CommunityMember(models.Model):
    """Somebody who asked to be kept in mind. Nobody's record until the address has confirmed it; then `candidate` is theirs, and
    what they entered is kept there and no longer here, except what they look for.

    The token of its page is its key, signed (door.py): nothing secret is stored. `text` are the words they agreed to (PRIV-3).
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    choice = models.ForeignKey(CommunityChoice, on_delete=models.CASCADE, related_name="members")
    address = models.CharField(max_length=254, help_text="As it is compared.")
    name = models.CharField(max_length=200)
    departments = ArrayField(models.BigIntegerField(), default=list, blank=True)
    places = ArrayField(models.BigIntegerField(), default=list, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    resume = models.CharField(max_length=300, blank=True, help_text="The key of a file that waits to be confirmed.")
    text = models.ForeignKey(LegalText, on_delete=models.PROTECT, related_name="+")
    origin = models.JSONField(default=dict, blank=True, help_text="First and last touch (JOB-18).")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="community_memberships"
    )
    ends_at = models.DateTimeField(help_text="Until then it waits to be confirmed, or the consent holds.")
    told_end = models.BooleanField(default=False, help_text="They were asked whether to go on.")

    objects = CommunityMemberQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["address", "choice"], name="one_membership_an_address_and_community"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(candidate__isnull=False), name="a_member_is_somebody"
            ),
        )
        indexes = (models.Index(fields=["ends_at"], name="community_member_end"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.choice}"

    @property
    def interests(self) -> str:
        """“Grid data; Lyon, Graz; “part time””: what they look for, on one line."""
        teams = Department.objects.filter(pk__in=self.departments).values_list("name", flat=True)
        places = Location.objects.filter(pk__in=self.places).values_list("name", flat=True)
        parts = [", ".join(teams), ", ".join(places), f"“{self.words}”" if self.words else ""]
        return "; ".join(part for part in parts if part)
