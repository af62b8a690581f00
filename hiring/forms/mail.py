"""Forms for writing mail and for the inbox."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring.models import Candidate, Thread, User


class MessageForm(forms.Form):
    """A message as a colleague wrote it; merge fields may stand in it."""

    subject = forms.CharField(max_length=250, error_messages={"required": "The message needs a subject."})
    text = forms.CharField(max_length=50_000, error_messages={"required": "The message is empty."})


class ReplyForm(forms.Form):
    text = forms.CharField(max_length=50_000, error_messages={"required": "The answer is empty."})


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False)


class IntentForm(forms.Form):
    intent = forms.ChoiceField(choices=Thread.Intent.choices, required=False)


class AttachForm(forms.Form):
    """Whose mail it is; only people the colleague may see can be chosen."""

    candidate = forms.ModelChoiceField(Candidate.objects.none())

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["candidate"].queryset = Candidate.objects.visible_to(user)  # type: ignore[attr-defined]
