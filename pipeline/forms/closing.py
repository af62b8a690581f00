"""Closing a job: why, and what everybody is told who still waits."""

from __future__ import annotations

from django import forms

from hiring.models import Job, MailTemplate, Opening
from pipeline import job_letters
from pipeline.forms.delays import DELAYS, WHEN, WHICH_LETTER, Data, read_delay
from pipeline.forms.rejecting import RejectForm
from pipeline.models import RejectionReason
from pipeline.rejection import Delay


class CloseForm(forms.Form):
    why = forms.CharField(
        max_length=200, label="Why the job is closed", widget=forms.TextInput(attrs={"list": "close-reasons"}),
        error_messages={"required": "Say why the job is closed. It is kept with the job’s history."},
    )  # fmt: skip


class AnswerForm(RejectForm):
    """What everybody is told who still waits when a job closes: a reason of ours, and a letter."""

    def __init__(self, data: Data = None, *, job: Job) -> None:
        ours = RejectionReason.objects.filter(is_active=True, ended_by=RejectionReason.EndedBy.EMPLOYER)
        is_filled = not job.openings.filter(status=Opening.Status.OPEN).exists()
        usual = "position-filled" if is_filled else "position-closed"  # who reads it must not be told what is not so
        reason = ours.filter(code=usual).first() or ours.first()
        super().__init__(data, reason=reason, first=job_letters.first_for(job, reason))
        self.fields["reason"].queryset = ours  # type: ignore[attr-defined]
        del self.fields["note"], self.fields["keep_warm"]


class LetterForm(forms.Form):
    """A letter to people who were turned down without one."""

    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), empty_label=None, label="Letter", error_messages=WHICH_LETTER
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=0, label="Send", error_messages=WHEN)

    def __init__(self, data: Data = None) -> None:
        super().__init__(data, auto_id="id_letter_%s")
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])
