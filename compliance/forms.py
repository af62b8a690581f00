"""Filters of the audit page."""

from __future__ import annotations

from typing import Any

from django import forms

from compliance.models import AuditEntry
from compliance.reading import nouns
from hiring.models import User


class AuditFilter(forms.Form):
    """What to show. Nothing chosen shows everything, newest first."""

    actor = forms.ModelChoiceField(User.objects.none(), required=False, label="Who", empty_label="Anybody")
    door = forms.ChoiceField(required=False, choices=[("", "Any way"), *AuditEntry.Door.choices], label="Via")
    table = forms.ChoiceField(required=False, label="What")
    action = forms.ChoiceField(required=False, choices=[("", "Any change"), *AuditEntry.Action.choices], label="Change")
    object_id = forms.CharField(
        required=False, max_length=40, label="Number", widget=forms.TextInput(attrs={"size": 8})
    )

    def __init__(self, *args: Any, tables: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actor"].queryset = User.objects.all()  # type: ignore[attr-defined]
        named = sorted((nouns().get(table, table).capitalize(), table) for table in tables)
        self.fields["table"].choices = [("", "Anything"), *((table, name) for name, table in named)]  # type: ignore[attr-defined]


class SearchFilter(forms.Form):
    """Whose searches, and from which day to which."""

    by = forms.ModelChoiceField(User.objects.none(), required=False, label="Who", empty_label="Anybody")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].queryset = User.objects.all()  # type: ignore[attr-defined]
