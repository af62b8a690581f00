"""The stages of a plan: a new one, and one that leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from hiring import last_changes
from hiring.seen import SeenForm, quoted
from pipeline.forms.delays import Data
from pipeline.models import Stage


class RetireForm(forms.Form):
    """Where the people of a stage go that leaves the plan."""

    to = forms.ModelChoiceField(
        Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Its people go to",
        error_messages={"required": "Choose the stage its people go to."},
    )  # fmt: skip

    def __init__(self, data: Data = None, *, stages: list[Stage]) -> None:
        super().__init__(data, initial={"to": stages[0] if stages else None})
        self.fields["to"].queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages])  # type: ignore[attr-defined]


class NewStageForm(forms.Form):
    name = forms.CharField(max_length=60, label="New stage", error_messages={"required": "Give the new stage a name."})
    kind = forms.ChoiceField(
        choices=[choice for choice in Stage.Kind.choices if choice[0] != Stage.Kind.HIRED],
        initial=Stage.Kind.INTERVIEW,
        error_messages={"required": "Choose what kind of stage it is."},
    )


class StageForm(SeenForm):
    """One stage of the plan, over `known`: the stages as they stand, by their number."""

    stage = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=60, error_messages={"required": "A stage needs a name."})
    target_days = forms.IntegerField(required=False, min_value=1, max_value=365, label="Target days")
    limit = forms.IntegerField(required=False, min_value=1, max_value=9999, label="At most")

    def __init__(self, *args: Any, known: Mapping[str, Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = known.get(str(self["stage"].value()))

    def standing(self) -> dict[str, Any]:
        return {name: getattr(self.found, name) for name in ("name", "target_days", "limit")} if self.found else {}

    def who_changed(self, name: str) -> str:
        value = self.standing()[name]
        return f"{last_changes.who(self.found, name)} {quoted('' if value is None else str(value))}"

    def wanted(self) -> dict[str, Any]:
        """What of the stage is to be: as it stands, and over it what was changed here."""
        return {**self.standing(), **self.cleaned_data}
