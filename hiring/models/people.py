"""Colleagues and where the organisation is: users with their role, departments, locations."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from hiring import access


def check_time_zone(name: str) -> None:
    """Refuse anything that is not an IANA zone of the installed tz database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Use a name such as Europe/Paris.")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A colleague who signs in with an e-mail address, compared in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, role=User.Role.ADMIN, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A colleague. `role` is the global role; a job's team can add rights on that job (hiring/access.py)."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Administrator"
        RECRUITER = "recruiter", "Recruiter"
        COORDINATOR = "coordinator", "Coordinator"
        HIRING_MANAGER = "hiring_manager", "Hiring manager"
        INTERVIEWER = "interviewer", "Interviewer"
        COMPLIANCE_OFFICER = "compliance_officer", "Compliance officer"

    class NotificationMail(models.TextChoices):
        NONE = "none", "Never"
        DAILY = "daily", "Every morning, what I have not seen"
        AT_ONCE = "at_once", "At once"

    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.INTERVIEWER)
    department = models.ForeignKey("Department", null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    lead = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="team_led",
        help_text="Whom this person answers to: asked where an approval chain asks a hiring manager's lead.",
    )
    time_zone = models.CharField(max_length=64, default="Europe/Paris", validators=[check_time_zone])
    workday_start = models.TimeField(default=dt.time(9, 0), help_text="Local time from which interviews may be placed.")
    workday_end = models.TimeField(default=dt.time(17, 30))
    workdays = models.CharField(max_length=7, default="12345", help_text="ISO weekdays worked, 1 is Monday.")
    theme = models.CharField(
        max_length=5, choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")], default="auto"
    )
    notification_mail = models.CharField(max_length=7, choices=NotificationMail.choices, default=NotificationMail.NONE)
    quiet_kinds = models.JSONField(default=list, blank=True, help_text="Kinds of notification this person turned off.")
    single_key_shortcuts = models.BooleanField(default=True)  # A11Y-9: they can be turned off
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the administration.")
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    hidden_kinds: list[str] | None = (
        None  # from whom jobs hide names, of all there are: loaded with the session (accounts.py)
    )
    team_rows: list[str] | None = (
        None  # the teams they are on, loaded with the session, for access.remember_teams alone
    )
    remembered_teams: access.Teams | None = None  # set for the length of a request: hiring.access.remember_teams
    objects = UserManager()

    class Meta:
        ordering = ("full_name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="one_user_per_email"),)

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]

    @property
    def initials(self) -> str:
        words = self.full_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or self.email[:2].upper()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Department(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """A place of work. The country is required: JOB-8 forbids guessing it when a job is published."""

    name = models.CharField(max_length=100, unique=True, help_text="As people say it: Lyon, or Lyon Part-Dieu.")
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=16, blank=True, help_text="Some job boards list no place without one.")
    street = models.CharField(max_length=120, blank=True, help_text="Street and number, for job boards that show it.")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, such as FR.")
    time_zone = models.CharField(max_length=64, default="Europe/Paris", validators=[check_time_zone])

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
