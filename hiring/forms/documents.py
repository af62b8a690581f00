"""Text of the forms around documents into nouns."""

from __future__ import annotations

from django import forms


class RemovalForm(forms.Form):
    """Named after the arguments of hiring.documents.removing.remove."""

    reason = forms.CharField(
        max_length=200,
        label="Why it is deleted",
        help_text="It stays in the history of the person. Write nothing from the file itself.",
        widget=forms.TextInput(attrs={"list": "removal-reasons", "autocomplete": "off"}),
        error_messages={"required": "Say why it is deleted."},
    )
