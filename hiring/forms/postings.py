"""The posting's words and its dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils import timezone

from hiring import last_changes, postings
from hiring.models import Posting
from hiring.planned_days import PlannedDay
from hiring.postings.places import moment_of
from hiring.seen import SeenForm, quoted

LANGUAGES = sorted(
    ((code, str(said["name"])) for code, said in LANG_INFO.items() if "name" in said), key=lambda one: one[1]
)


class PostingForm(SeenForm):
    """The words of a posting, who reads it and until when. Fields are named after the arguments of hiring.postings.edit."""

    title = forms.CharField(max_length=150, help_text="The role only: no place, pay or code.")
    language = forms.ChoiceField(choices=LANGUAGES, help_text="Of this title and text. Others are added below.")
    description = forms.CharField(
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true", "data-writes": ""}),
        help_text="A blank line begins a paragraph, “- ” a list item, “## ” a heading; [words](https://…) is a link. "
        "What you paste keeps its paragraphs, lists and links.",
    )
    show_pay = forms.BooleanField(label="Show the pay", required=False)
    remote_countries = forms.CharField(
        label="Remote from",
        required=False,
        max_length=60,
        help_text="Country codes such as FR, DE, for fully remote work.",
    )
    audience = forms.ChoiceField(choices=Posting.Audience.choices, label="Who reads it", widget=forms.RadioSelect)
    internal_days = forms.IntegerField(
        label="Days for colleagues alone",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Then everybody reads it.",
    )
    expires_on = PlannedDay("a posting ends", label="Last day to apply", required=False)

    def __init__(self, data: Any = None, *, posting: Posting) -> None:
        self.posting = posting
        names = ("title", "language", "show_pay", "remote_countries", "audience", "internal_days")
        initial = {name: getattr(posting, name) for name in names}
        words = postings.as_typed(posting.description)
        super().__init__(data, initial={**initial, "description": words, "expires_on": self._last_day()})
        if posting.language not in dict(LANGUAGES):
            self.fields["language"].choices = [(posting.language, posting.language), *LANGUAGES]  # type: ignore[attr-defined]

    def _last_day(self) -> dt.date | None:
        if not self.posting.expires_at:
            return None
        return (self.posting.expires_at - dt.timedelta(seconds=1)).astimezone(postings.zone_of(self.posting)).date()

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_remote_countries(self) -> str:
        return ", ".join(
            code.strip().upper() for code in self.cleaned_data["remote_countries"].split(",") if code.strip()
        )

    def clean_language(self) -> str:
        code: str = self.cleaned_data["language"]
        if self.posting.translations.filter(language=code).exists():
            raise forms.ValidationError("There is a translation into this language: take it away first.")
        return code

    def clean_internal_days(self) -> int:
        return self.cleaned_data["internal_days"] or self.posting.internal_days

    def clean_expires_on(self) -> dt.date | None:
        day = self.cleaned_data["expires_on"]
        if (
            day
            and "expires_on" in self.changed_data
            and day < timezone.now().astimezone(postings.zone_of(self.posting)).date()
        ):
            raise forms.ValidationError("This day has passed.")
        return day

    def standing(self) -> dict[str, Any]:
        return {name: self._plain(name, value) for name, value in self.initial.items()}

    def typed(self, name: str) -> Any:
        return self._plain(name, self.cleaned_data[name])

    def who_changed(self, name: str) -> str:
        column = {"expires_on": "expires_at"}.get(name, name)
        said = "" if name == "description" else self.standing()[name]
        choices = {str(key): str(label) for key, label in getattr(self.fields[name], "choices", [])}
        words = "changed this" if name == "description" else quoted(choices.get(said, said))
        return f"{last_changes.who(self.posting, column)} {words}"

    def _plain(self, name: str, value: Any) -> str:
        held = self.fields[name].prepare_value(value)
        return "" if held is None else str(held)

    @property
    def words(self) -> dict[str, Any]:
        """What was typed and is right; the last day ends at midnight where the job is."""
        words = dict(self.cleaned_data)
        if "expires_on" in words:
            day = words.pop("expires_on")
            words["expires_at"] = postings.end_of(day, self.posting) if day else None
        return words


class TimeForm(forms.Form):
    """When a posting goes out, on the clock where its job is."""

    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, data: Any = None, *, posting: Posting) -> None:
        self.posting = posting
        zone = postings.zone_of(posting)
        time = posting.publish_at.astimezone(zone) if posting.publish_at else None
        usual = dt.time(9, 0)
        super().__init__(data, initial={"on": time and time.date(), "at": time.time() if time else usual}, prefix="out")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "on" in cleaned and "at" in cleaned and self.moment is None:
            self.add_error("at", "This time does not exist on that day: clocks go forward over it.")
        return cleaned

    @property
    def moment(self) -> dt.datetime | None:
        return moment_of(self.cleaned_data["on"], self.cleaned_data["at"], self.posting)
