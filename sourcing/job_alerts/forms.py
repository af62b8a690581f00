"""What a visitor says about the jobs they want to hear of."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring import identity
from hiring.errors import Refused
from hiring.models import Department, Location, PostingTranslation
from sourcing.careers import known, languages
from sourcing.careers.form import stamp
from sourcing.careers.trap import TrapForm
from sourcing.job_alerts.models import LONGEST_WORDS, JobAlert


class SearchForm(forms.Form):
    """Named after the arguments of sourcing.job_alerts.asking.ask and change."""

    words = forms.CharField(
        label="Words",
        required=False,
        max_length=LONGEST_WORDS,
        help_text="Role, team or place. Every word has to be there.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), required=False, empty_label="All", widget=forms.Select({"class": "form-select"})
    )
    location = forms.ModelChoiceField(
        Location.objects.none(),
        label="Place",
        required=False,
        empty_label="All",
        widget=forms.Select({"class": "form-select"}),
    )
    remote = forms.BooleanField(
        label="Fully remote only", required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    language = forms.ChoiceField(label="To be read in", required=False, widget=forms.Select({"class": "form-select"}))
    often = forms.ChoiceField(
        label="How often",
        choices=JobAlert.Often.choices,
        initial=JobAlert.Often.WEEKLY,
        help_text="Only when there is something new.",
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = known.postings()
        self.fields["department"].queryset = known.departments()  # type: ignore[attr-defined]
        self.fields["location"].queryset = known.places()  # type: ignore[attr-defined]
        codes = set(shown.values_list("language", flat=True).distinct())
        codes |= set(
            PostingTranslation.objects.filter(posting__in=shown.values("pk"))
            .values_list("language", flat=True)
            .distinct()
        )
        if len(codes) < 2:
            del self.fields["language"]
        else:
            named = sorted((languages.own_name(code), code) for code in codes)
            self.fields["language"].choices = [("", "Any language"), *((code, name) for name, code in named)]  # type: ignore[attr-defined]

    def search(self) -> dict[str, Any]:
        """What they look for, as the verbs take it."""
        said = self.cleaned_data
        return {name: said.get(name, "") for name in ("words", "department", "location", "remote", "language", "often")}


class AlertForm(TrapForm, SearchForm):
    """The same with an address, for somebody we do not know."""

    email = forms.EmailField(
        label="Your e-mail",
        max_length=254,
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "email", "inputmode": "email"}),
    )
    field_order = ("email", "words", "department", "location", "remote", "language", "often")

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"started": stamp(), **(initial or {})}, **kwargs)

    def clean_email(self) -> str:
        try:
            return identity.normalise_email(self.cleaned_data["email"])
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
