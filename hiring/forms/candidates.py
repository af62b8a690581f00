"""Forms around a person: add, edit, contact points, and what is written about them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from hiring import access, contact_points
from hiring.forms.account import zone_choices
from hiring.intake_fields import WHY, WHY_HINT, Readable
from hiring.models import Candidate, ContactPoint, Job, Note, Source, User


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
        contact_points.normalise_phone, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
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
        help_text="PDF, DOCX, ODT, RTF or plain text.",
        widget=forms.FileInput(attrs={"class": "form-control"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("email") or data.get("phone") or data.get("link")):
            self.add_error("email", "Give an e-mail address, a phone number or a profile link.")
        return data

    def arguments(self) -> dict[str, Any]:
        """What hiring.candidates.create takes."""
        data = self.cleaned_data
        purpose, basis, _ = WHY[data["why"]]
        return {
            "name": data["name"],
            "emails": [data["email"]],
            "phones": [data["phone"]],
            "links": [data["link"]],
            "headline": data["headline"],
            "location": data["location"],
            "source": data["source"],
            "purpose": purpose,
            "basis": basis,
        }


class FactsForm(forms.Form):
    """Named after the arguments of hiring.candidates.edit."""

    name = forms.CharField(max_length=200)
    headline = forms.CharField(max_length=200, required=False, help_text="Current title and employer, in a line.")
    company = forms.CharField(max_length=120, required=False, label="Employer")
    location = forms.CharField(max_length=120, required=False)
    time_zone = forms.ChoiceField(required=False)
    source = forms.ModelChoiceField(Source.objects.all(), required=False, empty_label="Not known")
    source_note = forms.CharField(max_length=200, required=False, label="More about the source")

    def __init__(self, data: QueryDict | None = None, *, candidate: Candidate) -> None:
        super().__init__(data, initial={name: getattr(candidate, name) for name in self.base_fields})
        self.fields["time_zone"].choices = [("", "Not known"), *zone_choices(candidate.time_zone)]  # type: ignore[attr-defined]


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


class NoteForm(forms.Form):
    """Named after the arguments of hiring.notes.write."""

    text = forms.CharField(max_length=20_000, strip=True)
    kind = forms.ChoiceField(choices=Note.Kind.choices, required=False)
    visibility = forms.ChoiceField(choices=Note.Visibility.choices, required=False)
    reached = forms.BooleanField(required=False)
    job = forms.ModelChoiceField(Job.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        self.fields["job"].queryset = Job.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Note.Kind.NOTE

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or Note.Visibility.TEAM


class NoteEditForm(forms.Form):
    """Named after the arguments of hiring.notes.edit."""

    text = forms.CharField(
        max_length=20_000,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 4, "data-mentions": ""}),
        error_messages={"required": "Write something, or delete the note."},
    )
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
