"""Interviews: what is asked (kit), when and by whom (interview, seats), and what each thought (scorecard)."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import Job
from pipeline.models import Application, Stage

if TYPE_CHECKING:
    from hiring.models import User


def candidate_zone(application: Application) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(application.candidate.time_zone or application.job.location.time_zone)


class InterviewKit(models.Model):
    """One interview of a job's plan: how long, which focus attributes, which questions."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="kits")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="kits")
    name = models.CharField(max_length=100)
    minutes = models.PositiveSmallIntegerField(default=45)
    focus = models.JSONField(default=list, help_text="Attributes to rate: a list of short phrases.")
    questions = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    came_from = models.JSONField(
        default=list, editable=False, help_text="Stages that left the plan and took it along, one after the other."
    )

    class Meta:
        ordering = ("stage__position", "position")
        constraints = (models.UniqueConstraint(fields=["job", "name"], name="kit_name_in_job"),)

    def __str__(self) -> str:
        return self.name


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User) -> Self:
        """Interviews of the pipelines one works in, and those one sits in."""
        sits_in = Seat.objects.filter(user=user.pk).values("interview")
        return self.filter(access.pipelines_visible_to(user, "application__job") | Q(pk__in=sits_in))

    def live(self) -> Self:
        return self.exclude(status=Interview.Status.CANCELLED)

    def for_row(self) -> Self:
        return self.select_related("application__candidate", "application__job__location", "kit")

    def for_page(self) -> Self:
        """With everything a page about one interview, or a list of them, touches."""
        return self.for_row().prefetch_related(
            Prefetch("seats", Seat.objects.select_related("user").order_by("user__full_name", "pk"))
        )


class Answer(models.TextChoices):
    """What an invited person said: the PARTSTAT of their calendar (CAL-4)."""

    NEEDS_ACTION = "NEEDS-ACTION", "No answer yet"
    ACCEPTED = "ACCEPTED", "Accepted"
    TENTATIVE = "TENTATIVE", "Tentative"
    DECLINED = "DECLINED", "Declined"


class Interview(models.Model):
    """A meeting of a candidate and a panel.

    Wall time is stored with its zone (CAL-18); UIDs live as long as it does (CAL-9).
    Changes only through the verbs of interviews/scheduling.py.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        CANCELLED = "cancelled", "Cancelled"
        DONE = "done", "Done"

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="interviews")
    kit = models.ForeignKey(InterviewKit, null=True, blank=True, on_delete=models.PROTECT, related_name="interviews")
    title = models.CharField(max_length=150)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    wall_time = models.CharField(
        max_length=16, default="", help_text="CAL-18: the start as agreed, 2026-12-07T10:00 in `time_zone`."
    )
    place = models.CharField(max_length=300, blank=True, help_text="A room or a video address.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SCHEDULED)
    panel_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, help_text="CAL-7: raised by each change of time or status.")
    candidate_answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NEEDS_ACTION)
    candidate_answered_at = models.DateTimeField(null=True, blank=True, help_text="CAL-6: the newest answer wins.")
    candidate_comment = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = InterviewQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["starts_at"], name="interview_by_start"),
            models.Index(fields=["application", "starts_at"], name="interview_by_application"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interviews:interview", args=[self.pk])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def candidate_zone(self) -> zoneinfo.ZoneInfo:
        """Where the candidate's clock is: their own zone when known, else that of the job's place."""
        return candidate_zone(self.application)

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def focus(self) -> list[str]:
        return list(self.kit.focus) if self.kit else []

    @property
    def questions(self) -> list[str]:
        return list(self.kit.questions) if self.kit else []


class SeatQuerySet(models.QuerySet["Seat"]):
    def live(self) -> Self:
        return self.filter(is_live=True)

    def owing(self) -> Self:
        """Live seats whose scorecard is not in yet, whether the interview has been or is still to come."""
        handed_in = Scorecard.objects.submitted().filter(interview=OuterRef("interview"), author=OuterRef("user"))
        return self.live().exclude(Exists(handed_in))

    def due(self) -> Self:
        """Owing a scorecard for an interview that is over."""
        return self.owing().filter(interview__ends_at__lte=timezone.now())


class Seat(models.Model):
    """One interviewer's place in a panel. The database refuses two live seats of one person at one time (CAL-25)."""

    Answer = Answer
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="seats")
    during = DateTimeRangeField()
    is_live = models.BooleanField(default=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="CAL-6: the newest answer wins.")
    comment = models.CharField(max_length=500, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["interview", "user"], name="one_seat_an_interviewer"),
            ExclusionConstraint(
                name="nobody_in_two_interviews",
                expressions=[("user", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(is_live=True),
            ),
        )


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def submitted(self) -> Self:
        return self.exclude(submitted_at=None)

    def visible_to(self, user: User) -> Self:
        """One's own; others' once submitted, for those who sat or may decide, never while an own one is owed (REC-8).

        Owed means for any interview of the same application: what must not be influenced is the view of the candidate.
        """
        sat = Seat.objects.live().filter(user=user.pk).values("interview__application")
        owes = Seat.objects.owing().filter(user=user.pk).values("interview__application")
        may_read = Q(interview__application__in=sat) | access.jobs_movable_by(user, "interview__application__job")
        others = Q(submitted_at__isnull=False) & may_read & ~Q(interview__application__in=owes)
        return self.filter(Q(author=user.pk) | others)


class Scorecard(models.Model):
    """One interviewer's verdict on one interview. Locked once submitted (REC-8)."""

    class Recommendation(models.TextChoices):
        STRONG_NO = "strong_no", "Strong no"
        NO = "no", "No"
        YES = "yes", "Yes"
        STRONG_YES = "strong_yes", "Strong yes"

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="scorecards")
    author = models.ForeignKey("hiring.User", on_delete=models.PROTECT, related_name="scorecards")
    ratings = models.JSONField(default=dict, help_text="Focus attribute to {score: 1..4, note}.")
    recommendation = models.CharField(max_length=10, choices=Recommendation.choices, blank=True)
    notes = models.TextField(max_length=20_000, blank=True)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["interview", "author"], name="one_scorecard_an_interviewer"),)

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def in_order(self) -> list[tuple[str, dict[str, Any]]]:
        """What was said, in the order of the focus; the database keeps no order of its own."""
        attributes = dict.fromkeys([*self.interview.focus, *self.ratings])
        return [(attribute, self.ratings[attribute]) for attribute in attributes if attribute in self.ratings]


class ScorecardVersion(models.Model):
    """What a submitted scorecard said before its author corrected it, and why (REC-8). Append-only."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="versions")
    ratings = models.JSONField(default=dict)
    recommendation = models.CharField(max_length=10, choices=Scorecard.Recommendation.choices, blank=True)
    notes = models.TextField(max_length=20_000, blank=True)
    reason = models.CharField(max_length=300)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("replaced_at", "pk")
