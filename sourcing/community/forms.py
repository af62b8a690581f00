"""What somebody says of themselves who wants to be kept in mind: little, and what they look for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from hiring import identity
from hiring.documents import checks, drafts
from hiring.errors import Refused
from hiring.models import Department, LegalText, Location
from sourcing.careers import known
from sourcing.careers.form import stamp
from sourcing.careers.trap import TrapForm
from sourcing.community.models import LONGEST_WORDS, CommunityChoice, CommunityMember

BOX = {"class": "form-check-input"}


class InterestsForm(forms.Form):
    """Named after the arguments of sourcing.community.joining.change."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label="Teams", required=False, widget=forms.CheckboxSelectMultiple(BOX)
    )
    places = forms.ModelMultipleChoiceField(
        Location.objects.none(), label="Places", required=False, widget=forms.CheckboxSelectMultiple(BOX)
    )
    wishes = forms.CharField(
        label="Anything else you look for",
        required=False,
        max_length=LONGEST_WORDS,
        help_text="Such as part time, or from when on.",
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].queryset = known.departments()  # type: ignore[attr-defined]
        self.fields["places"].queryset = known.places()  # type: ignore[attr-defined]

    def interests(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("departments", "places", "wishes")}


def standing(member: CommunityMember) -> dict[str, Any]:
    """What they said before, for the form."""
    return {"departments": member.departments, "places": member.places, "wishes": member.words}


class JoinForm(TrapForm, InterestsForm):
    """With a name and an address, for somebody we do not know. A file survives a mistake in another field."""

    choice = forms.ModelChoiceField(
        CommunityChoice.objects.none(),
        label="What are you interested in?",
        empty_label=None,
        widget=forms.RadioSelect(BOX),
        error_messages={"required": "Please choose one."},
    )
    name = forms.CharField(
        label="Full name", max_length=200, widget=forms.TextInput({"class": "form-control", "autocomplete": "name"})
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "email", "inputmode": "email"}),
    )
    resume = forms.FileField(
        label="Résumé", required=False, widget=forms.FileInput({"class": "form-control", "accept": checks.ACCEPT})
    )
    text = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        widget=forms.CheckboxInput(BOX),
        error_messages={"required": "Without your agreement we may not keep you in mind."},
    )

    def __init__(
        self,
        data: Any = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        choices: list[CommunityChoice],
        words: LegalText,
    ) -> None:
        self.draft: drafts.Draft | None = None
        self.words = words
        super().__init__(
            data,
            files,
            initial={"started": stamp(), "text": words.pk, "choice": choices[0] if len(choices) == 1 else None},
        )
        self.fields["choice"].queryset = CommunityChoice.objects.filter(pk__in=[one.pk for one in choices])  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["choice"].widget = forms.HiddenInput()

    def clean_email(self) -> str:
        try:
            return identity.normalise_email(self.cleaned_data["email"])
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            if upload := self.files.get("resume"):
                self.draft = drafts.keep(upload)
            elif key := self.data.get("resume_draft"):
                self.draft = drafts.find(key)
        except Refused as refused:
            self.add_error("resume", refused.sentence)
        if cleaned.get("agreed") and cleaned.get("text") != self.words.pk:  # PRIV-3: they agree to what they were shown
            data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data["text"] = self.words.pk
            data.pop("agreed", None)
            self.data = data
            self.add_error("agreed", "These words have changed since you began. Please read them once more.")
        return cleaned
