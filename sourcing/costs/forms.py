"""A cost, and a list of costs, as text turned into nouns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from hiring.errors import Refused
from hiring.models import Job, Source
from sourcing.costs import entering
from sourcing.costs.models import SourceCost

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class CostForm(forms.Form):
    """Fields are named after the arguments of entering.enter."""

    source = forms.ModelChoiceField(Source.objects.none())
    starts_on = forms.DateField(label="From", widget=DAY)
    ends_on = forms.DateField(label="To", widget=DAY, help_text="The cost is spread evenly over these days.")
    amount = forms.CharField(max_length=30, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}))
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        max_length=3,
        widget=forms.TextInput({"autocomplete": "off", "size": 3}),
        error_messages={"invalid": "Three letters, such as EUR."},
    )
    job = forms.ModelChoiceField(
        Job.objects.none(), required=False, empty_label="All jobs", help_text="Only if it was paid for one job."
    )
    kind = forms.ChoiceField(
        label="What was paid for",
        choices=[("", "As usual for the source"), *Source.CostKind.choices[1:]],
        required=False,
    )
    note = forms.CharField(max_length=200, required=False)

    def __init__(self, data: Any = None, *, jobs: QuerySet[Job], cost: SourceCost | None = None, **more: Any) -> None:
        names = ("source", "starts_on", "ends_on", "currency", "job", "kind", "note")
        given = {name: getattr(cost, name) for name in names} if cost else {}
        if cost:
            given["amount"] = f"{cost.amount.normalize():f}"
        super().__init__(data, initial={**more.pop("initial", {}), **given}, **more)
        offered = Q(is_active=True) | Q(pk=cost.source_id) if cost else Q(is_active=True)
        self.fields["source"].queryset = Source.objects.filter(offered, merged_into=None)  # type: ignore[attr-defined]
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            if cleaned.get("amount") and cleaned.get("currency"):
                cleaned["amount"] = entering.amount_of(cleaned["amount"], cleaned["currency"])
        except Refused as refused:
            self.add_error("amount", refused.sentence)
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", "It ends before it begins.")
        return cleaned


class ListForm(forms.Form):
    """A spreadsheet of costs."""

    file = forms.FileField(
        label="List",
        help_text="CSV or XLSX. The first row names the columns: source, period (or from and to), amount, currency; job and note "
        "where they matter.",
        widget=forms.FileInput({"class": "form-control", "accept": ".csv,.xlsx,.txt,.tsv"}),
    )
