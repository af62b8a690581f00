"""Blind review: from whom names are hidden until when, and why somebody looks behind one."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring.models import Job
from pipeline.blind import setting
from pipeline.forms.delays import Data
from pipeline.models import BlindReview, Stage


class BlindForm(forms.Form):
    """Until which stage names are hidden, and from whom."""

    until = forms.ModelChoiceField(
        Stage.objects.none(), empty_label=None, label="Names are hidden until somebody reaches",
        error_messages={"required": "Choose the stage from which names are shown."},
    )  # fmt: skip
    hidden_from = forms.ChoiceField(
        choices=BlindReview.From.choices, initial=BlindReview.From.MANAGERS, widget=forms.RadioSelect, label="From whom",
        error_messages={"required": "Choose from whom names are hidden."},
    )  # fmt: skip

    def __init__(self, data: Data = None, *, job: Job, standing: BlindReview | None = None) -> None:
        stages = [stage.pk for stage in setting.stages_to_choose(job)]
        first: dict[str, Any] = {"until": stages[-1] if stages else None}
        if standing:
            first = {"until": standing.until_id, "hidden_from": standing.hidden_from}
        super().__init__(data, initial=first)
        self.fields["until"].queryset = Stage.objects.filter(pk__in=stages)  # type: ignore[attr-defined]


class UnmaskForm(forms.Form):
    reason = forms.CharField(
        max_length=300, label="Why do you have to know who this is?", widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you have to know who this is. It is kept with your name."},
    )  # fmt: skip
