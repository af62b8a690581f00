"""A mail with résumés and what became of each of its files. A query finds what is due (invariant 10)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import Candidate, Document, InboundMail, Job

if TYPE_CHECKING:
    from hiring.models import User


class MailedResumeQuerySet(models.QuerySet["MailedResume"]):
    def visible_to(self, user: User) -> Self:
        """All, for those who add people; those sent for a job, only to those who see the job."""
        if not access.can_add_candidates(user):
            return self.none()
        return self.filter(Q(job=None) | access.jobs_visible_to(user, "job"))

    def to_look_at(self) -> Self:
        return self.filter(state=MailedResume.State.LOOK)


class MailedResume(models.Model):
    """One mail to the address for résumés. The raw mail is emptied once it is settled: the files live with their people."""

    class State(models.TextChoices):
        NEW = "new", "Waiting to be read"
        READING = "reading", "Being read"
        LOOK = "look", "To look at"
        TAKEN = "taken", "Taken in"
        IGNORED = "ignored", "Set aside"

    inbound = models.OneToOneField(InboundMail, on_delete=models.CASCADE, related_name="mailed_resume")
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="mailed_resumes"
    )
    forwarded_by = models.ForeignKey(
        "hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="mailed_resumes"
    )
    sender = models.CharField(max_length=320)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True, help_text="What was written in the mail itself.")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="mailed_resumes")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    problem = models.CharField(max_length=300, blank=True, help_text="Why a person has to look at it.")
    is_automatic = models.BooleanField(default=False, help_text="A machine sent it: nobody is answered.")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    handled_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = MailedResumeQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["-at", "-id"], condition=Q(state="look"), name="mailed_to_look_at"),
            models.Index(fields=["id"], condition=Q(state__in=["new", "reading"]), name="mailed_due"),
            models.Index(fields=["-at", "-id"], name="mailed_recent"),
        )

    def get_absolute_url(self) -> str:
        return reverse("sourcing:mailed", args=[self.pk])

    @property
    def emptied_on(self) -> dt.date:
        """When it is emptied if nobody settles it until then."""
        return timezone.localdate(self.at) + dt.timedelta(days=settings.MAILED_RESUMES_DAYS)


class MailedFile(models.Model):
    """One file of such a mail: whose document it became, or why it became none."""

    mailed = models.ForeignKey(MailedResume, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="mailed_files"
    )
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    problem = models.CharField(max_length=300, blank=True)
    seems = models.JSONField(
        default=dict, help_text="What could be read of a person nobody is sure about: name, email."
    )
    reading = models.CharField(
        max_length=80, blank=True, help_text="Where what was read of it is kept, while nobody is sure."
    )
    beginning = models.CharField(max_length=2_000, blank=True, help_text="Its first words, while nobody is sure.")

    class Meta:
        ordering = ("pk",)
