"""The field of each kind of question, as applicants fill it in, and what is wrong with what they wrote."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _

from hiring.application_form.questions import LONGEST_ANSWER, YES_NO, Asked, options_of
from hiring.documents import checks

BOX = {"class": "form-check-input"}


def control(**attrs: Any) -> dict[str, Any]:
    return {"class": "form-control", **attrs}


def question_field(question: Asked) -> forms.Field:
    """The field of one question. Whether it has to be answered depends on the other answers, so that the form says it."""
    kind = question.get("type") or "text"
    common: dict[str, Any] = {
        "label": question["label"],
        "required": bool(question.get("required")) and not question.get("when"),
        "help_text": escape(question.get("help") or ""),
    }
    if kind == "yes_no":
        return forms.ChoiceField(
            choices=[(value, _(words)) for value, words in YES_NO], widget=forms.RadioSelect(BOX), **common
        )
    if kind == "choice":
        return forms.ChoiceField(choices=options_of(question), widget=forms.RadioSelect(BOX), **common)
    if kind == "multi":
        widget = forms.CheckboxSelectMultiple(BOX)
        return forms.MultipleChoiceField(choices=options_of(question), widget=widget, **common)
    if kind == "consent":
        return forms.BooleanField(widget=forms.CheckboxInput(BOX), **common)
    if kind == "file":
        attrs = {"accept": checks.ACCEPT, "class": "visually-hidden"}
        return forms.FileField(widget=forms.FileInput(attrs), **{**common, "required": False})
    return _typed(kind, question, common)


def _typed(kind: str, question: Asked, common: dict[str, Any]) -> forms.Field:
    least, most = question.get("least"), question.get("most")
    if kind == "number":
        attrs = _present(min=least, max=most)
        low, high = (-1e12 if least is None else least), (1e12 if most is None else most)
        widget = forms.NumberInput(control(inputmode="decimal", step="any", **attrs))
        return forms.FloatField(min_value=low, max_value=high, widget=widget, **common)
    if kind == "date":
        dates = forms.DateInput(control(type="date", **_present(min=least, max=most)), format="%Y-%m-%d")
        return Day(least, most, widget=dates, **common)
    if kind == "link":
        address = forms.URLInput(control(inputmode="url", placeholder="https://"))
        return forms.URLField(max_length=500, assume_scheme="https", widget=address, **common)
    longest = min(int(most or LONGEST_ANSWER.get(kind, 500)), LONGEST_ANSWER.get(kind, 500))
    text = forms.Textarea(control(rows=4)) if kind == "long_text" else forms.TextInput(control())
    return forms.CharField(min_length=least, max_length=longest, widget=text, **common)


def _present(**attrs: Any) -> dict[str, Any]:
    return {name: value for name, value in attrs.items() if value is not None}


class Day(forms.DateField):
    """A day between two others, both of which count."""

    def __init__(self, least: str | None, most: str | None, **kwargs: Any) -> None:
        self.least, self.most = (dt.date.fromisoformat(one) if one else None for one in (least, most))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day and self.least and day < self.least:
            raise forms.ValidationError(f"Please choose {self.least:%-d %B %Y} or a later day.")
        if day and self.most and day > self.most:
            raise forms.ValidationError(f"Please choose {self.most:%-d %B %Y} or an earlier day.")
        return day
