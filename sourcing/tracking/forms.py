"""A tracking link, as text turned into nouns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from hiring.models import Job, Source
from sourcing.tracking.models import TrackingLink


class LinkForm(forms.Form):
    """Fields are named after the arguments of links.make and links.edit."""

    label = forms.CharField(
        label="What is it for?",
        max_length=80,
        widget=forms.TextInput({"placeholder": "Poster in the canteen", "autocomplete": "off"}),
    )
    source = forms.ModelChoiceField(Source.objects.none(), help_text="What applications carry, and reports count by.")
    campaign = forms.CharField(
        max_length=80,
        required=False,
        help_text="Joins several links, such as those of one fair.",
        widget=forms.TextInput({"list": "campaigns", "autocomplete": "off"}),
    )
    job = forms.ModelChoiceField(
        Job.objects.none(), required=False, empty_label="The whole career site", label="Leads to"
    )

    def __init__(self, data: Any = None, *, jobs: QuerySet[Job], link: TrackingLink | None = None, **more: Any) -> None:
        given = {name: getattr(link, name) for name in ("label", "source", "campaign", "job")} if link else {}
        super().__init__(data, initial={**more.pop("initial", {}), **given}, **more)
        sources = Q(is_active=True) | Q(pk=link.source_id) if link else Q(is_active=True)
        self.fields["source"].queryset = Source.objects.filter(sources)  # type: ignore[attr-defined]
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]

    def clean_campaign(self) -> str:
        return " ".join(self.cleaned_data["campaign"].split())
