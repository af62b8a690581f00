"""The posting's words, its questions and its dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify

from hiring import postings
from hiring.application_form import questions, topics
from hiring.models import Posting

MAX_QUESTIONS = 20


class PostingForm(forms.Form):
    title = forms.CharField(max_length=150, help_text="The role only: no place, pay or code.")
    description = forms.CharField(
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "true"}),
        help_text="Plain text: a blank line begins a paragraph, “- ” a list item, “## ” a heading. HTML works too.",
    )
    show_pay = forms.BooleanField(label="Show the pay range", required=False)
    remote_countries = forms.CharField(
        label="Remote from",
        required=False,
        max_length=60,
        help_text="Country codes such as FR, DE, for a fully remote job.",
    )
    expires_on = forms.DateField(
        label="Last day to apply", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, posting: Posting) -> None:
        last_day = None
        if posting.expires_at:
            last_day = (posting.expires_at - dt.timedelta(seconds=1)).astimezone(postings.zone_of(posting)).date()
        self.posting = posting
        initial = {name: getattr(posting, name) for name in ("title", "show_pay", "remote_countries")}
        words = postings.as_typed(posting.description)
        super().__init__(data, initial={**initial, "description": words, "expires_on": last_day})

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_remote_countries(self) -> str:
        return ", ".join(
            code.strip().upper() for code in self.cleaned_data["remote_countries"].split(",") if code.strip()
        )

    def clean_expires_on(self) -> dt.date | None:
        day = self.cleaned_data["expires_on"]
        if (
            day
            and "expires_on" in self.changed_data
            and day < timezone.now().astimezone(postings.zone_of(self.posting)).date()
        ):
            raise forms.ValidationError("This day has passed.")
        return day

    @property
    def words(self) -> dict[str, Any]:
        """The arguments of hiring.postings.edit; the last day ends at midnight where the job is."""
        words = dict(self.cleaned_data)
        day = words.pop("expires_on")
        words["expires_at"] = postings.end_of(day, self.posting) if day else None
        return words


class QuestionForm(forms.Form):
    """One question of the application form. Options are one a line."""

    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    label = forms.CharField(
        max_length=200, label="Question", error_messages={"required": "Write the question, or remove it."}
    )
    type = forms.ChoiceField(choices=questions.TYPES[:7], label="Answer", initial="text")
    required = forms.BooleanField(required=False, label="Must be answered")
    options = forms.CharField(
        required=False, label="Choices", widget=forms.Textarea(attrs={"rows": 2}), help_text="One a line."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["options"] = [line.strip()[:100] for line in cleaned.get("options", "").splitlines() if line.strip()]
        if cleaned.get("label") and cleaned.get("type") in questions.WITH_OPTIONS and len(cleaned["options"]) < 2:
            self.add_error("options", "Give at least two choices, one a line.")
        if topics.BY_KEY["pay_history"].found_in(cleaned.get("label", "")):
            self.add_error("label", "Asking for past pay is not allowed (JOB-21).")
        return cleaned


class Questions(forms.BaseFormSet):
    """The rows of the questions editor; an empty row, or a removed one, is no question."""

    @property
    def chosen(self) -> list[dict[str, Any]]:
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data.get("label")]
        taken: set[str] = set()
        return [_question(form.cleaned_data, taken) for form in kept]


def _question(row: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """A question keeps its key for life, so that answers stay readable when its words change."""
    key = stem = row["key"] or slugify(row["label"])[:36].replace("-", "_") or "question"
    number = 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    taken.add(key)
    return {
        "key": key,
        "label": row["label"].strip(),
        "type": row["type"] or "text",
        "required": row["required"],
        "options": row["options"] if row["type"] in questions.WITH_OPTIONS else [],
    }


def questions_of(posting: Posting, data: Any = None, *, extra: int = 0) -> Questions:
    made = forms.formset_factory(
        QuestionForm,
        formset=Questions,
        extra=extra,
        can_delete=True,
        max_num=MAX_QUESTIONS,
        validate_max=True,
        absolute_max=MAX_QUESTIONS + 5,
    )
    rows = [{**question, "options": "\n".join(question.get("options") or [])} for question in posting.questions]
    return made(data, initial=rows, prefix="questions")  # type: ignore[return-value]
