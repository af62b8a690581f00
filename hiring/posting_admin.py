"""What administrators keep of the law on postings: which rules are for this organisation, and what they ask for (JOB-20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from hiring.administration import KeptForever
from hiring.models import PostingRule

Kind = PostingRule.Kind
WITH_WORDS = {Kind.WORDS, Kind.NO_WORDS}


class RuleForm(forms.ModelForm):
    """A rule that asks for words has some, and one about a range says how wide it may be."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in WITH_WORDS and not cleaned.get("words", "").strip():
            self.add_error("words", "Say which words: one wording a line, those that mean the same set apart by |.")
        if cleaned.get("kind") == Kind.SPREAD and cleaned.get("most") is None:
            self.add_error("most", "Say how wide a range may be.")
        return cleaned

    def clean_jurisdiction(self) -> str:
        given = self.cleaned_data["jurisdiction"].strip().upper()
        if not given or not all(part.isalpha() for part in given.split("-")):
            raise ValidationError("EU, a country such as FR, a state such as US-CO, or US-NYC.")
        return given


@admin.register(PostingRule)
class PostingRuleAdmin(KeptForever):
    """Answers point at rules, so a rule is switched off or ended, never deleted."""

    form = RuleForm
    list_display = ("message", "jurisdiction", "kind", "applies_to", "is_on", "valid_from", "valid_to")
    list_filter = ("is_on", "jurisdiction", "kind")
    search_fields = ("message", "law", "key")
