"""The name and the readers of a view, from text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from pipeline.table.asking import Place


class TableViewForm(forms.Form):
    """The name of a view, and for whom it is. `is_kept`: it is there already, for the place it was kept on."""

    name = forms.CharField(
        max_length=80,
        label="Name",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the view a name."},
    )
    of_job = forms.TypedChoiceField(
        label="For",
        coerce=lambda value: value == "job",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which jobs it is for."},
    )
    is_shared = forms.TypedChoiceField(
        label="Who may open it",
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who may open it."},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        place: Place,
        may_share: bool,
        may_share_widely: bool,
        is_kept: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.may_share_widely = may_share_widely
        job = place.job
        if is_kept or job is None:
            del self.fields["of_job"]
        else:
            self.fields["of_job"].choices = [("any", "Any job"), ("job", f"{job.title} only")]  # type: ignore[attr-defined]
            self.fields["of_job"].initial = "any"
        if not may_share:
            del self.fields["is_shared"]
            return
        others = (
            f"Everybody who may open the pipeline of {job.title}"
            if is_kept and job
            else "Colleagues who may open the table"
        )
        self.fields["is_shared"].choices = [("False", "Only me"), ("True", others)]  # type: ignore[attr-defined]
        self.fields["is_shared"].initial = "False"
        if "is_shared" in self.initial:
            self.initial["is_shared"] = str(self.initial["is_shared"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        is_wide = "of_job" in self.fields and not given.get("of_job")
        if given.get("is_shared") and is_wide and not self.may_share_widely:
            self.add_error("is_shared", "Share it for this job only, or keep it to yourself.")
        return given
