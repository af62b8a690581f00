"""Sourcing: curated people, and outreach plans with each person's path through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from hiring.models import Candidate, Job, Mailbox

if TYPE_CHECKING:
    from hiring.models import User


class TalentPoolQuerySet(models.QuerySet["TalentPool"]):
    def visible_to(self, user: User) -> Self:
        from hiring import access

        return self.all() if access.can_source(user) else self.none()


class TalentPool(models.Model):
    """Curated people with a reason. A pool says whom to come back to, and when."""

    name = models.CharField(max_length=100, unique=True)
    purpose = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="pools")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TalentPoolQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:pool", args=[self.pk])


class PoolMember(models.Model):
    class Stage(models.TextChoices):
        NEW = "new", "New"
        WARM = "warm", "Warm"
        READY = "ready", "Ready to talk"
        RESTING = "resting", "Resting"

    pool = models.ForeignKey(TalentPool, on_delete=models.CASCADE, related_name="members")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="pool_memberships")
    stage = models.CharField(max_length=7, choices=Stage.choices, default=Stage.NEW)
    reason = models.CharField(max_length=300, help_text="Why this person belongs here.")
    next_touch_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["pool", "candidate"], name="once_in_a_pool"),)
        indexes = (
            models.Index(fields=["pool", "-added_at", "-id"], name="pool_member_recent"),
            models.Index(fields=["next_touch_on"], condition=Q(next_touch_on__isnull=False), name="pool_next_touch"),
        )


class SequenceQuerySet(models.QuerySet["Sequence"]):
    def visible_to(self, user: User) -> Self:
        """All, for those who source; one for a job, only to those who see the job."""
        from hiring import access

        return (
            self.filter(Q(job=None) | access.jobs_visible_to(user, "job")) if access.can_source(user) else self.none()
        )


class Sequence(models.Model):
    """An outreach plan. Nothing leaves before a person has launched it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"
        ARCHIVED = "archived", "Archived"

    name = models.CharField(max_length=100, unique=True)
    owner = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="sequences")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="sequences")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="sequences")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    window_start = models.TimeField(default="09:00", help_text="In the recipient's zone.")
    window_end = models.TimeField(default="17:00")
    created_at = models.DateTimeField()

    objects = SequenceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:sequence", args=[self.pk])


class Step(models.Model):
    class Kind(models.TextChoices):
        MAIL = "mail", "Mail"
        CALL = "call", "Call"
        TASK = "task", "Task"

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.MAIL)
    wait_days = models.PositiveSmallIntegerField(default=0, help_text="Business days after the step before.")
    subject = models.CharField(max_length=200, blank=True, help_text="Empty: the same thread as the step before.")
    body = models.TextField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["sequence", "position"], name="step_order"),)


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def live(self) -> Self:
        return self.filter(state__in=Enrollment.LIVE)


class Enrollment(models.Model):
    """One candidate's path through a sequence. `next_at` is when the next step is due; a query finds it (invariant 10)."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        WAITING = "waiting", "Waiting for a person"
        FINISHED = "finished", "Finished"
        REPLIED = "replied", "Replied"
        APPLIED = "applied", "Applied"
        BOUNCED = "bounced", "Bounced"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        STOPPED = "stopped", "Stopped"

    LIVE = (State.ACTIVE, State.PAUSED, State.WAITING)

    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="enrollments")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="enrollments")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    position = models.PositiveSmallIntegerField(
        default=0, help_text="Steps done so far; the next one has this position."
    )
    next_at = models.DateTimeField(null=True, blank=True)
    state_note = models.CharField(max_length=200, blank=True, help_text="Why it waits or ended.")
    enrolled_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_from: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True, help_text="How it stood before an application ended it, should that be taken back."
    )

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["sequence", "candidate"], name="once_in_a_sequence"),
            # One sequence at a time for a person: two recruiters' plans must not cross (contact policy, "other enrollment").
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(state__in=["active", "paused", "waiting"]), name="one_live_enrollment"
            ),
        )
        indexes = (
            models.Index(fields=["next_at", "id"], condition=Q(state="active"), name="enrollment_due"),
            models.Index(fields=["sequence", "state", "-enrolled_at", "-id"], name="enrollment_by_sequence"),
        )


from sourcing.agencies.models import (  # noqa: E402
    Agency,
    AgencyAcceptance,
    AgencyJob,
    AgencyTerms,
    AgencyUser,
    Dispute,
    Ownership,
    Submission,
)
from sourcing.career_site.models import CareerImage, CareerLink, CareerSite, CareerText  # noqa: E402
from sourcing.careers.models import UnsentForm  # noqa: E402
from sourcing.community.models import CommunityChoice, CommunityMember  # noqa: E402
from sourcing.costs.models import CostBatch, SourceCost  # noqa: E402
from sourcing.embeds.models import CareerEmbed  # noqa: E402
from sourcing.imports.models import ImportBatch, ImportRow  # noqa: E402
from sourcing.job_alerts.models import JobAlert  # noqa: E402
from sourcing.mailed.models import MailedFile, MailedResume  # noqa: E402
from sourcing.referrals.models import Referral, ReferralPreference, ReferralSettings  # noqa: E402
from sourcing.segment_models import Segment, SegmentSighting, SegmentWatch  # noqa: E402
from sourcing.tracking.models import LinkDay, TrackingLink  # noqa: E402

__all__ = [
    "Agency",
    "AgencyAcceptance",
    "AgencyJob",
    "AgencyTerms",
    "AgencyUser",
    "CareerEmbed",
    "CareerImage",
    "CareerLink",
    "CareerSite",
    "CareerText",
    "CommunityChoice",
    "CommunityMember",
    "CostBatch",
    "Dispute",
    "Enrollment",
    "ImportBatch",
    "ImportRow",
    "JobAlert",
    "LinkDay",
    "MailedFile",
    "MailedResume",
    "Ownership",
    "PoolMember",
    "Referral",
    "ReferralPreference",
    "ReferralSettings",
    "Segment",
    "SegmentSighting",
    "SegmentWatch",
    "Sequence",
    "SourceCost",
    "Step",
    "Submission",
    "TalentPool",
    "TrackingLink",
    "UnsentForm",
]
