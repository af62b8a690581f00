"""A source, as text turned into nouns."""

from __future__ import annotations

from typing import Any

from django import forms

from hiring.models import Source


class SourceForm(forms.Form):
    """Fields are named after the arguments of hiring.sources.create and edit."""

    name = forms.CharField(max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    kind = forms.ChoiceField(
        label="Group",
        choices=Source.Kind.choices,
        help_text="Reports add up by it. People of the groups Referral, Agency, Import and Sourced did not come to us by themselves: "
        "they are told that we hold their data.",
    )
    cost_kind = forms.ChoiceField(
        label="What it usually costs",
        choices=Source.CostKind.choices,
        required=False,
        help_text="Offered first when a cost is entered.",
    )

    def __init__(self, data: Any = None, *, source: Source | None = None) -> None:
        fields = ("name", "kind", "cost_kind")
        super().__init__(data, initial={name: getattr(source, name) for name in fields} if source else {})


class MergeForm(forms.Form):
    """Which source it becomes a part of."""

    into = forms.ModelChoiceField(Source.objects.none(), label="Merge into", empty_label="Choose a source")

    def __init__(self, data: Any = None, *, source: Source) -> None:
        super().__init__(data)
        others = Source.objects.filter(merged_into=None).exclude(pk=source.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class AliasForm(forms.Form):
    """A further name of a source."""

    name = forms.CharField(
        label="Another name",
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "linkedin_organic, lnkd.in"}),
    )
