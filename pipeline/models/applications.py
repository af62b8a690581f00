"""Applications: the stages of a job, who stands where, and every move that brought them there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import Candidate, CustomValue, Document, FormVersion, Job, MailTemplate, Opening, Source
from hiring.models.custom_fields import once, searched

if TYPE_CHECKING:
    from hiring.models import User


class StageQuerySet(models.QuerySet["Stage"]):
    def standing(self) -> Self:
        """The stages of the plan. Those that were taken out stay for the history of who stood in them."""
        return self.filter(retired_at=None)


class Stage(models.Model):
    """A step of a job's pipeline. `kind` is what reports and rules compare; `name` is what people read.

    One that was taken out of the plan has `retired_at`, and `gave_way_to`, where its people went. Nobody active stands in it.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", "Lead"
        APPLIED = "applied", "Applied"
        SCREEN = "screen", "Screen"
        INTERVIEW = "interview", "Interview"
        OFFER = "offer", "Offer"
        HIRED = "hired", "Hired"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    target_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days after which a card is late here."
    )
    limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many people should stand here at once."
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    gave_way_to = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            ExclusionConstraint(
                name="stage_order",
                expressions=[("job", RangeOperators.EQUAL), ("position", RangeOperators.EQUAL)],
                condition=Q(retired_at=None),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["job", "name"], condition=Q(retired_at=None), name="stage_name_in_job"),
        )

    def __str__(self) -> str:
        return self.name


class RejectionReason(models.Model):
    """EQ-10: a disposition code, and who ended it."""

    class EndedBy(models.TextChoices):
        EMPLOYER = "employer", "We said no"
        CANDIDATE = "candidate", "They said no"
        SYSTEM = "system", "The system"

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=100)
    ended_by = models.CharField(max_length=9, choices=EndedBy.choices)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "label")

    def __str__(self) -> str:
        return self.label


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.jobs_visible_to(user, "job"))

    def active(self) -> Self:
        return self.filter(status=Application.Status.ACTIVE)

    def to_review(self) -> Self:
        """Active applications nobody has decided on yet, in a stage where that is the next thing to do."""
        return self.unseen().filter(~self._put_off())

    def put_off(self) -> Self:
        """Those that would wait to be reviewed, had nobody put them off until a day that is still to come."""
        return self.unseen().filter(self._put_off())

    def unseen(self) -> Self:
        return self.active().filter(reviewed_at=None, stage__kind=Stage.Kind.APPLIED)

    def _put_off(self) -> Exists:
        from pipeline.models.reviews import ReviewSnooze

        return Exists(ReviewSnooze.objects.filter(application=OuterRef("pk"), until__gt=timezone.now()))

    def past_target(self, now: dt.datetime) -> Self:
        """Active applications that stand in their stage longer than it allows."""
        days = ExpressionWrapper(F("stage__target_days") * dt.timedelta(days=1), output_field=models.DurationField())
        return (
            self.active()
            .annotate(_stood=now - F("entered_stage_at"))
            .filter(stage__target_days__isnull=False, _stood__gt=days)
        )

    def for_card(self) -> Self:
        return self.select_related("candidate", "job", "stage")


class Application(models.Model):
    """One candidate's attempt at one job: `stage` says where it stands, `status` how it ended.

    `stage` equals the last transition and changes only in pipeline/moves.py (invariant 2).
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        HIRED = "hired", "Hired"
        CONVERTED = "converted", "Moved to another job"

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="applications")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="applications")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="applications")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ACTIVE)
    opening = models.OneToOneField(Opening, null=True, blank=True, on_delete=models.PROTECT, related_name="application")
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="applications")
    resume = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="applications")
    origin = models.JSONField(default=dict, blank=True, help_text="JOB-18: first and last touch, as captured.")
    questions = models.JSONField(default=list, blank=True, help_text="The questions as they were asked of this person.")
    form_version = models.ForeignKey(
        FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="applications", db_index=False
    )
    answers = models.JSONField(default=dict, blank=True)
    receipt_number = models.CharField(max_length=12, unique=True, null=True, blank=True)
    submission_key = models.UUIDField(
        unique=True, null=True, blank=True, help_text="The form's own id: a second submit is the first one."
    )
    reason = models.ForeignKey(
        RejectionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    applied_at = models.DateTimeField()
    entered_stage_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(
        null=True, blank=True, help_text="When somebody first looked; until then the card is new."
    )
    created_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["candidate", "job"], condition=Q(status="active"), name="one_open_per_job"),
        )
        indexes = (
            models.Index(
                fields=["job", "status", "stage", "-entered_stage_at", "-id"],
                include=["candidate"],
                name="application_board",
            ),
            models.Index(fields=["candidate", "-applied_at"], name="application_by_candidate"),
            models.Index(fields=["-applied_at"], name="application_recent"),
            models.Index(KT("origin__first__via"), name="application_first_via"),
            models.Index(KT("origin__last__via"), name="application_last_via"),
            models.Index(
                fields=["job", "stage", "applied_at", "id"],
                condition=Q(status="active", reviewed_at=None),
                name="application_to_review",
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("candidate", args=[self.candidate_id])

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE


class Transition(models.Model):
    """Who moved an application from which stage to which, when and why. Append-only."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="transitions")
    left = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    to = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=9, choices=Application.Status.choices, help_text="The status after it.")
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    seconds_in_left = models.PositiveIntegerField(
        default=0, help_text="How long it stood where it left (docs/performance.md)."
    )
    reason = models.CharField(max_length=40, blank=True, help_text="A code: rejection reason, undo, hired.")

    class Meta:
        ordering = ("at", "pk")
        indexes = (
            models.Index(fields=["application", "at"], name="transition_by_application"),
            models.Index(fields=["at"], name="transition_at"),
        )


class BulkAct(models.Model):
    """One decision over many applications, recorded as a unit: what was asked, how far it is, and who could not be done.

    It is its own work list (invariant 10): `waiting` shrinks as applications are done, each in a transaction of its own.
    """

    class Kind(models.TextChoices):
        MOVE = "move", "Move"
        REJECT = "reject", "Reject"
        LETTER = "letter", "Write to"
        TRANSFER = "transfer", "Transfer"
        MAIL = "mail", "Mail to"
        RETIRE = "retire", "Take out of the plan"
        UNDO = "undo", "Undo"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="bulk_acts")
    by = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="How fresh the board was that people were picked on: who moved since is left out.",
    )
    once = models.UUIDField(
        null=True, unique=True, editable=False, help_text="The page that was confirmed; sent twice, it is one act."
    )
    to = models.ForeignKey(Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    alike = models.BooleanField(
        default=False,
        help_text="Each starts on the job of `to` in a stage like the one they stood in, if there is one.",
    )
    retires = models.ForeignKey(
        Stage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="retired_by",
        help_text="Taken out at the end.",
    )
    reason = models.ForeignKey(RejectionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(MailTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    delay_hours = models.PositiveSmallIntegerField(default=48)
    next_morning = models.BooleanField(
        default=False, help_text="The letters leave on each person's next working morning."
    )
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True, help_text="What each of them is written, with merge fields.")
    note = models.TextField(blank=True, help_text="What the team is told about each of them.")
    keep: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(
        null=True, blank=True, help_text="What each of them is promised (hiring/promises.py: Keep)."
    )
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    total = models.PositiveIntegerField()
    waiting = ArrayField(models.BigIntegerField(), default=list)
    done = ArrayField(models.BigIntegerField(), default=list, blank=True)
    failed = models.JSONField(
        default=list, blank=True, help_text="[[application id, why]]; {name} stands for the person."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["id"], condition=Q(finished_at=None), name="bulk_act_unfinished"),)

    def get_absolute_url(self) -> str:
        return reverse("pipeline:bulk_act", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class ApplicationValue(CustomValue):
    """What was filled into a custom field of an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="custom_values")

    class Meta:
        constraints = once("application")
        indexes = searched("application")
