"""Approval: ordered groups of approvers, n of m each, over a job or an offer. One mechanism (hiring/approvals.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from hiring.models.jobs import Level

if TYPE_CHECKING:
    from hiring.models.people import User


class ApprovalChain(models.Model):
    """Who is asked for what. It fits what meets all its conditions; of several the narrowest is asked (hiring/approval_chains.py).

    `pay_from` and `pay_up_to` bound the highest pay a year, in `pay_currency`, both included. Hours are hours of working days.
    """

    class SubjectKind(models.TextChoices):
        JOB = "job", "Jobs"
        OFFER = "offer", "Offers"

    name = models.CharField(max_length=100, unique=True)
    subject_kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    department = models.ForeignKey(
        "Department", null=True, blank=True, on_delete=models.PROTECT, related_name="approval_chains"
    )
    location = models.ForeignKey(
        "Location", null=True, blank=True, on_delete=models.PROTECT, related_name="approval_chains"
    )
    level = models.CharField(max_length=9, choices=Level.choices, blank=True)
    pay_from = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_up_to = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_currency = models.CharField(max_length=3, default="EUR")
    remind_after = models.PositiveSmallIntegerField(
        null=True, blank=True, default=24, help_text="Hours on working days until a step that waits is reminded."
    )
    escalate_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Hours on working days until a step that waits is brought to somebody else too.",
    )
    escalate_to = models.ForeignKey(
        "User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who is asked too then. Nobody named: the leads of those who have not answered.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("subject_kind", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(pay_from=None) | Q(pay_up_to=None) | Q(pay_from__lte=F("pay_up_to")),
                name="chain_pay_from_up_to",
            ),
            models.CheckConstraint(
                condition=Q(remind_after=None) | Q(escalate_after=None) | Q(remind_after__lt=F("escalate_after")),
                name="chain_reminds_before_it_escalates",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """What it is for, in words."""
        from hiring.approval_chains import scope_words

        return scope_words(self)


class ChainGroup(models.Model):
    """One step of a chain: `needed` of these people, and of whom the job itself names."""

    chain = models.ForeignKey(ApprovalChain, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(default=1)
    approvers: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        "User", related_name="approval_groups", blank=True
    )
    hiring_manager = models.BooleanField(default=False, help_text="The hiring managers of the job.")
    managers_lead = models.BooleanField("their lead", default=False, help_text="The leads of the hiring managers.")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["chain", "position"], name="chain_group_order"),)


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: User) -> Self:
        """Who asked and who is asked, stand-ins too. Everybody else reads the result on the page of the job or offer."""
        seats = Q(approver=user.pk) | Q(stand_in=user.pk) | Q(decided_by=user.pk)
        votes = ApprovalVote.objects.filter(seats).values("group__approval")
        return self.filter(Q(requested_by=user.pk) | Q(pk__in=votes))

    def with_votes(self) -> Self:
        return self.select_related("requested_by").prefetch_related(
            "groups__votes__approver", "groups__votes__stand_in", "groups__votes__decided_by"
        )


class Approval(models.Model):
    """One request for a decision. `subject_kind` and `subject_id` name the job or offer; `snapshot` its guarded fields as asked."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Turned down"
        VOIDED = "voided", "Void"

    subject_kind = models.CharField(max_length=8, choices=ApprovalChain.SubjectKind.choices)
    subject_id = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    snapshot = models.JSONField(default=dict)
    requested_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="approvals_requested")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="Why nobody was asked, or what made it void.")
    chain = models.ForeignKey(ApprovalChain, null=True, on_delete=models.PROTECT, related_name="approvals")
    why = models.CharField(max_length=300, blank=True, help_text="Why this chain was asked and no other.")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"], condition=Q(status="pending"), name="one_pending_approval"
            ),
        )
        indexes = (models.Index(fields=["subject_kind", "subject_id", "-requested_at"], name="approval_by_subject"),)


class ApprovalGroup(models.Model):
    """A step of a request, as its chain was when it was asked. `remind_at` and `escalate_at` say what is still due."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    needed = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When its turn came and the mails went out.")
    remind_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    remind_after = models.PositiveSmallIntegerField(null=True, blank=True)
    escalate_after = models.PositiveSmallIntegerField(null=True, blank=True)
    escalate_to = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("position",)
        indexes = (
            models.Index(fields=["remind_at"], condition=Q(remind_at__isnull=False), name="group_to_remind"),
            models.Index(fields=["escalate_at"], condition=Q(escalate_at__isnull=False), name="group_to_escalate"),
        )


class ApprovalVote(models.Model):
    """One approver's seat in a group, and the answer once given.

    `stand_in` is who was asked in the approver's place while they are away; `decided_by` who answered, where not the approver.
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", "Approved"
        REJECT = "reject", "Turned down"

    group = models.ForeignKey(ApprovalGroup, on_delete=models.CASCADE, related_name="votes")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="approval_votes")
    decision = models.CharField(max_length=7, choices=Decision.choices, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    by_link = models.BooleanField(default=False, help_text="Decided from the e-mail.")
    stand_in = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="votes_stood_in")
    decided_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="votes_given_for_others")
    escalated = models.BooleanField(default=False, help_text="Asked because nobody answered in time.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "approver"], name="one_vote_an_approver"),)
        indexes = (models.Index(fields=["approver"], condition=Q(decision=""), name="vote_open"),)

    @property
    def decider_id(self) -> int:
        return self.decided_by_id or self.approver_id

    @property
    def decider(self) -> User:
        """Who gave the answer."""
        return self.decided_by or self.approver


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those somebody stands in for."""
        return self.filter(Q(user=user.pk) | Q(stand_in=user.pk))

    def standing(self) -> Self:
        return self.filter(taken_back_at=None)


class Absence(models.Model):
    """Days on which a colleague is away, both ends included, in their own time zone, and who decides approvals meanwhile."""

    user = models.ForeignKey("User", on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey("User", on_delete=models.PROTECT, related_name="absences_stood_in")
    first_day = models.DateField()
    last_day = models.DateField()
    created_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("first_day", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="absence_begins_before_it_ends"),
            models.CheckConstraint(condition=~Q(user=F("stand_in")), name="nobody_stands_in_for_themselves"),
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first_day"),
                            F("last_day"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(taken_back_at=None),
            ),
        )
