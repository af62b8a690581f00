"""Text of the pipeline's forms into nouns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from hiring import jobs
from hiring.models import Job, MailTemplate, Source, User
from hiring.models.jobs import JobQuerySet
from pipeline import job_letters
from pipeline.blind import setting
from pipeline.holding import Word
from pipeline.models import Application, BlindReview, RejectionReason, ReviewAnswer, Stage, SubStatus
from pipeline.rejection import NEXT_MORNING, Delay
from pipeline.stage_field import StageField
from pipeline.stages import settled

MORNING = "morning"
DELAYS: list[tuple[int | str, str]] = [
    (0, "Now"),
    (MORNING, "On their next working morning"),
    (24, "In 1 day"),
    (48, "In 2 days"),
    (72, "In 3 days"),
    (168, "In a week"),
]
Data = QueryDict | dict[str, Any] | None


def read_delay(value: str) -> Delay:
    return NEXT_MORNING if value == MORNING else dt.timedelta(hours=int(value))


class MoveForm(forms.Form):
    to = StageField(widget=forms.RadioSelect, label="Stage")
    seen = StageField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Data = None, *, application: Application) -> None:
        super().__init__(data, initial={"to": application.stage_id, "seen": application.stage_id})
        stages = settled(application.job)
        to = [stage for stage in stages if stage.kind != Stage.Kind.HIRED and not stage.retired_at]
        self.fields["to"].offer(to)  # type: ignore[attr-defined]
        self.fields["seen"].offer(stages)  # type: ignore[attr-defined]


class BulkMoveForm(forms.Form):
    to = forms.ModelChoiceField(Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Stage")

    def __init__(self, data: Data = None, *, job: Job) -> None:
        super().__init__(data)
        self.fields["to"].queryset = job.stages.standing().exclude(kind=Stage.Kind.HIRED)  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    """Why, and which mail when. Reasons of the candidate's own start without a mail: they know."""

    reason = forms.ModelChoiceField(RejectionReason.objects.none(), empty_label="Choose a reason", label="Reason")
    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), required=False, empty_label="No mail", label="Mail to the candidate"
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=48, label="Send", required=False)
    note = forms.CharField(
        label="Note for the team", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stays inside. Nothing of it is in the letter.",
    )  # fmt: skip
    keep_warm = forms.BooleanField(label="Keep them in mind", required=False)

    def __init__(
        self, data: Data = None, *, reason: RejectionReason | None = None, first: MailTemplate | None = None
    ) -> None:
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        says_no = reason is None or reason.ended_by == RejectionReason.EndedBy.EMPLOYER
        if data is not None or not says_no:
            first = None
        elif first is None:
            first = letters.order_by("pk").first()
        super().__init__(data, initial={"template": first, "reason": reason})
        self.fields["delay"].required = data is None or "delay" in data  # not asked where no mail is sent
        reasons = RejectionReason.objects.filter(is_active=True).exclude(ended_by=RejectionReason.EndedBy.SYSTEM)
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        self.fields["reason"].choices = _by_who_ended_it(reasons)  # type: ignore[attr-defined]
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"] or "48")

    def decision(self) -> dict[str, Any]:
        """What the verb takes; whether they are kept in mind is another form's matter."""
        return {name: value for name, value in self.cleaned_data.items() if name != "keep_warm"}

    @property
    def wants_keep(self) -> bool:
        return bool(self.data.get("keep_warm"))

    @property
    def ended_by(self) -> str:
        """Who ended it, in words, once a reason is chosen (EQ-10)."""
        chosen = self.cleaned_data.get("reason") if self.is_bound and self.is_valid() else self.initial.get("reason")
        return chosen.get_ended_by_display() if isinstance(chosen, RejectionReason) else ""


def _by_who_ended_it(reasons: Iterable[RejectionReason]) -> list[tuple[str, Any]]:
    """Reasons in groups: we said no, they said no (EQ-10)."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for reason in reasons:
        groups.setdefault(reason.get_ended_by_display(), []).append((reason.pk, reason.label))
    return [("", "Choose a reason"), *groups.items()]


class CloseForm(forms.Form):
    why = forms.CharField(
        max_length=200, label="Why the job is closed", widget=forms.TextInput(attrs={"list": "close-reasons"})
    )


class AnswerForm(RejectForm):
    """What everybody is told who still waits when a job closes: a reason of ours, and a letter."""

    def __init__(self, data: Data = None, *, job: Job) -> None:
        ours = RejectionReason.objects.filter(is_active=True, ended_by=RejectionReason.EndedBy.EMPLOYER)
        reason = ours.filter(code="position-filled").first() or ours.first()
        super().__init__(data, reason=reason, first=job_letters.first_for(job, reason))
        self.fields["reason"].queryset = ours  # type: ignore[attr-defined]
        del self.fields["note"], self.fields["keep_warm"]


class LetterForm(forms.Form):
    """A letter to people who were turned down without one."""

    template = forms.ModelChoiceField(MailTemplate.objects.none(), empty_label=None, label="Letter")
    delay = forms.ChoiceField(choices=DELAYS, initial=0, label="Send")

    def __init__(self, data: Data = None) -> None:
        super().__init__(data, auto_id="id_letter_%s")
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        self.fields["template"].queryset = letters  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])


class AskForm(forms.Form):
    """Who is asked about the people chosen, until when, and what for."""

    reviewers = forms.ModelMultipleChoiceField(User.objects.none(), widget=forms.CheckboxSelectMultiple, label="Ask")
    due_on = forms.DateField(label="Answer by", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What should they look for? It stands in the mail, so name nobody here.",
    )  # fmt: skip

    def __init__(self, data: Data = None, *, people: list[User], first: list[User], due_on: dt.date) -> None:
        super().__init__(data, initial={"reviewers": [user.pk for user in first], "due_on": due_on})
        self.fields["reviewers"].queryset = User.objects.filter(pk__in=[user.pk for user in people])  # type: ignore[attr-defined]


class AnswerOneForm(forms.Form):
    """What a colleague says of one person."""

    verdict = forms.ChoiceField(
        choices=ReviewAnswer.Verdict.choices, error_messages={"required": "Choose yes, no, or to talk about it."}
    )
    comment = forms.CharField(
        label="Why", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


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
        stages = self.cleaned_data["job"].stages.standing()
        return stages.filter(kind=self.cleaned_data["start"]).first() or stages.first()


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
    delay = forms.ChoiceField(choices=[(0, "In 5 minutes"), *DELAYS[1:]], initial=0, label="Send")

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])


class BulkTransferForm(forms.Form):
    """To which job many people go, and where they start there."""

    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job", label="Job")
    start = forms.ChoiceField(
        choices=[
            ("alike", "In a stage of the kind they stand in now"),
            ("first", "As new applicants, in its first stage"),
        ],
        initial="alike",
        widget=forms.RadioSelect,
        label="They start",
    )

    def __init__(self, data: Data = None, *, jobs: JobQuerySet) -> None:
        super().__init__(data)
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        self.fields["job"].label_from_instance = lambda found: f"{found.title} ({found.requisition_id})"  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job", label="Job")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Data = None, *, jobs: JobQuerySet, seen: int) -> None:
        super().__init__(data, initial={"seen": seen})
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


class RetireForm(forms.Form):
    """Where the people of a stage go that leaves the plan."""

    to = forms.ModelChoiceField(
        Stage.objects.none(), empty_label=None, widget=forms.RadioSelect, label="Its people go to"
    )

    def __init__(self, data: Data = None, *, stages: list[Stage]) -> None:
        super().__init__(data, initial={"to": stages[0] if stages else None})
        self.fields["to"].queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages])  # type: ignore[attr-defined]


class NewStageForm(forms.Form):
    name = forms.CharField(max_length=60, label="New stage")
    kind = forms.ChoiceField(
        choices=[choice for choice in Stage.Kind.choices if choice[0] != Stage.Kind.HIRED],
        initial=Stage.Kind.INTERVIEW,
    )


class WishForm(forms.Form):
    """What a message drafted by the assistant should say, and about which of the person's jobs."""

    wish = forms.CharField(
        max_length=600,
        label="What do you want to say?",
        help_text="In a few words. The person's name and contacts are taken out before it is sent.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words what the message should say."},
    )
    job = forms.TypedChoiceField(label="About which job?")

    def __init__(self, data: Any = None, *, jobs: list[Job], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["job"]
        by_id = {str(job.pk): job for job in jobs}
        field.choices = [(pk, job.title) for pk, job in by_id.items()]  # type: ignore[attr-defined]
        field.coerce = by_id.get  # type: ignore[attr-defined]


class BlindForm(forms.Form):
    """Until which stage names are hidden, and from whom."""

    until = forms.ModelChoiceField(
        Stage.objects.none(), empty_label=None, label="Names are hidden until somebody reaches"
    )
    hidden_from = forms.ChoiceField(
        choices=BlindReview.From.choices, initial=BlindReview.From.MANAGERS, widget=forms.RadioSelect, label="From whom"
    )

    def __init__(self, data: Data = None, *, job: Job, standing: BlindReview | None = None) -> None:
        stages = [stage.pk for stage in setting.stages_to_choose(job)]
        first: dict[str, Any] = {"until": stages[-1] if stages else None}
        if standing:
            first = {"until": standing.until_id, "hidden_from": standing.hidden_from}
        super().__init__(data, initial=first)
        self.fields["until"].queryset = Stage.objects.filter(pk__in=stages)  # type: ignore[attr-defined]


class UnmaskForm(forms.Form):
    reason = forms.CharField(
        max_length=300, label="Why do you have to know who this is?", widget=forms.Textarea(attrs={"rows": 2})
    )


class HoldForm(forms.Form):
    """Why a job rests, what is stopped with it, and who tells those in process. Named after the arguments of pipeline.holding.hold."""

    class Tell:
        NOBODY, LETTER, COLLEAGUE = "nobody", "letter", "colleague"

    reason = forms.CharField(
        max_length=200, label="Why the job is put on hold", widget=forms.TextInput(attrs={"list": "hold-reasons"})
    )
    posting = forms.ChoiceField(
        choices=[("stay", "Hidden until the job goes on, then shown again by itself"), ("go", "Taken down for good")],
        initial="stay", widget=forms.RadioSelect, label="The posting",
    )  # fmt: skip
    stop = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    tell = forms.ChoiceField(
        choices=[
            (Tell.LETTER, "I write to them now"),
            (Tell.COLLEAGUE, "A colleague tells them"),
            (Tell.NOBODY, "Nobody tells them yet"),
        ],
        widget=forms.RadioSelect, label="Who tells them",
        error_messages={"required": "Say who tells those who are in process, or that nobody does yet."},
    )  # fmt: skip
    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), required=False, empty_label="Choose a letter", label="Letter"
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=0, label="Send", required=False)
    colleague = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Choose", label="Colleague")

    def __init__(self, data: Data = None, *, job: Job, can_stop: Iterable[tuple[str, str]], people: int) -> None:
        super().__init__(data)
        self.fields["stop"].choices = list(can_stop)  # type: ignore[attr-defined]
        self.fields["template"].queryset = messages_to_people()  # type: ignore[attr-defined]
        team = User.objects.filter(is_active=True, teams__job=job).distinct().order_by("full_name")
        self.fields["colleague"].queryset = team  # type: ignore[attr-defined]
        if not people:
            self.fields["tell"].required = False
        if job.posting.status != job.posting.Status.PUBLISHED:
            self.fields["posting"].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("tell") == self.Tell.LETTER and not given.get("template") and "template" not in self.errors:
            self.add_error("template", "Choose the letter they get.")
        if given.get("tell") == self.Tell.COLLEAGUE and not given.get("colleague") and "colleague" not in self.errors:
            self.add_error("colleague", "Choose who tells them.")
        return given

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"] or "0")

    def word(self) -> Word:
        """Who tells them, as holding takes it; a letter chosen before somebody decided otherwise does not count."""
        given = self.cleaned_data
        if given["tell"] == self.Tell.LETTER:
            return Word(template=given["template"], delay=given["delay"])
        return Word(colleague=given["colleague"] if given["tell"] == self.Tell.COLLEAGUE else None)


class NewsForm(forms.Form):
    """A letter to those in process of a job on hold who have not heard of it."""

    template = forms.ModelChoiceField(MailTemplate.objects.none(), empty_label="Choose a letter", label="Letter")
    delay = forms.ChoiceField(choices=DELAYS, initial=0, label="Send")

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        self.fields["template"].queryset = messages_to_people()  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])


class JobLetterForm(forms.Form):
    """A letter of a job's own, and what for."""

    RECEIPT = "receipt"

    goes_with = forms.ChoiceField(label="For")
    template = forms.ModelChoiceField(MailTemplate.objects.none(), empty_label="Choose a letter", label="Letter")

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


class ReopenForm(forms.Form):
    headcount = forms.IntegerField(label="New openings", min_value=1, max_value=jobs.MAX_HEADCOUNT, initial=1)
    reason = forms.CharField(max_length=200, label="Why", required=False)


def messages_to_people() -> QuerySet[MailTemplate]:
    return MailTemplate.objects.filter(kind=MailTemplate.Kind.MESSAGE, is_active=True)
