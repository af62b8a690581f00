"""Putting a job on hold, telling people of it, and opening it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from hiring import jobs
from hiring.models import Job, MailTemplate, User
from pipeline.forms.delays import DELAYS, WHEN, WHICH_LETTER, Data, read_delay
from pipeline.holding import Word
from pipeline.rejection import Delay


class HoldForm(forms.Form):
    """Why a job rests, what is stopped with it, and who tells those in process. Named after the arguments of pipeline.holding.hold."""

    class Tell:
        NOBODY, LETTER, COLLEAGUE = "nobody", "letter", "colleague"

    reason = forms.CharField(
        max_length=200, label="Why the job is put on hold", widget=forms.TextInput(attrs={"list": "hold-reasons"}),
        error_messages={"required": "Say why the job is put on hold. It is kept with the job’s history."},
    )  # fmt: skip
    posting = forms.ChoiceField(
        choices=[("stay", "Hidden until the job goes on, then shown again by itself"), ("go", "Taken down for good")],
        initial="stay", widget=forms.RadioSelect, label="The posting",
        error_messages={"required": "Choose what becomes of the posting."},
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

    template = forms.ModelChoiceField(
        MailTemplate.objects.none(), empty_label="Choose a letter", label="Letter", error_messages=WHICH_LETTER
    )
    delay = forms.ChoiceField(choices=DELAYS, initial=0, label="Send", error_messages=WHEN)

    def __init__(self, data: Data = None) -> None:
        super().__init__(data)
        self.fields["template"].queryset = messages_to_people()  # type: ignore[attr-defined]

    def clean_delay(self) -> Delay:
        return read_delay(self.cleaned_data["delay"])


def messages_to_people() -> QuerySet[MailTemplate]:
    return MailTemplate.objects.filter(kind=MailTemplate.Kind.MESSAGE, is_active=True)


class ReopenForm(forms.Form):
    headcount = forms.IntegerField(
        label="New openings",
        min_value=1,
        max_value=jobs.MAX_HEADCOUNT,
        initial=1,
        error_messages={
            "required": "Say how many new openings it has.",
            "min_value": "It is taken up again with at least one opening.",
            "max_value": f"A job has at most {jobs.MAX_HEADCOUNT} openings.",
        },
    )
    reason = forms.CharField(
        max_length=200,
        label="Why it is taken up again",
        error_messages={"required": "Say why the job is taken up again. It is kept with the job’s history."},
    )
