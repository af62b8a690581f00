"""What the law says of questions on application forms, in the administration; and a place to try a question (JOB-21, PRIV-17)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from hiring import jurisdictions
from hiring.administration import KeptForever
from hiring.application_form import lawful, topics
from hiring.models import QuestionRule

UNKNOWN = "Nobody knows this place. Use *, EU, a country such as FR, a state such as US-CA, or US-NYC."


class QuestionRuleForm(forms.ModelForm):
    jurisdiction = forms.CharField(max_length=8, label="Where it holds", initial=jurisdictions.EVERYWHERE)

    def clean_jurisdiction(self) -> str:
        given = str(self.cleaned_data["jurisdiction"]).strip().upper()
        if not jurisdictions.is_one(given):
            raise ValidationError(UNKNOWN)
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("valid_from", self.instance.valid_from), cleaned.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", "This has to be after the first day.")
        return cleaned


class TryForm(forms.Form):
    """A question as somebody would write it, and where its job is."""

    question = forms.CharField(max_length=400, widget=forms.Textarea({"rows": 3}), label="A question")
    country = forms.CharField(max_length=2, required=False, help_text="Two letters, such as FR.")
    region = forms.CharField(max_length=60, required=False, label="State or province")
    city = forms.CharField(max_length=60, required=False)


@admin.register(QuestionRule)
class QuestionRuleAdmin(KeptForever):
    """A rule that held for a time is not rewritten: it gets an end, and another follows."""

    form = QuestionRuleForm
    change_list_template = "admin/hiring/questionrule/change_list.html"
    list_display = ("topic", "where", "level", "law", "may_be_exempted", "valid_from", "valid_to")
    list_filter = ("level", "topic", "jurisdiction")
    search_fields = ("message", "law", "topic", "jurisdiction", "instead")
    ordering = ("topic", "jurisdiction", "-valid_from")

    @admin.display(description="Where", ordering="jurisdiction")
    def where(self, row: QuestionRule) -> str:
        name = jurisdictions.name_of(row.jurisdiction)
        return name[:1].upper() + name[1:]

    def get_readonly_fields(self, request: HttpRequest, obj: QuestionRule | None = None) -> tuple[str, ...]:
        if obj is None or obj.valid_from > timezone.localdate():
            return ()
        return ("topic", "level", "message", "law", "may_be_exempted", "instead", "valid_from")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:
        """Where a standing rule holds stays, too; that field is the form's own, so it is left out instead of read only."""
        made = super().get_form(request, obj, change, **more)
        if obj is not None and obj.valid_from <= timezone.localdate():
            made.base_fields["jurisdiction"].disabled = True
        return made

    def get_urls(self) -> list[URLPattern]:
        own = [path("try/", self.admin_site.admin_view(self.try_it), name="hiring_questionrule_try")]
        return [*own, *super().get_urls()]

    def try_it(self, request: HttpRequest) -> HttpResponse:
        """What would be said of a question on the form of a job in some place, and by which words it is known."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.GET or None)
        findings: list[lawful.Finding] = []
        named: list[tuple[str, str]] = []
        if form.is_bound and form.is_valid():
            asked = {"key": "tried", "label": form.cleaned_data["question"]}
            place = jurisdictions.of_place(*(form.cleaned_data[name] for name in ("country", "region", "city")))
            findings = lawful.look(asked, lawful.rules_for([place]))
            ruled = {one.topic for one in findings}
            named = [
                (topics.BY_KEY[topic].name, words)
                for topic, words in topics.found_in(lawful.words_of(asked)).items()
                if topic not in ruled
            ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Try a question",
            "opts": self.opts,
            "form": form,
            "findings": findings,
            "named": named,
            "is_tried": form.is_bound and form.is_valid(),
        }
        return render(request, "admin/hiring/questionrule/try.html", context)
