"""What came by the form of a posting, before it is an application."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from hiring import access
from hiring.models import Job, Posting
from hiring.models.documents import random_key
from pipeline.models.applications import Application

if TYPE_CHECKING:
    from hiring.models import User


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.jobs_visible_to(user, "posting__job"))

    def waiting(self) -> Self:
        return self.filter(status=Arrival.Status.WAITING)

    def due(self, now: dt.datetime) -> Self:
        """Waiting, and not put off because it failed a moment ago."""
        return self.waiting().filter(due_at__lte=now)


class Arrival(models.Model):
    """What somebody sent, as it came. It is stored before anything is made of it, so whatever fails later can be done again.

    `sent` holds what was entered as long as it waits; once there is an application, that holds it and `sent` is empty.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "Being taken in"
        DONE = "done", "Taken in"
        HELD = "held", "Held back"
        LET_GO = "let_go", "Let go"

    class Held(models.TextChoices):
        """Why it is no application (pipeline/limiting.py)."""

        TOO_SOON = "too_soon", "They applied for this job not long ago"
        TOO_MANY = "too_many", "They are in process for as many jobs as we allow at once"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="arrivals")
    submission_key = models.UUIDField(unique=True, help_text="The form's own id: a second submit is the first one.")
    receipt_number = models.CharField(max_length=12, unique=True)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.WAITING)
    sent = models.JSONField(default=dict, help_text="The arguments of pipeline.intake.submit.")
    sent_by = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        help_text="A keyed hash of network and browser, until it is filed (pipeline/likeness.py).",
    )
    due_at = models.DateTimeField(help_text="When it is taken in; later than it came once that has failed.")
    attempts = models.PositiveSmallIntegerField(default=0)
    held_because = models.CharField(max_length=8, choices=Held.choices, blank=True)
    settled_by = models.ForeignKey(
        "hiring.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who took it in or let it go.",
    )
    problem = models.CharField(
        max_length=200, blank=True, help_text="The kind of fault that kept it from being taken in."
    )
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.SET_NULL, related_name="arrivals"
    )

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["due_at", "id"], condition=Q(status="waiting"), name="arrival_waiting"),)

    def __str__(self) -> str:
        return self.receipt_number


class ApplyingLimits(models.Model):
    """How often one person may apply. One row; an administrator changes it."""

    most_open = models.PositiveSmallIntegerField(
        "Applications at once", default=10, help_text="Of one person, over all jobs. 0: as many as they like."
    )
    again_after_days = models.PositiveSmallIntegerField(
        "Days before the same job again",
        default=30,
        help_text="After we decided on the earlier application. 0: at once.",
    )
    confirm_address = models.BooleanField(
        "Applicants confirm their e-mail address",
        default=False,
        db_default=False,
        help_text="The application counts in any case; until they do, colleagues read that the address is not confirmed. "
        "A job may say otherwise on its page “At the door”.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "Limits of applying"
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="one_row_of_applying_limits"),)

    def __str__(self) -> str:
        return "Limits of applying"


class ArrivedFile(models.Model):
    """A file that came with it, checked. Once it is taken in, a document of the person owns the bytes and this row is gone."""

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="files")
    field = models.CharField(max_length=60, help_text="The argument of pipeline.intake.submit it is.")
    file = models.FileField(upload_to=random_key, max_length=120)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=4, help_text="pdf, docx, odt, rtf or txt.")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)


class Trait(models.Model):
    """Something an application may have in common with another one for the same job, as a hash: who shares it looks alike."""

    class Kind(models.TextChoices):
        FILE = "file", "the same file"
        ANSWER = "answer", "an answer in the same words"
        ADDRESS = "address", "e-mail addresses that differ by digits or dots alone"
        SENDER = "sender", "sent from the same network with the same kind of browser, within minutes"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="traits")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["application", "kind", "key"], name="trait_once"),)
        indexes = (
            models.Index(fields=["job", "kind", "key"], name="trait_shared"),
            models.Index(fields=["at"], condition=Q(kind="sender"), name="trait_of_a_sender"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class AddressCheck(models.Model):
    """What a job says of confirming addresses where it says something else than the limits of applying."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="address_check")
    is_on = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.job}: {'on' if self.is_on else 'off'}"


class AddressConfirmation(models.Model):
    """That somebody who applied was asked whether the address is theirs, and when they said so."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="address_confirmation")
    address = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=["asked_at"], condition=Q(confirmed_at=None), name="address_unconfirmed"),)

    def __str__(self) -> str:
        return "confirmed" if self.confirmed_at else "not confirmed"
