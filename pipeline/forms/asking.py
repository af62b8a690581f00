"""Asking colleagues about people, and their answers."""

from __future__ import annotations

import datetime as dt

from django import forms

from hiring.models import User
from pipeline import asking
from pipeline.forms.delays import Data
from pipeline.models import ReviewAnswer


class AskForm(forms.Form):
    """Who is asked about the people chosen, until when, and what for."""

    reviewers = forms.ModelMultipleChoiceField(
        User.objects.none(), widget=forms.CheckboxSelectMultiple, label="Ask",
        error_messages={"required": "Choose at least one colleague."},
    )  # fmt: skip
    due_on = forms.DateField(
        label="Answer by", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day by which they answer."},
    )  # fmt: skip
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What should they look for? It stands in the mail, so name nobody here.",
    )  # fmt: skip

    def __init__(self, data: Data = None, *, people: list[User], first: list[User], due_on: dt.date) -> None:
        super().__init__(data, initial={"reviewers": [user.pk for user in first], "due_on": due_on})
        self.fields["reviewers"].queryset = User.objects.filter(pk__in=[user.pk for user in people])  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if not asking.may_be_due(day):
            raise forms.ValidationError(asking.WITHIN)
        return day


class AnswerOneForm(forms.Form):
    """What a colleague says of one person."""

    verdict = forms.ChoiceField(
        choices=ReviewAnswer.Verdict.choices, error_messages={"required": "Choose yes, no, or to talk about it."}
    )
    comment = forms.CharField(
        label="Why", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Why, in a few words"}),
    )  # fmt: skip
