"""Forms that put a parsed profile right: a single value, or an entry of one of its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from hiring.forms.candidates import WHY, WHY_HINT
from hiring.models import Source
from hiring.resumes import corrections, merged, shown

MONTHS = {"start", "end", "date"}
LEVELS = [("", "Not said"), *((level, level.capitalize()) for level in corrections.LEVELS)]


class FactForm(forms.Form):
    """Named after the argument of hiring.resumes.corrections.correct_fact; empty says that there is none."""

    value = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: QueryDict | None = None, *, fact: str, value: str = "") -> None:
        super().__init__(data, initial={"value": value}, auto_id=f"correct_{fact}_%s")
        self.fields["value"].label = shown.LABELS[fact]
        self.fields["value"].max_length = corrections.LONGEST[fact]  # type: ignore[attr-defined]
        if fact == "summary":
            self.fields["value"].widget = forms.Textarea(attrs={"rows": 5})


class EntryForm(forms.Form):
    """The fields of one entry of a list, as corrections.correct_entry and add_entry take them."""

    def __init__(self, data: QueryDict | None = None, *, section: str, entry: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id=f"correct_{section}_%s")
        for name in merged.ENTRIES[section]:
            label = shown.SECTIONS[section][1].capitalize() if name == "value" else shown.FIELD_LABELS[name]
            field: forms.Field = forms.CharField(
                label=label, required=False, max_length=corrections.LONGEST_VALUE, widget=_text(section, name)
            )
            if name == "level":
                field = forms.ChoiceField(label=label, required=False, choices=LEVELS)
            field.initial = typed(section, name, entry) if entry else ""
            self.fields[name] = field

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.fields}


def _text(section: str, name: str) -> forms.TextInput:
    attrs = {"autocomplete": "off"}
    if name in MONTHS:
        attrs["placeholder"] = "2021-03, now" if section == "positions" and name == "end" else "2021-03"
    return forms.TextInput(attrs=attrs)


def typed(section: str, name: str, entry: Mapping[str, Any]) -> str:
    """A value as one would type it."""
    if section == "positions" and name == "end" and entry.get("is_current"):
        return "now"
    return merged.shown(entry.get(name))


class JsonResumeForm(forms.Form):
    """A JSON Resume of a person, and why we may keep it."""

    file = forms.FileField(
        label="File",
        help_text="A .json file in the JSON Resume format. Whoever is known by its addresses gets it as a further résumé.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".json,application/json"}),
    )
    source = forms.ModelChoiceField(Source.objects.filter(is_active=True), required=False, empty_label="Not known")
    why = forms.ChoiceField(
        label="Why may we keep their data?",
        choices=[(key, label) for key, (_, _, label) in WHY.items()],
        widget=forms.RadioSelect,
        help_text=WHY_HINT,
    )

    def arguments(self) -> dict[str, Any]:
        """What hiring.resumes.exchange.bring_in takes besides the file."""
        purpose, basis, _ = WHY[self.cleaned_data["why"]]
        return {"source": self.cleaned_data["source"], "purpose": purpose, "basis": basis}
