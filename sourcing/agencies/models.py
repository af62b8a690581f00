"""Agencies, their people, what they were given and what they presented; and who presented whom first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from hiring import access, masks
from hiring.models import Candidate, Document, Job, Source
from pipeline.models import Application

if TYPE_CHECKING:
    from hiring.models import User

LONGEST_WINDOW = 1_095


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, user: User) -> Self:
        return self.all() if access.can_distribute(user) else self.none()


class Agency(models.Model):
    """A firm that presents people to us. It is a source of its own, and never the employer in any advert (JOB-11)."""

    name = models.CharField(max_length=80, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="agencies")
    is_active = models.BooleanField(default=True)
    window_days = models.PositiveSmallIntegerField(
        "ownership window",
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WINDOW)],
        help_text="For how many days somebody they presented first counts as theirs.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "days until an answer",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="After so many days they read “not taken on” where nothing came of it by itself.",
    )
    writes_to_people = models.BooleanField(
        "write to the people they present",
        default=True,
        help_text="We tell them that they were presented, what we hold, and where they see how it stands (PRIV-4).",
    )
    fee_note = models.TextField(max_length=1_000, blank=True, help_text="What was agreed. For recruiters only.")
    created_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sourcing:agency", args=[self.pk])


class AgencyUser(models.Model):
    """Somebody of an agency: an address they prove to hold each time they come in. No password, and no account of ours."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="users")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)
    invited_by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sessions_from = models.DateTimeField(help_text="Sessions that began before are over.")
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="one_agency_user_per_email"),)

    def __str__(self) -> str:
        return self.name

    @property
    def may_come_in(self) -> bool:
        return self.is_active and self.agency.is_active


class AgencyJobQuerySet(models.QuerySet["AgencyJob"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def open_to(self, agency: Agency) -> Self:
        """What the agency may present people for now. A job that became confidential since is not among them."""
        known = Q(job__confidential=False) | Q(tells_secret=True)
        return self.standing().filter(known, agency=agency, job__status=Job.Status.OPEN)


class AgencyJob(models.Model):
    """A job an agency was given. `tells_secret`: somebody decided that they may know of a confidential one."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="jobs")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="agency_jobs")
    brief = models.TextField(max_length=4_000, blank=True, help_text="What we tell the agency beside the posting.")
    tells_secret = models.BooleanField(default=False)
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AgencyJobQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["agency", "job"], condition=Q(ended_at=None), name="a_job_once_an_agency"),
        )


class AgencyTerms(models.Model):
    """A version of what agencies agree to. Words that were accepted are never changed: a new version follows."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField(max_length=30_000)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("hiring.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-version",)
        verbose_name_plural = "agency terms"

    def __str__(self) -> str:
        return f"Version {self.version}"


class AgencyAcceptance(models.Model):
    """Who accepted which version for their agency, and what window stood in it then."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="acceptances")
    terms = models.ForeignKey(AgencyTerms, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(AgencyUser, on_delete=models.PROTECT, related_name="+")
    window_days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["agency", "terms"], name="terms_once_an_agency"),)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def of(self, agency: Agency) -> Self:
        """What an agency presented: all it ever sees of anybody."""
        return self.filter(agency=agency)

    def visible_to(self, user: User) -> Self:
        """For recruiters: those for jobs they see, and of people they may know."""
        if not access.can_distribute(user):
            return self.none()
        known = masks.without_hidden(user, "candidate")
        if known:  # an empty filter would be swallowed by the other half
            known |= Q(candidate=None)
        return self.filter(access.jobs_visible_to(user, "job"), known, candidate__merged_into=None)

    def received(self) -> Self:
        return self.filter(outcome=Submission.Outcome.RECEIVED)

    def disputed(self) -> Self:
        return self.filter(Exists(Dispute.objects.filter(submission=OuterRef("pk"), settled_at=None)))


def submission_key(submission: Submission, filename: str) -> str:
    return f"agencies/{submission.submission_key.hex}"


class Submission(models.Model):
    """Somebody an agency presented for a job, as the agency gave it, and what that was worth (deciding.py)."""

    class Basis(models.TextChoices):
        CONSENT = "consent", "They agreed to be presented to you for this job"
        CONTRACT = "contract", "They asked us to apply for them"

    class How(models.TextChoices):
        WRITTEN = "written", "In writing"
        MAIL = "mail", "By e-mail"
        SPOKEN = "spoken", "In a conversation"

    class Outcome(models.TextChoices):
        RECEIVED = "received", "Not looked at yet"
        OWNED = "owned", "Presented first"
        IN_PROCESS = "in_process", "In process with us already"
        KNOWN = "known", "We were in touch already"
        OTHER = "other", "Another agency presented them before"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="submissions")
    user = models.ForeignKey(AgencyUser, on_delete=models.PROTECT, related_name="submissions")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="agency_submissions")
    terms = models.ForeignKey(AgencyTerms, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    link = models.CharField(max_length=320, blank=True)
    words = models.TextField(max_length=2_000, blank=True)
    basis = models.CharField(max_length=8, choices=Basis.choices)
    agreed_on = models.DateField(help_text="The day the person agreed, as the agency states it.")
    agreed_how = models.CharField(max_length=7, choices=How.choices)
    statement = models.CharField(max_length=64, help_text="SHA-256 of the statement that was confirmed (PRIV-2).")
    file = models.FileField(upload_to=submission_key, max_length=80, blank=True)
    file_name = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    answer_at = models.DateTimeField(help_text="When “not taken on” may be read where nothing came of it.")
    submission_key = models.UUIDField(unique=True, help_text="The form's own id: a second submit is the first one.")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RECEIVED)
    decided_at = models.DateTimeField(null=True, blank=True)
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="agency_submissions"
    )
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="agency_submissions"
    )
    resume = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    told = models.CharField(max_length=12, blank=True, help_text="The word the agency was told last.")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["agency", "-received_at", "-id"], name="submissions_of_an_agency"),
            models.Index(fields=["received_at", "id"], condition=Q(outcome="received"), name="submissions_to_decide"),
        )

    def __str__(self) -> str:
        return f"{self.name}, presented by {self.agency}"

    @property
    def is_owned(self) -> bool:
        return self.outcome == self.Outcome.OWNED


class Ownership(models.Model):
    """For how long somebody counts as one agency's. Two agencies never own the same person at the same moment: the database says so."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="agency_ownerships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="ownerships")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.SET_NULL, related_name="ownerships")
    during = DateTimeRangeField()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_agency_owns_a_person",
                expressions=[("candidate", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        )

    @property
    def starts_at(self) -> dt.datetime:
        return self.during.lower

    @property
    def ends_at(self) -> dt.datetime:
        return self.during.upper

    @property
    def is_running(self) -> bool:
        return not self.during.isempty and self.starts_at <= timezone.now() < self.ends_at


class Dispute(models.Model):
    """Somebody does not agree with what a submission was worth; a recruiter looks, and says how it stays."""

    class Result(models.TextChoices):
        KEPT = "kept", "Stays as it was"
        AWARDED = "awarded", "Awarded to this agency"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="disputes")
    by_agency = models.ForeignKey(AgencyUser, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(max_length=1_000)
    at = models.DateTimeField()
    result = models.CharField(max_length=7, choices=Result.choices, blank=True)
    why = models.TextField(max_length=1_000, blank=True, help_text="For colleagues; the agency does not read it.")
    settled_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["submission"], condition=Q(settled_at=None), name="one_open_dispute"),
        )
