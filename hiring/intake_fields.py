"""What every form that adds a person asks in the same words: why we may keep their data, and contact points as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from hiring.errors import Refused

WHY = {
    "sourcing": ("sourcing", "legitimate_interest", "We found them, or a colleague referred them"),
    "application": ("application", "contract", "They applied, or asked to be considered"),
    "pool": ("pool", "legitimate_interest", "They are kept in mind for later roles"),
}
WHY_HINT = "The lawful basis. People we found, or who were referred, have to be told within a month."


class Readable(forms.CharField):
    """A contact point as it is typed; what cannot be read is said beside the field."""

    def __init__(self, normalise: Callable[[str], str], **kwargs: Any) -> None:
        self.normalise = normalise
        super().__init__(required=False, max_length=320, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text:
            try:
                self.normalise(text)
            except Refused as refused:
                raise forms.ValidationError(refused.sentence) from None
        return text
