"""Approval chains as administrators set them up: what makes no sense is refused with a sentence, ties are told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from hiring import approval_chains
from hiring.administration import ActiveFilter, KeptForever, KeptInline
from hiring.models import ApprovalChain, ChainGroup


class ApprovalChainForm(forms.ModelForm):
    """A chain for pay, level or place has to be tellable from the others."""

    pay_currency = forms.CharField(max_length=3, required=False, initial="EUR", label="Currency of the pay")

    def clean_pay_currency(self) -> str:
        code = (self.cleaned_data["pay_currency"] or "EUR").strip().upper()
        if not (code.isascii() and code.isalpha() and len(code) == 3):
            raise ValidationError("Three letters, such as EUR.")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("pay_from"), cleaned.get("pay_up_to")
        if low is not None and high is not None and low > high:
            self.add_error("pay_up_to", "The range ends below its start.")
        remind, escalate = cleaned.get("remind_after"), cleaned.get("escalate_after")
        if remind and escalate and escalate <= remind:
            self.add_error("escalate_after", "Remind first: this has to be later than the reminder.")
        if cleaned.get("escalate_to") and not escalate:
            self.add_error("escalate_after", "Say after how many hours this colleague is asked too.")
        if cleaned.get("escalate_to") and not cleaned["escalate_to"].is_active:
            self.add_error("escalate_to", "This colleague no longer works here.")
        if not self.errors:
            self._refuse_doubles(cleaned)
        return cleaned

    def _refuse_doubles(self, cleaned: dict[str, Any]) -> None:
        names = ("subject_kind", "department", "location", "level", "pay_from", "pay_up_to", "pay_currency")
        this = ApprovalChain(**{name: cleaned.get(name) for name in names})
        others = ApprovalChain.objects.filter(is_active=True).exclude(pk=self.instance.pk)
        double = next((other for other in others if approval_chains.same_scope(this, other)), None)
        if cleaned.get("is_active") and double:
            raise ValidationError(
                f"“{double.name}” is for the same already, so only one of the two would ever be asked. Change that one, or switch it off."
            )

    class Meta:
        model = ApprovalChain
        fields = (
            "name", "subject_kind", "department", "location", "level", "pay_from", "pay_up_to", "pay_currency", "remind_after",
            "escalate_after", "escalate_to", "is_active",
        )  # fmt: skip


class StepsFormSet(forms.BaseInlineFormSet):
    """The steps of a chain, each of which somebody can decide."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not kept:
            raise ValidationError("Give the chain at least one step: without one nothing it is for could be submitted.")
        places = [form.cleaned_data.get("position") for form in kept]
        if len(set(places)) < len(places):
            raise ValidationError("Two steps have the same position. The lower one is asked first.")
        for form in kept:
            self._check(form)

    def _check(self, form: forms.ModelForm) -> None:
        given = form.cleaned_data
        people = [user for user in given.get("approvers") or [] if user.is_active]
        named_by_job = bool(given.get("hiring_manager")) + bool(given.get("managers_lead"))
        if not people and not named_by_job:
            form.add_error("approvers", "Somebody who works here has to be asked, or the hiring manager or their lead.")
        elif not given.get("needed"):
            form.add_error("needed", "At least one has to approve.")
        elif given["needed"] > len(people) and not named_by_job:
            form.add_error("needed", f"Only {len(people)} can be asked.")


class ChainGroupInline(KeptInline):
    model = ChainGroup
    formset = StepsFormSet
    verbose_name = "step"
    autocomplete_fields = ("approvers",)
    fields = ("position", "needed", "approvers", "hiring_manager", "managers_lead")


@admin.register(ApprovalChain)
class ApprovalChainAdmin(KeptForever):
    form = ApprovalChainForm
    list_display = ("name", "subject_kind", "asked_for", "department", "active")
    list_select_related = ("department", "location")
    list_filter = ("subject_kind", ("is_active", ActiveFilter))
    search_fields = ("name",)
    autocomplete_fields = ("department", "location", "escalate_to")
    inlines = (ChainGroupInline,)
    fieldsets = (
        (None, {"fields": ("name", "subject_kind", "is_active")}),
        (
            "What it is for",
            {
                "fields": ("department", "location", "level", "pay_from", "pay_up_to", "pay_currency"),
                "description": (
                    "Leave all empty for everything. Of several chains that fit, the one with the most conditions is asked; "
                    "among as many, department counts most, then location, level, pay. Pay is the highest of the range, a year."
                ),
            },
        ),
        ("When nobody answers", {"fields": ("remind_after", "escalate_after", "escalate_to")}),
    )

    @admin.display(description="For")
    def asked_for(self, chain: ApprovalChain) -> str:
        return approval_chains.scope_words(chain)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Say with which chains it meets, and point to the page that shows who is asked when."""
        super().save_related(request, form, formsets, change)
        active = ApprovalChain.objects.filter(is_active=True).select_related("department", "location")
        for first, other, why in approval_chains.ties(list(active)):
            if form.instance in (first, other):
                messages.warning(
                    request, f"Where both fit, “{first.name}” is asked and not “{other.name}”: that one {why}."
                )
        messages.info(
            request, format_html('<a href="{}">See which chain is asked for what</a>', reverse("approval_chains"))
        )
