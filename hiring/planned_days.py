"""Days that people plan by. A year nobody can have meant, such as 1 or 20266, is a slip and is said before it is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from hiring.errors import Refused

YEARS_BACK, YEARS_AHEAD = 10, 10


def check(day: dt.date | None, what: str, *, back: int = YEARS_BACK, ahead: int = YEARS_AHEAD) -> None:
    """Refused for a year out of reach. `what` is planned, in words that stand before “between 2025 and 2036”."""
    this = timezone.localdate().year
    if day and not this - back <= day.year <= this + ahead:
        raise Refused(f"The year {day.year} cannot be meant: {what} between {this - back} and {this + ahead}.")


class PlannedDay(forms.DateField):
    """A planned day in a form: the same refusal, at the field."""

    def __init__(self, what: str, *, back: int = YEARS_BACK, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs})
        self.what, self.back = what, back

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        try:
            check(value, self.what, back=self.back)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from None
