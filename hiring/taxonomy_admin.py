"""What administrators keep of skills and titles, how far search copies follow a change, and how well vectors are found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from hiring import taxonomy
from hiring.administration import Kept, KeptInline
from hiring.models import RecallCheck, Skill, SkillName, TaxonomyChange, Title, TitleName


class NamesFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE"):
                key = taxonomy.key(form.cleaned_data.get("name", ""))
                if key in seen:
                    raise ValidationError(f"“{form.cleaned_data['name']}” stands here twice.")
                seen.add(key)


class NamesInline(KeptInline):
    formset = NamesFormSet
    verbose_name_plural = "other names"


class SkillNameInline(NamesInline):
    model = SkillName


class TitleNameInline(NamesInline):
    model = TitleName


class Taxonomic(Kept):
    """A change is known to this process at once, to the others a moment later (hiring/taxonomy/held.py)."""

    list_display = ("name", "area", "only_in_lists")
    list_filter = ("area", "only_in_lists")
    search_fields = ("name", "names__name")
    autocomplete_fields = ("broader",)
    fields = ("name", "area", "broader", "only_in_lists")

    def save_related(self, *args: Any, **more: Any) -> None:
        super().save_related(*args, **more)
        taxonomy.forget()

    def delete_model(self, *args: Any, **more: Any) -> None:
        super().delete_model(*args, **more)
        taxonomy.forget()

    def delete_queryset(self, *args: Any, **more: Any) -> None:
        super().delete_queryset(*args, **more)
        taxonomy.forget()


@admin.register(Skill)
class SkillAdmin(Taxonomic):
    inlines = (SkillNameInline,)

    def response_change(self, request: HttpRequest, obj: Skill) -> HttpResponse:
        self._say_what_follows(request)
        return super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Skill, *args: Any, **more: Any) -> HttpResponse:
        self._say_what_follows(request)
        return super().response_add(request, obj, *args, **more)

    def _say_what_follows(self, request: HttpRequest) -> None:
        if TaxonomyChange.objects.filter(done_at=None).exists():
            where = reverse("admin:hiring_taxonomychange_changelist")
            said = "Searching knows the names already. What is kept of each person follows within a minute or so: "
            messages.info(request, format_html('{}<a href="{}">see how far it is</a>.', said, where))


@admin.register(Title)
class TitleAdmin(Taxonomic):
    inlines = (TitleNameInline,)


class ReadOnly(Kept):
    """What the product writes by itself: looked at, never changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(TaxonomyChange)
class TaxonomyChangeAdmin(ReadOnly):
    """What is due is done by itself (hiring/taxonomy_changes.py)."""

    list_display = ("__str__", "at", "progress", "done_at")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    fields = readonly_fields = ("name", "becomes", "at", "people", "rewritten", "done_at")


@admin.register(RecallCheck)
class RecallCheckAdmin(ReadOnly):
    """Measured each night (hiring/semantic/recall.py)."""

    list_display = ("at", "recall", "verdict", "queries", "people", "model")
    fields = readonly_fields = ("at", "recall", "verdict", "queries", "people", "model")
