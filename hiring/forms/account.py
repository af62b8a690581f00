"""What people set for themselves."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms

from hiring import notifications
from hiring.models import User

WEEKDAYS = [("1", "Mon"), ("2", "Tue"), ("3", "Wed"), ("4", "Thu"), ("5", "Fri"), ("6", "Sat"), ("7", "Sun")]
NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


def zone_choices(current: str) -> list[tuple[str, Any]]:
    """IANA zones by continent, and the one in use whatever it is called."""
    places: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones() | {current}):
        continent, _, place = name.partition("/")
        if place and not name.startswith(NOT_PLACES):
            places.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    other = [current] if current and ("/" not in current or current.startswith(NOT_PLACES)) else []
    return [
        *((continent, zones) for continent, zones in places.items()),
        *((name, name) for name in dict.fromkeys([*other, "UTC"])),
    ]


class AccountForm(forms.ModelForm):
    workdays = forms.MultipleChoiceField(
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        label="Days you work",
        error_messages={"required": "Choose at least one day."},
    )

    told = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="Tell me when", required=False, choices=()
    )

    class Meta:
        model = User
        fields = (
            "full_name",
            "job_title",
            "time_zone",
            "workday_start",
            "workday_end",
            "workdays",
            "theme",
            "single_key_shortcuts",
            "notification_mail",
        )
        labels = {
            "full_name": "Name",
            "workday_start": "Interviews from",
            "workday_end": "until",
            "single_key_shortcuts": "Single-key shortcuts",
            "notification_mail": "Mail about notifications",
        }
        help_texts = {
            "workday_start": "",
            "single_key_shortcuts": "Such as / for search. Turn them off if they get in the way of speech input or a screen reader.",
        }
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "workday_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "workday_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["workdays"] = list(self.instance.workdays)
        declared = sorted(notifications.kinds.values(), key=lambda kind: kind.label)
        self.fields["told"].choices = [(kind.key, kind.label) for kind in declared]  # type: ignore[attr-defined]
        self.initial["told"] = [kind.key for kind in declared if kind.key not in self.instance.quiet_kinds]
        self.fields["time_zone"] = forms.ChoiceField(
            label="Time zone",
            choices=zone_choices(self.instance.time_zone),
            help_text="All times you see are on this clock.",
        )

    def clean_workdays(self) -> str:
        return "".join(sorted(self.cleaned_data["workdays"]))

    def save(self, commit: bool = True) -> User:
        self.instance.quiet_kinds = sorted(set(notifications.kinds) - set(self.cleaned_data["told"]))
        saved: User = super().save(commit)
        return saved

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("workday_start"), cleaned.get("workday_end")
        if start and end and start >= end:
            self.add_error("workday_end", "This must be later than the start.")
        return cleaned
