"""Notices and consents in the administration: written by place and language, version after version (PRIV-3, AI-10)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from hiring import jurisdictions, legal
from hiring.administration import KeptForever
from hiring.models import LegalText
from hiring.models.postings import language_name

Kind = LegalText.Kind
LANGUAGES = sorted(
    ((code, str(said["name"])) for code, said in LANG_INFO.items() if "name" in said and len(code) <= 5),
    key=lambda one: one[1],
)


class InForceFilter(admin.SimpleListFilter):
    """What is shown now, apart from what once was."""

    title = "in force"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No longer, or not yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LegalText]) -> QuerySet[LegalText]:
        now = timezone.now()
        holds = queryset.filter(valid_from__lte=now).exclude(valid_to__lte=now)
        if self.value() == "yes":
            return holds
        return queryset.exclude(pk__in=holds.values("pk")) if self.value() == "no" else queryset


class LegalTextForm(forms.ModelForm):
    jurisdiction = forms.CharField(
        max_length=8,
        label="Where it holds",
        initial=jurisdictions.EVERYWHERE,
        help_text="* for everywhere, EU, a country such as FR, a state such as US-CA or CA-ON, or US-NYC. "
        "The words of the smallest place come first.",
    )
    wait_days = forms.IntegerField(
        label="Working days before use",
        required=False,
        min_value=0,
        max_value=60,
        initial=0,
        help_text="Of a notice of automated tools: so long software waits after it was shown. 10 in New York City.",
    )
    text = forms.CharField(widget=forms.Textarea({"rows": 18, "class": "vLargeTextField"}))
    locale = forms.ChoiceField(label="Language", choices=LANGUAGES, initial="en")

    def clean_jurisdiction(self) -> str:
        given = str(self.cleaned_data["jurisdiction"]).strip().upper()
        if not jurisdictions.is_one(given):
            raise ValidationError(
                "Nobody knows this place. Use *, EU, a country such as FR, a state such as US-CA, or US-NYC."
            )
        return given

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if not text:
            raise ValidationError("Write the words that are shown.")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["wait_days"] = days = cleaned.get("wait_days") or 0
        if days and cleaned.get("kind") != Kind.AI_NOTICE:
            self.add_error("wait_days", "Only a notice of automated tools comes ahead of use.")
        return cleaned


@admin.register(LegalText)
class LegalTextAdmin(KeptForever):
    """Versions: words that were shown are never changed; a new version takes over from the old one."""

    form = LegalTextForm
    list_display = ("kind", "where", "language", "valid_from", "valid_to", "next_version")
    list_filter = (InForceFilter, "kind", "jurisdiction", "locale")
    ordering = ("kind", "jurisdiction", "locale", "-valid_from")
    search_fields = ("text", "jurisdiction")
    fields = ("kind", "jurisdiction", "locale", "valid_from", "wait_days", "text")

    @admin.display(description="Where", ordering="jurisdiction")
    def where(self, row: LegalText) -> str:
        return row.place[:1].upper() + row.place[1:]

    @admin.display(description="Language", ordering="locale")
    def language(self, row: LegalText) -> str:
        return language_name(row.locale)

    @admin.display(description="")
    def next_version(self, row: LegalText) -> str:
        return format_html('<a href="{}?after={}">New version</a>', reverse("admin:hiring_legaltext_add"), row.pk)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """“New version” begins with the words that hold now."""
        given = {**super().get_changeform_initial_data(request), "valid_from": timezone.now()}
        after = str(given.pop("after", ""))
        before = LegalText.objects.filter(pk=after).first() if after.isdecimal() and len(after) < 18 else None
        if before:
            given |= {name: getattr(before, name) for name in self.fields if name != "valid_from"}
        return given

    def has_change_permission(self, request: HttpRequest, obj: LegalText | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: LegalText, form: Any, change: bool) -> None:
        obj.sha256 = legal.sha256(obj.text)
        super().save_model(request, obj, form, change)
        earlier = LegalText.objects.filter(
            kind=obj.kind,
            jurisdiction=obj.jurisdiction,
            locale=obj.locale,
            valid_to=None,
            valid_from__lt=obj.valid_from,
        )
        if earlier.exclude(pk=obj.pk).update(valid_to=obj.valid_from):
            messages.info(
                request, "The words before hold until then, and stay with the applications they were shown to."
            )
