"""Promises: that we come back to somebody, on a day or when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from hiring.models.candidates import Candidate, Task
from hiring.models.contact import ProcessingBasis
from hiring.models.jobs import Job
from hiring.models.people import Department, Location

if TYPE_CHECKING:
    from hiring.models import User


class PromiseQuerySet(models.QuerySet["Promise"]):
    def standing(self) -> Self:
        """Not yet kept, dropped or refused."""
        return self.filter(status__in=Promise.STANDING)

    def visible_to(self, user: User) -> Self:
        """Of people one may see; one made in a confidential job is for those who see the job."""
        people = Candidate.objects.visible_to(user)
        return self.filter(Q(job=None) | Q(job__in=Job.objects.visible_to(user)), candidate__in=people)


class Promise(models.Model):
    """A commitment to come back to a person: by a day, when a job of some kind opens, or both.

    The event is `title`, `department` and `location`, each empty for any. `pool`, `touch_on` and `member` say what the floor
    above was asked to keep besides, and made of it. It waits where the person has still to say yes to being kept in mind.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Waits for their yes"
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        DROPPED = "dropped", "Dropped"
        REFUSED = "refused", "They said no"

    STANDING = (Status.WAITING, Status.OPEN)

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="promises")
    owner = models.ForeignKey("User", on_delete=models.PROTECT, related_name="promises")
    text = models.CharField(max_length=300)
    due_on = models.DateField(null=True, blank=True)
    title = models.CharField(max_length=120, blank=True, help_text="Words of the title of the job that has to open.")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pool = models.BigIntegerField(null=True, blank=True)
    touch_on = models.DateField(null=True, blank=True)
    member = models.BigIntegerField(null=True, blank=True)
    basis = models.ForeignKey(ProcessingBasis, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Where it was made."
    )
    occasion = models.CharField(max_length=40, blank=True, help_text="What it was made with, and is taken back with.")
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.OPEN)
    task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="promise")
    came_true_at = models.DateTimeField(null=True, blank=True)
    came_true_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (
            models.Index(fields=["due_on", "id"], condition=Q(status="open", task=None), name="promise_due"),
            models.Index(fields=["occasion"], condition=~Q(occasion=""), name="promise_by_occasion"),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def stands(self) -> bool:
        return self.status in self.STANDING

    @property
    def has_event(self) -> bool:
        return bool(self.title or self.department_id or self.location_id)

    @property
    def event(self) -> str:
        """What it waits for, in words; needs department and location at hand."""
        if not self.has_event:
            return ""
        what = f"a job like “{self.title}”" if self.title else "a job"
        where = f" in {self.department}" if self.department_id else ""
        return f"when {what} opens{where}{f' in {self.location}' if self.location_id else ''}"
