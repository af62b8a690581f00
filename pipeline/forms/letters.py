"""What many people are written, and the letters that are a job's own."""

from __future__ import annotations

from django import forms

from hiring.models import MailTemplate
from pipeline.forms.delays import DELAYS, WHEN, Data, read_delay
from pipeline.models import RejectionReason
from pipeline.rejection import Delay


class MailForm(forms.Form):
    """What many people are written, and when it leaves."""

    subject = forms.CharField(
        max_length=250, label="Subject", error_messages={"required": "The message needs a subject."}
    )
    text = forms.CharField(
        max_length=50_000,
        label="Message",
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "The message is empty."},
        help_text="Everybody gets their own: {{ first_name }}, {{ name }}, {{ job_title }} and {{ sender_first_name }} are filled in.",
    )
    delay = forms.ChoiceField(choices=[(0, "In 5 minutes"), *DELAYS[1:]], initial=0, label="Send", error_messages=WHEN)

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])


class JobLetterForm(forms.Form):
    """A letter of a job's own, and what for."""

    RECEIPT = "receipt"

    goes_with = forms.ChoiceField(label="For", error_messages={"required": "Choose what the letter is for."})
    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), empty_label="Choose a letter", label="Letter",
        error_messages={"required": "Choose the letter."},
    )  # fmt: skip

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        ours = RejectionReason.objects.filter(is_active=True, ended_by=RejectionReason.EndedBy.EMPLOYER)
        self._reasons = {reason.code: reason for reason in ours}
        rejections = [(code, reason.label) for code, reason in self._reasons.items()]
        self.fields["goes_with"].choices = [  # type: ignore[attr-defined]
            (self.RECEIPT, "The receipt of an application"), ("Rejections", rejections),
        ]  # fmt: skip
        kinds = [MailTemplate.Kind.RECEIPT, MailTemplate.Kind.REJECTION]
        letters = MailTemplate.objects.filter(kind__in=kinds, is_active=True)
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]
        self.fields["template"].label_from_instance = _with_kind  # type: ignore[attr-defined]

    @property
    def reason(self) -> RejectionReason | None:
        """The reason it goes with; None for the receipt."""
        return self._reasons.get(self.cleaned_data["goes_with"])


def _with_kind(template: MailTemplate) -> str:
    return f"{template} ({template.get_kind_display().lower()}, {template.language})"
