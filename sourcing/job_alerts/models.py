"""An address, and what it wants to be told of."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hiring.models import Department, Location
from hiring.models.postings import LONGEST_CODE, language_name

LONGEST_WORDS = 100
MOST_WORDS = 8  # as many as the list of jobs looks for


class JobAlertQuerySet(models.QuerySet["JobAlert"]):
    def running(self) -> Self:
        """Confirmed, and not past its end."""
        return self.filter(confirmed_at__isnull=False, ends_at__gt=timezone.now())


class JobAlert(models.Model):
    """A search somebody wants to hear of, kept for as long as they want that and no longer.

    It is nobody's until the address has confirmed it. `told_until` is when the last look was: jobs first published after it are
    news. The token of its page is its key, signed (sourcing/job_alerts/door.py): nothing secret is stored.
    """

    class Often(models.TextChoices):
        DAILY = "daily", "Once a day"
        WEEKLY = "weekly", "Once a week"

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    address = models.CharField(max_length=254, help_text="As it is compared: the domain in small letters.")
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    remote = models.BooleanField("fully remote", default=False)
    language = models.CharField(max_length=LONGEST_CODE, blank=True, help_text="Only jobs that can be read in it.")
    often = models.CharField(max_length=6, choices=Often.choices, default=Often.WEEKLY)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(help_text="When it ends by itself, unless its owner keeps it.")
    told_end = models.BooleanField(default=False, help_text="Its owner was written to that it ends soon.")

    objects = JobAlertQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["address", "words", "department", "location", "remote", "language"],
                name="one_alert_an_address_and_search",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(due_at__isnull=False, told_until__isnull=False),
                name="a_confirmed_alert_is_due_some_time",
            ),
        )
        indexes = (
            models.Index(fields=["due_at", "id"], condition=Q(confirmed_at__isnull=False), name="job_alert_due"),
            models.Index(fields=["ends_at"], name="job_alert_end"),
        )

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """“Jobs with “data” in Engineering, Lyon, fully remote”."""
        parts = [f"with “{self.words}”"] if self.words else []
        parts += [f"in {self.department}"] if self.department else []
        place = f"at {self.location}" if self.location else ""
        far = "fully remote" if self.remote else ""
        read = f"to be read in {language_name(self.language)}" if self.language else ""
        said = ", ".join(part for part in (" ".join(parts), place, far, read) if part)
        return f"Jobs {said}" if said else "All new jobs"
