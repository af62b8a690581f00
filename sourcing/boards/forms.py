"""A board's settings, as text turned into nouns."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from hiring.models import Department, Location, Source
from sourcing.boards.models import Board
from sourcing.boards.shapes import Format

BOXES = forms.CheckboxSelectMultiple


class BoardForm(forms.Form):
    """Fields are named after the arguments of sourcing.boards.keeping.edit."""

    company_id = forms.CharField(label="Number of your company page", max_length=40, required=False)
    contact_email = forms.EmailField(
        label="E-mail of whoever posts the jobs",
        max_length=254,
        required=False,
        help_text="The board asks for it with every job; it is not shown to applicants.",
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label="Source",
        required=False,
        empty_label="Career site, as without a board",
        help_text="What applications from this board carry, and reports count by.",
    )
    scope = forms.ChoiceField(label="What it is sent", choices=Board.Scope.choices, widget=forms.RadioSelect)
    departments = forms.ModelMultipleChoiceField(Department.objects.none(), required=False, widget=BOXES)
    locations = forms.ModelMultipleChoiceField(Location.objects.none(), required=False, widget=BOXES)

    def __init__(self, data: Any = None, *, board: Board, form: Format) -> None:
        names = ("company_id", "contact_email", "source", "scope")
        initial: dict[str, Any] = {name: getattr(board, name) for name in names}
        super().__init__(
            data, initial={**initial, "departments": board.departments.all(), "locations": board.locations.all()}
        )
        self.fields["source"].queryset = Source.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["departments"].queryset = Department.objects.all()  # type: ignore[attr-defined]
        self.fields["locations"].queryset = Location.objects.all()  # type: ignore[attr-defined]
        for name in ("company_id", "contact_email"):
            if name not in form.settings:
                del self.fields[name]

    def clean_company_id(self) -> str:
        given: str = self.cleaned_data["company_id"].strip()
        if given and not re.fullmatch(r"[0-9]+", given):
            raise forms.ValidationError(
                "This is a number: the digits in the address of your company page's administration."
            )
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = cleaned.get("departments") or cleaned.get("locations")
        if cleaned.get("scope") != Board.Scope.ALL and not named and not self.errors:
            self.add_error("scope", "Choose a department or a location below, or send every public posting.")
        return cleaned
