"""The role to fill: job, team, openings, template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from hiring import access

if TYPE_CHECKING:
    from hiring.models.people import User


class EmploymentType(models.TextChoices):
    """JOB-6: the values search engines accept."""

    FULL_TIME = "FULL_TIME", "Full time"
    PART_TIME = "PART_TIME", "Part time"
    CONTRACTOR = "CONTRACTOR", "Contractor"
    TEMPORARY = "TEMPORARY", "Temporary"
    INTERN = "INTERN", "Internship"


class Workplace(models.TextChoices):
    ON_SITE = "on_site", "On site"
    HYBRID = "hybrid", "Hybrid"
    REMOTE = "remote", "Fully remote"


class PayPeriod(models.TextChoices):
    HOUR = "HOUR", "an hour"
    DAY = "DAY", "a day"
    MONTH = "MONTH", "a month"
    YEAR = "YEAR", "a year"


class Level(models.TextChoices):
    """How much of a trade a job takes. Shown to approvers; words of the advert are the posting's own."""

    ENTRY = "entry", "Entry"
    JUNIOR = "junior", "Junior"
    MID = "mid", "Mid level"
    SENIOR = "senior", "Senior"
    LEAD = "lead", "Lead or principal"
    MANAGER = "manager", "Manager"
    DIRECTOR = "director", "Director"
    EXECUTIVE = "executive", "Executive"


class JobCategory(models.TextChoices):
    """The job categories of the US report EEO-1, component 1, by which workforces are counted; says nothing of any person."""

    EXECUTIVES = "1.1", "1.1 Executive or senior-level officials and managers"
    MANAGERS = "1.2", "1.2 First or mid-level officials and managers"
    PROFESSIONALS = "2", "2 Professionals"
    TECHNICIANS = "3", "3 Technicians"
    SALES = "4", "4 Sales workers"
    ADMINISTRATIVE = "5", "5 Administrative support workers"
    CRAFT = "6", "6 Craft workers"
    OPERATIVES = "7", "7 Operatives"
    LABOURERS = "8", "8 Laborers and helpers"
    SERVICE = "9", "9 Service workers"


class JobTemplate(models.Model):
    """How a kind of job is usually hired for.

    `stages` is a list of {name, kind, target_days, limit}; `kits` a list of {stage, name, minutes, focus, questions},
    where `stage` is a stage's name; `more` holds what other parts keep with it, each a list below its own name
    (hiring/job_templates.py). The floors above read what is theirs when a job is created (hiring.events.job_created).
    """

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True, help_text="The posting's text to start from, HTML.")
    stages = models.JSONField(default=list)
    kits = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)
    fields = models.JSONField(
        default=dict, blank=True, help_text="The usual fields of the form that are not as usual: {field: mode}."
    )
    more = models.JSONField(default=dict, blank=True, help_text="What else goes with it, by part: criteria, rules.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.jobs_visible_to(user))

    def for_row(self) -> Self:
        return self.select_related("department", "location")


class Job(models.Model):
    """A role to fill, from the wish to the close. Status changes only through the verbs of hiring/jobs.py."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PENDING_APPROVAL = "pending_approval", "Waiting for approval"
        OPEN = "open", "Open"
        ON_HOLD = "on_hold", "On hold"
        CLOSED = "closed", "Closed"

    class Priority(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        URGENT = "urgent", "Urgent"

    requisition_id = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=150)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    department = models.ForeignKey("Department", on_delete=models.PROTECT, related_name="jobs")
    location = models.ForeignKey("Location", on_delete=models.PROTECT, related_name="jobs")
    workplace = models.CharField(max_length=8, choices=Workplace.choices, default=Workplace.HYBRID)
    employment_type = models.CharField(max_length=12, choices=EmploymentType.choices, default=EmploymentType.FULL_TIME)
    pay_min = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_max = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pay_currency = models.CharField(max_length=3, default="EUR")
    pay_period = models.CharField(max_length=5, choices=PayPeriod.choices, default=PayPeriod.YEAR)
    reason = models.CharField(max_length=200, blank=True, help_text="Why we hire: replacement, growth, project.")
    level = models.CharField(max_length=9, choices=Level.choices, blank=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    budget = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="What all its openings may cost a year."
    )
    eeo_category = models.CharField(max_length=3, choices=JobCategory.choices, blank=True)
    confidential = models.BooleanField(default=False, help_text="Only its own team sees that it exists.")
    target_date = models.DateField(null=True, blank=True, help_text="When the seat should be filled.")
    template = models.ForeignKey(JobTemplate, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    created_by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["status", "-created_at"], name="job_by_status"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(pay_min=None) | Q(pay_max=None) | Q(pay_min__lte=F("pay_max")), name="job_pay_min_up_to_max"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("pipeline:board", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @cached_property
    def members(self) -> list[TeamMember]:
        """The team with its people, by role and name: read once, because a page names them in its head and in its filters."""
        return list(self.team.select_related("user"))


class JobStatusChange(models.Model):
    """Who carried a job from which status to which, when and why. Append-only."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="status_changes")
    before = models.CharField(max_length=16, choices=Job.Status.choices)
    after = models.CharField(max_length=16, choices=Job.Status.choices)
    by = models.ForeignKey("User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at", "-pk")


class TeamMember(models.Model):
    """A colleague's part in one job."""

    class Role(models.TextChoices):
        RECRUITER = "recruiter", "Recruiter"
        COORDINATOR = "coordinator", "Coordinator"
        HIRING_MANAGER = "hiring_manager", "Hiring manager"
        SOURCER = "sourcer", "Sourcer"
        INTERVIEWER = "interviewer", "Interviewer"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey("User", on_delete=models.PROTECT, related_name="teams")
    role = models.CharField(max_length=14, choices=Role.choices)

    class Meta:
        ordering = ("role", "user__full_name")
        constraints = (models.UniqueConstraint(fields=["job", "user", "role"], name="once_a_role_in_a_team"),)


class Opening(models.Model):
    """One headcount of a job. The application that filled it points here (pipeline.Application.opening)."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        FILLED = "filled", "Filled"
        CANCELLED = "cancelled", "Cancelled"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="openings")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    target_start = models.DateField(null=True, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True, help_text="Why it was cancelled.")

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["job", "number"], name="opening_number_in_job"),)

    def __str__(self) -> str:
        return f"{self.job.requisition_id}-{self.number}"
