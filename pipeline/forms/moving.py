"""Where applications go: along a board, to another job, onto one; and what they wait for."""

from __future__ import annotations

from django import forms

from hiring.models import Job, Source
from hiring.models.jobs import JobQuerySet
from pipeline.forms.delays import WHICH_JOB, Data
from pipeline.models import Application, Stage, SubStatus
from pipeline.stage_field import StageField
from pipeline.stages import settled


class MoveForm(forms.Form):
    to = StageField(
        widget=forms.RadioSelect, label="Stage", error_messages={"required": "Choose the stage they move to."}
    )
    seen = StageField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Data = None, *, application: Application) -> None:
        super().__init__(data, initial={"to": application.stage_id, "seen": application.stage_id})
        stages = settled(application.job)
        to = [stage for stage in stages if stage.kind != Stage.Kind.HIRED and not stage.retired_at]
        self.fields["to"].offer(to)  # type: ignore[attr-defined]
        self.fields["seen"].offer(stages)  # type: ignore[attr-defined]


class BulkMoveForm(forms.Form):
    to = forms.ModelChoiceField(
        Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Stage",
        error_messages={"required": "Choose the stage they move to."},
    )  # fmt: skip

    def __init__(self, data: Data = None, *, job: Job) -> None:
        super().__init__(data)
        self.fields["to"].queryset = job.stages.standing().exclude(kind=Stage.Kind.HIRED)  # type: ignore[attr-defined]


class AddToJobForm(forms.Form):
    class Start:
        LEAD, APPLIED = "lead", "applied"

    job = forms.ModelChoiceField(
        Job.objects.none(), empty_label="Choose a job", error_messages={"required": "Choose the job."}
    )
    start = forms.ChoiceField(
        choices=[("lead", "As a lead: we found them"), ("applied", "As an applicant: they asked for it")],
        initial="lead", widget=forms.RadioSelect, label="Starts",
        error_messages={"required": "Choose whether they start as a lead or as an applicant."},
    )  # fmt: skip
    source = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label="As on the profile")

    def __init__(self, data: Data = None, *, jobs: JobQuerySet, job: str = "") -> None:
        super().__init__(data, initial={"job": job} if job.isdecimal() else None)
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        self.fields["job"].label_from_instance = lambda found: f"{found.title} ({found.requisition_id})"  # type: ignore[attr-defined]
        self.fields["source"].queryset = Source.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def stage(self) -> Stage | None:
        """Where the person starts on the chosen job: its first stage of that kind, else its first one of all."""
        stages = self.cleaned_data["job"].stages.standing()
        return stages.filter(kind=self.cleaned_data["start"]).first() or stages.first()


class TransferForm(forms.Form):
    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job", label="Job", error_messages=WHICH_JOB)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Data = None, *, jobs: JobQuerySet, seen: int) -> None:
        super().__init__(data, initial={"seen": seen})
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        self.fields["job"].label_from_instance = lambda found: f"{found.title} ({found.requisition_id})"  # type: ignore[attr-defined]


class BulkTransferForm(forms.Form):
    """To which job many people go, and where they start there."""

    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job", label="Job", error_messages=WHICH_JOB)
    start = forms.ChoiceField(
        choices=[
            ("alike", "In a stage of the kind they stand in now"),
            ("first", "As new applicants, in its first stage"),
        ],
        initial="alike",
        widget=forms.RadioSelect,
        label="They start",
        error_messages={"required": "Choose where they start."},
    )

    def __init__(self, data: Data = None, *, jobs: JobQuerySet) -> None:
        super().__init__(data)
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        self.fields["job"].label_from_instance = lambda found: f"{found.title} ({found.requisition_id})"  # type: ignore[attr-defined]


class SubStatusForm(forms.Form):
    """What an application waits for, by hand; the empty choice leaves it to the facts."""

    key = forms.ChoiceField(
        choices=[("", "By the facts"), *SubStatus.Key.choices],
        required=False,
        widget=forms.RadioSelect,
        label="Waits for",
    )
    note = forms.CharField(max_length=140, required=False, label="Why, in a few words")

    def __init__(self, data: Data = None, *, by_hand: SubStatus | None) -> None:
        super().__init__(data, initial={"key": by_hand.key if by_hand else "", "note": by_hand.note if by_hand else ""})
