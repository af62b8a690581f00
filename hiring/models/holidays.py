"""Days on which nobody works, kept by administrators: of a country, or of every place there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Collection

FULLEST_YEAR = 60
"""More yearly holidays than any country has; a calendar without a working day would never come to an end."""


class Holiday(models.Model):
    """A day off. `country` empty means everywhere; what comes back on the same day each year is written once."""

    name = models.CharField(max_length=80)
    day = models.DateField()
    every_year = models.BooleanField(default=False, help_text="It falls on this day of this month each year.")
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters, such as FR.")],
        help_text="ISO 3166-1 alpha-2, such as FR. Empty: nobody works anywhere on this day.",
    )

    class Meta:
        ordering = ("day", "country")
        constraints = (models.UniqueConstraint(fields=["country", "day"], name="holiday_once"),)

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%Y-%m-%d}"

    def clean(self) -> None:
        yearly = Holiday.objects.filter(every_year=True, country=self.country).exclude(pk=self.pk)
        if self.every_year and yearly.count() >= FULLEST_YEAR:
            raise ValidationError(f"A country has at most {FULLEST_YEAR} holidays that come back each year.")

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.country = self.country.strip().upper()
        super().clean_fields(exclude=exclude)
