"""Pools, sequences and enrollments as text turned into nouns."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring import access, contact_points
from hiring.intake_fields import WHY, WHY_HINT, Readable
from hiring.models import Job, Mailbox, User
from hiring.planned_days import PlannedDay
from sourcing import capture
from sourcing.models import Enrollment, PoolMember, Segment, SegmentWatch, Sequence, Step, TalentPool
from sourcing.sequences import StepText, step_problems

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PoolForm(forms.Form):
    name = forms.CharField(max_length=100)
    purpose = forms.CharField(
        max_length=300, required=False, help_text="Whom this pool is for, so that colleagues add the right people."
    )


class MemberForm(forms.Form):
    """Where a member stands; named after the arguments of pools.keep."""

    stage = forms.ChoiceField(choices=PoolMember.Stage.choices)
    reason = forms.CharField(max_length=300)
    next_touch_on = PlannedDay("somebody comes back to a person", required=False, label="Come back on")


class AddToPoolForm(forms.Form):
    pool = forms.ModelChoiceField(TalentPool.objects.none(), empty_label=None)
    reason = forms.CharField(
        max_length=300, label="Why", widget=forms.TextInput(attrs={"placeholder": "Why they belong here"})
    )
    next_touch_on = PlannedDay("somebody comes back to a person", required=False, label="Come back on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = TalentPool.objects.visible_to(user)  # type: ignore[attr-defined]


class SequenceForm(forms.ModelForm):
    class Meta:
        model = Sequence
        fields = ("name", "mailbox", "job", "window_start", "window_end")
        labels = {"window_start": "Send from", "window_end": "Until", "job": "About this job"}  # noqa: RUF012
        help_texts = {"window_start": "On the recipient’s clock.", "job": "Fills the fields about the job."}  # noqa: RUF012
        widgets = {"window_start": TIME, "window_end": TIME}  # noqa: RUF012

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["job"].queryset = Job.objects.visible_to(user).exclude(status="closed").order_by("title")  # type: ignore[attr-defined]
        self.fields["job"].required = False
        self.fields["job"].empty_label = "No job"  # type: ignore[attr-defined]
        self.fields["mailbox"].queryset = Mailbox.objects.filter(user=None) | Mailbox.objects.filter(user=user)  # type: ignore[attr-defined]
        self.fields["mailbox"].empty_label = None  # type: ignore[attr-defined]

    def chosen_job(self) -> Job | None:
        """The job as it stands in the form, saved or not."""
        if not self.is_bound:
            return self.instance.job
        self.is_valid()
        return self.cleaned_data.get("job")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Sequence.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"There is already a sequence called “{name}”.")
        return name

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = chosen.get("window_start"), chosen.get("window_end")
        if opens and closes and opens >= closes:
            self.add_error("window_end", "The window has to end after it begins.")
        return chosen


class StepForm(forms.Form):
    """One step of the editor; an empty body drops the step. Only a mail has a subject."""

    kind = forms.ChoiceField(choices=Step.Kind.choices, initial=Step.Kind.MAIL)
    wait_days = forms.IntegerField(min_value=0, max_value=90, initial=3, label="Working days after the step before")
    subject = forms.CharField(max_length=200, required=False, help_text="Empty: in the same thread as the mail before.")
    body = forms.CharField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 7}),
        label="Words",
        help_text="Emptied, the step is taken out.",
    )


def _text(row: dict[str, Any]) -> StepText:
    kind = row.get("kind") or Step.Kind.MAIL.value
    subject = str(row.get("subject", "")).strip() if kind == Step.Kind.MAIL else ""
    return StepText(kind, row.get("wait_days") or 0, subject, str(row["body"]).strip())


class BaseStepSet(forms.BaseFormSet):
    def texts(self) -> list[StepText]:
        """The steps as written, empty ones left out."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("body", "").strip()]
        return [_text(row) for row in rows]

    def written(self) -> list[StepText]:
        """The steps as they stand in the editor, right or wrong, for the preview."""
        if self.is_bound:
            self.is_valid()
        rows = [{**form.initial, **(form.cleaned_data if form.is_bound else {})} for form in self.forms]
        return [_text(row) for row in rows if str(row.get("body", "")).strip()]

    def clean(self) -> None:
        if any(self.errors):
            return
        problems = step_problems(self.texts())
        if not self.texts():
            problems = ["Write at least one step."]
        if problems:
            raise forms.ValidationError(problems)


StepSet = forms.formset_factory(StepForm, formset=BaseStepSet, extra=0, max_num=10, validate_max=True)


class EnrollForm(forms.Form):
    sequence = forms.ModelChoiceField(Sequence.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Sequence.objects.visible_to(user).exclude(status=Sequence.Status.ARCHIVED)
        self.fields["sequence"].queryset = open_ones  # type: ignore[attr-defined]


class CaptureForm(forms.Form):
    """A person found on a page of the web. Named after the arguments of capture.add."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    headline = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = Readable(
        contact_points.normalise_email,
        label="E-mail",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    link = Readable(
        contact_points.normalise_link,
        label="Profile link",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "linkedin.com/in/…"}),
    )
    text = forms.CharField(
        label="Note",
        required=False,
        max_length=capture.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What you selected on the page. Colleagues can read it.",
    )
    pool = forms.ModelChoiceField(TalentPool.objects.none(), required=False, empty_label="No pool")
    why = forms.ChoiceField(
        label="Why may we keep their data?",
        choices=[(key, label) for key, (_, _, label) in WHY.items()],
        initial="sourcing",
        help_text=WHY_HINT,
    )
    page = forms.CharField(required=False, max_length=capture.LONGEST_PAGE, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = TalentPool.objects.visible_to(user)
        self.fields["pool"].queryset = found  # type: ignore[attr-defined]
        if not access.can_source(user):
            del self.fields["pool"]

    def clean_page(self) -> str:
        page = str(self.cleaned_data["page"])
        return page if capture.is_web(page) else ""

    def arguments(self) -> dict[str, Any]:
        """What capture.add takes."""
        data = dict(self.cleaned_data)
        purpose, basis, _ = WHY[data.pop("why")]
        return data | {"purpose": purpose, "basis": basis}

    def findings(self) -> dict[str, Any]:
        """What capture.add_to takes: whatever of it can be read, since the person's own facts stay as they are."""
        kept = ("email", "link", "text", "page", "pool")
        return {key: self.cleaned_data[key] for key in kept if self.cleaned_data.get(key)}


class MailedForm(forms.Form):
    """Whose mailed résumé it is. Named after the arguments of queue.take."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = Readable(
        contact_points.normalise_email,
        label="E-mail",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    phone = Readable(
        contact_points.typed_phone, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    link = Readable(
        contact_points.normalise_link,
        label="Profile link",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("email") or data.get("phone") or data.get("link")):
            self.add_error("email", "Give an e-mail address, a phone number or a profile link.")
        return data


STATES = [("", "Everybody"), *Enrollment.State.choices]


class SegmentForm(forms.Form):
    """A saved search; named after the arguments of segments.save. What cannot be read is said with its place, and kept."""

    name = forms.CharField(max_length=80)
    text = forms.CharField(
        max_length=2_000,
        label="Search",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
        help_text='Words, "phrases", OR, NOT, brackets and fields such as skill:python or contacted:>90d.',
    )
    description = forms.CharField(max_length=300, required=False, help_text="What it is for, so that others find it.")
    sharing = forms.ChoiceField(choices=Segment.Sharing.choices, widget=forms.RadioSelect, label="Who may use it")
    roles = forms.MultipleChoiceField(
        choices=[choice for choice in User.Role.choices if choice[0] != access.INTERVIEWER],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Which roles",
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["sharing"], self.fields["roles"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("sharing") == Segment.Sharing.ROLES and not cleaned.get("roles"):
            self.add_error("roles", "Choose at least one role.")
        return cleaned


class WatchForm(forms.Form):
    often = forms.ChoiceField(
        choices=[("off", "Not at all"), *SegmentWatch.Often.choices],
        widget=forms.RadioSelect,
        label="Tell me of new people",
    )
