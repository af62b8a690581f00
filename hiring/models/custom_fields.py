"""Fields an organisation adds itself: what they are, and their values, one table for each kind of thing they stand on.

A value lies in the column of its type, so that it can be searched and sorted as what it is. Values point at options and
colleagues by number: renaming an option renames it everywhere, retiring one takes nothing away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from hiring import access

if TYPE_CHECKING:
    from hiring.models.people import User


MOST_DECIMALS = 4


def default_roles() -> list[str]:
    return [access.ADMIN, access.RECRUITER]


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(access.custom_fields_visible_to(user))

    def in_use(self) -> Self:
        return self.filter(is_active=True)


class CustomField(models.Model):
    """One field an administrator defined. `kind` says what it stands on; it and `type` never change once there are values."""

    class Kind(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        APPLICATION = "application", "Application"
        JOB = "job", "Job"
        OFFER = "offer", "Offer"

    class Type(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        MONEY = "money", "Amount of money"
        DATE = "date", "Date"
        CHOICE = "choice", "One of several"
        MULTI = "multi", "Several of several"
        LINK = "link", "Link"
        USER = "user", "Colleague"

    kind = models.CharField("stands on", max_length=11, choices=Kind.choices)
    key = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9_]*$", "Small letters, digits and underscores, beginning with a letter.")
        ],
        help_text="How searches and files call it, such as notice_period: cf.notice_period:3",
    )
    name = models.CharField(max_length=80)
    help_text = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=6, choices=Type.choices)
    currency = models.CharField(max_length=3, default="EUR", help_text="Of an amount of money.")
    minimum = models.DecimalField(
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Of a number; an amount of money is not below 0.",
    )
    maximum = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(
        default=MOST_DECIMALS,
        validators=[MaxValueValidator(MOST_DECIMALS)],
        help_text="Of a number; an amount of money has those of its currency.",
    )
    is_required = models.BooleanField(default=False)
    is_private = models.BooleanField(
        default=False, help_text="Only for the roles below; nobody else sees that it exists."
    )
    roles = models.JSONField(default=default_roles, blank=True, help_text="Who sees it when it is private.")
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True, help_text="Off: it is no longer shown or asked for; its values stay.")

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "position", "name")

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        return self.type in {self.Type.NUMBER, self.Type.MONEY}

    @property
    def has_options(self) -> bool:
        return self.type in {self.Type.CHOICE, self.Type.MULTI}


class CustomFieldOption(models.Model):
    """What can be chosen. A retired one stays with those who have it and is offered to nobody else."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options")
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "label")
        constraints = (models.UniqueConstraint(fields=["field", "label"], name="custom_option_once"),)

    def __str__(self) -> str:
        return self.label


class CustomValue(models.Model):
    """One value of one field; of a field of several, one row for each. A floor's own table adds a foreign key named like its kind."""

    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    option = models.ForeignKey(CustomFieldOption, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_set = models.BooleanField(default=True, help_text="Off: it was emptied; the row stays for its history.")
    set_by = models.ForeignKey("hiring.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    origin = models.CharField(
        max_length=12, default="typed", help_text="Where it came from: typed, import, form, merge."
    )

    class Meta:
        abstract = True


def once(kind: str) -> tuple[models.UniqueConstraint, models.UniqueConstraint]:
    """A field has one value on a thing; a field of several has each option once."""
    return (
        models.UniqueConstraint(fields=[kind, "field"], condition=Q(option=None), name=f"{kind}_value_once"),
        models.UniqueConstraint(
            fields=[kind, "field", "option"], condition=Q(option__isnull=False), name=f"{kind}_option_once"
        ),
    )


def searched(kind: str) -> tuple[models.Index, models.Index, models.Index]:
    """What a search by a field reads: numbers and dates as ranges, options by equality (the foreign key's own index)."""
    return (
        models.Index(fields=["field", "number", kind], condition=Q(number__isnull=False), name=f"{kind}_value_number"),
        models.Index(fields=["field", "date", kind], condition=Q(date__isnull=False), name=f"{kind}_value_date"),
        models.Index(fields=["field", kind], name=f"{kind}_value_field"),
    )


class CandidateValue(CustomValue):
    candidate = models.ForeignKey("Candidate", on_delete=models.CASCADE, related_name="custom_values")

    class Meta:
        constraints = once("candidate")
        indexes = searched("candidate")


class JobValue(CustomValue):
    job = models.ForeignKey("Job", on_delete=models.CASCADE, related_name="custom_values")

    class Meta:
        constraints = once("job")
        indexes = searched("job")
