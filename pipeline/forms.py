"""Text of the pipeline's forms into nouns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict

from hiring.models import Job, MailTemplate, Source
from hiring.models.jobs import JobQuerySet
from pipeline.models import Application, RejectionReason, Stage

DELAYS = [(0, "Now"), (24, "In 1 day"), (48, "In 2 days"), (72, "In 3 days"), (168, "In a week")]
Data = QueryDict | dict[str, Any] | None


class MoveForm(forms.Form):
    to = forms.ModelChoiceField(Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Stage")
    seen = forms.ModelChoiceField(Stage.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Data = None, *, application: Application) -> None:
        super().__init__(data, initial={"to": application.stage_id, "seen": application.stage_id})
        stages = application.job.stages.all()
        self.fields["to"].queryset = stages.exclude(kind=Stage.Kind.HIRED)  # type: ignore[attr-defined]
        self.fields["seen"].queryset = stages  # type: ignore[attr-defined]


class BulkMoveForm(forms.Form):
    to = forms.ModelChoiceField(Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Stage")

    def __init__(self, data: Data = None, *, job: Job) -> None:
        super().__init__(data)
        self.fields["to"].queryset = job.stages.exclude(kind=Stage.Kind.HIRED)  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    """Why, and which mail when. Reasons of the candidate's own start without a mail: they know."""

    reason = forms.ModelChoiceField(RejectionReason.objects.none(), empty_label="Choose a reason", label="Reason")
    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), required=False, empty_label="No mail", label="Mail to the candidate"
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=48, label="Send", required=False)

    def __init__(self, data: Data = None, *, reason: RejectionReason | None = None) -> None:
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        says_no = reason is None or reason.ended_by == RejectionReason.EndedBy.EMPLOYER
        first = letters.order_by("pk").first() if data is None and says_no else None
        super().__init__(data, initial={"template": first, "reason": reason})
        self.fields["delay"].required = data is None or "delay" in data  # not asked where no mail is sent
        self.fields["reason"].queryset = RejectionReason.objects.filter(is_active=True).exclude(ended_by="system")  # type: ignore[attr-defined]
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]

    def clean_delay(self) -> dt.timedelta:
        return dt.timedelta(hours=int(self.cleaned_data["delay"] or 48))


class AddToJobForm(forms.Form):
    class Start:
        LEAD, APPLIED = "lead", "applied"

    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job")
    start = forms.ChoiceField(
        choices=[("lead", "As a lead: we found them"), ("applied", "As an applicant: they asked for it")],
        initial="lead", widget=forms.RadioSelect, label="Starts",
    )  # fmt: skip
    source = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label="As on the profile")

    def __init__(self, data: Data = None, *, jobs: JobQuerySet, job: str = "") -> None:
        super().__init__(data, initial={"job": job} if job.isdecimal() else None)
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        self.fields["job"].label_from_instance = lambda found: f"{found.title} ({found.requisition_id})"  # type: ignore[attr-defined]
        self.fields["source"].queryset = Source.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def stage(self) -> Stage | None:
        """Where the person starts on the chosen job: its first stage of that kind, else its first one of all."""
        stages = self.cleaned_data["job"].stages
        return stages.filter(kind=self.cleaned_data["start"]).first() or stages.first()


class StageForm(forms.Form):
    """One stage of the plan."""

    stage = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=60)
    target_days = forms.IntegerField(required=False, min_value=1, max_value=365, label="Target days")
    limit = forms.IntegerField(required=False, min_value=1, max_value=9999, label="At most")


class NewStageForm(forms.Form):
    name = forms.CharField(max_length=60, label="New stage")
    kind = forms.ChoiceField(
        choices=[choice for choice in Stage.Kind.choices if choice[0] != Stage.Kind.HIRED],
        initial=Stage.Kind.INTERVIEW,
    )
