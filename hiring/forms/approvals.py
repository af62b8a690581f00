"""An approver's answer."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring.models import ApprovalVote


class DecisionForm(forms.Form):
    """Approve, or turn down with a reason: whoever asked has to know what to change."""

    decision = forms.ChoiceField(choices=ApprovalVote.Decision.choices)
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed only when you turn it down.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == ApprovalVote.Decision.REJECT and not cleaned.get("comment"):
            self.add_error("comment", "Say why you turn it down, so that it can be changed.")
        return cleaned
