"""Forms around a person: add, edit, contact points, and what is written about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from hiring import access, contact_points, notes, todo
from hiring.documents import drafts
from hiring.errors import Refused
from hiring.forms.account import zone_choices
from hiring.intake_fields import WHY, WHY_HINT, Readable
from hiring.models import Candidate, ContactPoint, Job, Note, Source, TimelineEvent, User
from hiring.names import names_agree
from hiring.resumes import whose
from hiring.seen import SeenForm, quoted


def colleagues() -> Any:
    """Who can look after candidates."""
    return User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)


class CandidateForm(forms.Form):
    """A person added by hand. At least one way to reach them, so that the next one who adds them finds them."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = Readable(
        contact_points.normalise_email,
        label="E-mail",
        widget=forms.EmailInput(
            attrs={"type": "text", "inputmode": "email", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    phone = Readable(
        contact_points.typed_phone, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    )
    link = Readable(
        contact_points.normalise_link,
        label="Profile link",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "linkedin.com/in/…"}),
    )
    headline = forms.CharField(max_length=200, required=False, help_text="Current title and employer, in a line.")
    location = forms.CharField(max_length=120, required=False)
    source = forms.ModelChoiceField(Source.objects.filter(is_active=True), required=False, empty_label="Not known")
    why = forms.ChoiceField(
        label="Why may we keep their data?",
        choices=[(key, label) for key, (_, _, label) in WHY.items()],
        widget=forms.RadioSelect,
        help_text=WHY_HINT,
    )
    resume = forms.FileField(
        label="Résumé",
        required=False,
        help_text="PDF, DOCX, ODT, RTF or plain text. An address in it is taken where none is typed.",
        widget=forms.FileInput(attrs={"class": "form-control"}),
    )
    resume_draft = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft: drafts.Draft | None = None
        self.read: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._keep_file(data)
        if not self.errors and not (data.get("email") or data.get("phone") or data.get("link")):
            self._read_file(data["name"])
        return data

    def _keep_file(self, data: dict[str, Any]) -> None:
        """A mistake elsewhere does not cost the file: it comes back as a draft."""
        try:
            if upload := data.get("resume"):
                self.draft = drafts.keep(upload)
            elif key := data.get("resume_draft"):
                self.draft = drafts.find(key)
        except Refused as refused:
            self.add_error("resume", refused.sentence)

    def _read_file(self, name: str) -> None:
        """Nobody typed how to reach them: the résumé may say it."""
        found = whose.person_of(self.draft.checked) if self.draft else {}
        ways = any(found.get(kind) for kind in ("emails", "phones", "links"))
        if not ways:
            also = " The résumé has none that could be read." if self.draft else ""
            self.add_error("email", f"Give an e-mail address, a phone number or a profile link.{also}")
        elif found["name"] and not names_agree(found["name"], name):
            self.add_error(
                "name", f"The résumé seems to be of {found['name']}. If it is theirs, type how to reach them below."
            )
        else:
            self.read = found

    def arguments(self) -> dict[str, Any]:
        """What hiring.candidates.create takes."""
        data = self.cleaned_data
        purpose, basis, _ = WHY[data["why"]]
        return {
            "name": data["name"],
            "emails": self.read.get("emails") or [data["email"]],
            "phones": self.read.get("phones") or [data["phone"]],
            "links": self.read.get("links") or [data["link"]],
            "headline": data["headline"],
            "location": data["location"],
            "source": data["source"],
            "purpose": purpose,
            "basis": basis,
        }


class FactsForm(SeenForm):
    """Named after the arguments of hiring.candidates.edit."""

    name = forms.CharField(max_length=200)
    headline = forms.CharField(max_length=200, required=False, help_text="Current title and employer, in a line.")
    company = forms.CharField(max_length=120, required=False, label="Employer")
    location = forms.CharField(max_length=120, required=False)
    time_zone = forms.ChoiceField(required=False)
    source = forms.ModelChoiceField(Source.objects.filter(merged_into=None), required=False, empty_label="Not known")
    source_note = forms.CharField(max_length=200, required=False, label="More about the source")

    def __init__(self, data: QueryDict | None = None, *, candidate: Candidate) -> None:
        super().__init__(data, initial={name: getattr(candidate, name) for name in self.base_fields})
        self.candidate = candidate
        self.fields["time_zone"].choices = [("", "Not known"), *zone_choices(candidate.time_zone)]  # type: ignore[attr-defined]

    def standing(self) -> dict[str, Any]:
        return {name: self._plain(getattr(self.candidate, name)) for name in self.base_fields}

    def typed(self, name: str) -> Any:
        return self._plain(self.cleaned_data[name])

    def who_changed(self, name: str) -> str:
        edits = TimelineEvent.objects.filter(candidate=self.candidate, kind="candidate.edited")
        last = edits.filter(data__fields__contains=[name]).select_related("actor").order_by("-at", "-pk").first()
        return f"{(last and last.actor) or 'Somebody'} {quoted(str(getattr(self.candidate, name) or ''))}"

    def _plain(self, value: Any) -> str:
        return str(value.pk) if isinstance(value, Source) else str(value or "")


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")

    def __init__(self, data: QueryDict | None = None, *, candidate: Candidate) -> None:
        super().__init__(data, initial={"owner": candidate.owner_id})
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class ContactStopForm(forms.Form):
    """Named after the arguments of hiring.candidates.set_do_not_contact."""

    value = forms.BooleanField(required=False, label="Do not contact this person")
    reason = forms.CharField(max_length=200, required=False, help_text="What they said, or what happened.")

    def __init__(self, data: QueryDict | None = None, *, candidate: Candidate) -> None:
        super().__init__(data, initial={"value": candidate.do_not_contact, "reason": candidate.do_not_contact_reason})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("value") and not data.get("reason"):
            self.add_error("reason", "Say why.")
        return data


class ContactPointForm(forms.Form):
    kind = forms.ChoiceField(choices=ContactPoint.Kind.choices)
    raw = forms.CharField(
        max_length=320, label="Address, number or link", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ContactPoint.Kind.PHONE and data.get("raw"):
            try:
                contact_points.typed_phone(data["raw"])
            except Refused as refused:
                self.add_error("raw", refused.sentence)
        return data


class NoteText(forms.CharField):
    """Measured as it is kept: browsers send a line end as two characters and count it as one."""

    widget = forms.Textarea(attrs={"rows": 4, "data-mentions": ""})

    def __init__(self, **more: Any) -> None:
        super().__init__(label="Note", strip=False, **more)

    def clean(self, value: str) -> str:
        try:
            return notes.kept(super().clean(value))
        except Refused as refused:
            raise ValidationError(refused.sentence) from None


PERSON = "person"
"""A note about somebody who is in process for several jobs, and about none of these."""


class NoteForm(forms.Form):
    """Named after the arguments of hiring.notes.write. Typed in the composer; shown as it is where that cannot be kept."""

    text = NoteText()
    kind = forms.ChoiceField(choices=Note.Kind.choices, required=False, widget=forms.HiddenInput)
    visibility = forms.ChoiceField(choices=Note.Visibility.choices, required=False, label="Who may read it")
    reached = forms.BooleanField(required=False, label="They answered")
    job = forms.ModelChoiceField(Job.objects.none(), required=False, widget=forms.HiddenInput)
    about = forms.ChoiceField(required=False, label="About which job")

    def __init__(self, data: QueryDict, *, user: User, jobs: Sequence[Job]) -> None:
        """`jobs` are those the person is in process for: of several, one has to be said."""
        super().__init__(data)
        self.jobs = {str(job.pk): job for job in jobs}
        self.fields["job"].queryset = Job.objects.visible_to(user)  # type: ignore[attr-defined]
        if len(jobs) < 2 or data.get("job"):
            del self.fields["about"]
        else:
            choices = [(key, str(job)) for key, job in self.jobs.items()]
            self.fields["about"].choices = [("", "Which?"), *choices, (PERSON, "The person, no job")]  # type: ignore[attr-defined]
        if data.get("kind") != Note.Kind.CALL:
            del self.fields["reached"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "job" in self.errors:  # a hidden field: said above the form, and not sent again
            del self.errors["job"]
            self.add_error(None, "You do not see this job. Save again to write about the person alone.")
            self.data = {key: value for key, value in self.data.items() if key != "job"}
        about = cleaned.pop("about", None)
        if about == "" and cleaned.get("visibility") == Note.Visibility.TEAM:
            self.add_error("about", "They are in process for several jobs. Say which one this is about.")
        self.is_about_the_person = about == PERSON
        if about in self.jobs:
            cleaned["job"] = self.jobs[str(about)]
        elif len(self.jobs) == 1 and cleaned.get("visibility") == Note.Visibility.TEAM:
            cleaned["job"] = cleaned.get("job") or next(iter(self.jobs.values()))
        return cleaned

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Note.Kind.NOTE

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Note.Visibility.TEAM


class NoteEditForm(forms.Form):
    """Named after the arguments of hiring.notes.edit."""

    text = NoteText(error_messages={"required": "Write something, or delete the note."})
    visibility = forms.ChoiceField(choices=Note.Visibility.choices, label="Who may read it")

    def __init__(self, data: QueryDict | None = None, *, note: Note) -> None:
        super().__init__(data, initial={"text": note.text, "visibility": note.visibility}, prefix=f"note{note.pk}")


class TaskForm(forms.Form):
    """Named after the arguments of hiring.todo.add."""

    text = forms.CharField(
        max_length=300, label="What is to be done", widget=forms.TextInput(attrs={"data-mentions": ""})
    )
    due_on = forms.DateField(
        initial=timezone.localdate,
        label="By which day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    assignee = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False, label="Who does it")

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day != self.initial.get("due_on"):
            try:
                todo.check_due(day)
            except Refused as refused:
                raise ValidationError(refused.sentence) from None
        return day
