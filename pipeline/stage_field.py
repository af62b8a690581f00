"""The field of a form in which a stage is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from pipeline.models import Stage


class StageField(forms.ChoiceField):
    """One of the stages that `offer` names: they are loaded by then, where a ModelChoiceField asks for each once more."""

    default_error_messages: ClassVar = {
        "invalid_choice": "Select a valid choice. That choice is not one of the available choices."
    }
    stages: Sequence[Stage] = ()

    def offer(self, stages: Sequence[Stage]) -> None:
        self.stages, self.choices = stages, [(stage.pk, stage.name) for stage in stages]

    def clean(self, value: Any) -> Stage | None:
        chosen = super().clean(value)
        return next((stage for stage in self.stages if str(stage.pk) == chosen), None)
