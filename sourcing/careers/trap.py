"""What holds programs off a public form without a puzzle for people (SEC-8): a field nobody sees, and the time it takes to fill in."""

from __future__ import annotations

from django import forms
from django.core import signing
from django.utils import timezone

from sourcing.careers.form import QUICKEST_SECONDS, STARTED_SALT, stamp

TOO_QUICK = "That was quicker than we expected. Please look through it once more and send it again."


class TrapForm(forms.Form):
    """A form with the trap in it. A person who fills the hidden field all the same is asked to empty it."""

    started = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        label="Leave this empty", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"})
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Please leave the last field empty: it is there for programs.")
        return ""

    def clean_started(self) -> str:
        """Filled in and sent faster than a person can; a missing or forged stamp counts as that. The next one is a fresh one."""
        said = self.cleaned_data["started"]
        try:
            stamped = signing.TimestampSigner(salt=STARTED_SALT).unsign_object(said)
        except signing.BadSignature:
            stamped = {"at": timezone.now().timestamp()}
        if timezone.now().timestamp() - stamped["at"] < QUICKEST_SECONDS:
            data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data["started"] = stamp()
            self.data = data
            self.add_error(None, TOO_QUICK)
        return str(said)
