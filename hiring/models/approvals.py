"""Approval: ordered groups of approvers, n of m each, over a job or an offer. One mechanism (hiring/approvals.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from hiring.models.people import User


class ApprovalChain(models.Model):
    """Who is asked for what: chosen by the kind of subject and, when set, its department. The narrowest chain wins."""

    class SubjectKind(models.TextChoices):
        JOB = "job", "Jobs"
        OFFER = "offer", "Offers"

    name = models.CharField(max_length=100, unique=True)
    subject_kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    department = models.ForeignKey(
        "Department", null=True, blank=True, on_delete=models.PROTECT, related_name="approval_chains"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("subject_kind", "name")

    def __str__(self) -> str:
        return self.name


class ChainGroup(models.Model):
    chain = models.ForeignKey(ApprovalChain, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(default=1)
    approvers: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        "User", related_name="approval_groups"
    )

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["chain", "position"], name="chain_group_order"),)


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: User) -> Self:
        """Who asked and who is asked. Everybody else reads the result on the page of the job or offer."""
        votes = ApprovalVote.objects.filter(approver=user.pk).values("group__approval")
        return self.filter(Q(requested_by=user.pk) | Q(pk__in=votes))

    def with_votes(self) -> Self:
        return self.select_related("requested_by").prefetch_related("groups__votes__approver")


class Approval(models.Model):
    """One request for a decision. `subject_kind` and `subject_id` name the job or offer; `snapshot` its guarded fields as asked."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Turned down"
        VOIDED = "voided", "Void: it changed"

    subject_kind = models.CharField(max_length=8, choices=ApprovalChain.SubjectKind.choices)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    snapshot = models.JSONField(default=dict)
    requested_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="approvals_requested")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="Why nobody was asked, or what made it void.")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"], condition=Q(status="pending"), name="one_pending_approval"
            ),
        )
        indexes = (models.Index(fields=["subject_kind", "subject_id", "-requested_at"], name="approval_by_subject"),)


class ApprovalGroup(models.Model):
    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When its turn came and the mails went out.")

    class Meta:
        ordering = ("position",)


class ApprovalVote(models.Model):
    """One approver's seat in a group, and the answer once given."""

    class Decision(models.TextChoices):
        APPROVE = "approve", "Approved"
        REJECT = "reject", "Turned down"

    group = models.ForeignKey(ApprovalGroup, on_delete=models.CASCADE, related_name="votes")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="approval_votes")
    decision = models.CharField(max_length=7, choices=Decision.choices, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    by_link = models.BooleanField(default=False, help_text="Decided from the e-mail.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "approver"], name="one_vote_an_approver"),)
        indexes = (models.Index(fields=["approver"], condition=Q(decision=""), name="vote_open"),)
