"""The form that makes an access key."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict

from hiring.models import ApiKey

DAYS = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "A year")]


class KeyForm(forms.Form):
    """Named after the arguments of hiring.api_keys.make."""

    name = forms.CharField(
        max_length=60,
        help_text="What uses it, such as “Payroll” or “Reports”. Histories say it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        choices=ApiKey.Scope.choices, initial=ApiKey.Scope.READ, widget=forms.RadioSelect, label="What it may do"
    )
    days = forms.TypedChoiceField(coerce=int, initial=90, label="Lasts")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        most = settings.API_KEY_MOST_DAYS
        offered: list[tuple[int, Any]] = [(days, words) for days, words in DAYS if days <= most]
        self.fields["days"].choices = offered or [(most, f"{most} days")]  # type: ignore[attr-defined]
        self.fields["days"].initial = 90 if most >= 90 else most
