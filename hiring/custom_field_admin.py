"""Custom fields in the administration: what they are, what can be chosen, who sees them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from hiring.administration import ActiveFilter, KeptForever, KeptInline
from hiring.models import CustomField, CustomFieldOption, User
from hiring.models.custom_fields import MOST_DECIMALS


class CustomFieldForm(forms.ModelForm):
    currency = forms.CharField(
        max_length=3, required=False, help_text="Of an amount of money; all other types leave it empty."
    )
    decimals = forms.IntegerField(
        min_value=0, max_value=MOST_DECIMALS, required=False, help_text="Of a number; none means as many as there are."
    )
    roles = forms.MultipleChoiceField(
        choices=User.Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Who sees it when it is private.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_private") and not cleaned.get("roles"):
            self.add_error("roles", "Say who sees it: a private field that nobody sees is lost.")
        currency = str(cleaned.get("currency") or "").strip().upper()
        if (cleaned.get("type") or self.instance.type) != CustomField.Type.MONEY:
            currency = self.instance.currency  # nobody is asked for it
        elif len(currency) != 3 or not currency.isalpha():
            self.add_error("currency", "Use the three letters of the currency, such as EUR.")
        cleaned["currency"] = currency
        if cleaned.get("decimals") is None:
            cleaned["decimals"] = self.instance.decimals
        least, most = cleaned.get("minimum"), cleaned.get("maximum")
        if least is not None and most is not None and least > most:
            self.add_error("maximum", "This must not be below the minimum.")
        return cleaned


class CustomFieldOptionInline(KeptInline):
    model = CustomFieldOption
    fields = ("label", "position", "is_active")
    can_delete = False  # retired instead: those who have it keep it


@admin.register(CustomField)
class CustomFieldAdmin(KeptForever):
    """What it stands on, its key and its type are fixed once it exists: values would lose their meaning."""

    form = CustomFieldForm
    list_display = ("name", "kind", "type", "key", "is_private", "active")
    list_filter = ("kind", "type", ("is_active", ActiveFilter))
    search_fields = ("name", "key")
    inlines = (CustomFieldOptionInline,)
    fieldsets = (
        (None, {"fields": ("name", "help_text", "kind", "type", "key", "currency")}),
        ("Numbers and amounts", {"fields": ("minimum", "maximum", "decimals")}),
        ("Use", {"fields": ("is_required", "position", "is_active")}),
        ("Who sees it", {"fields": ("is_private", "roles")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: CustomField | None = None) -> Any:
        shown = super().get_fieldsets(request, obj)
        if obj is None:
            return shown
        unused = {
            CustomField.Type.MONEY: {"decimals"},
            CustomField.Type.NUMBER: {"currency"},
        }.get(CustomField.Type(obj.type), {"currency", "minimum", "maximum", "decimals"})
        kept = [
            (title, {**part, "fields": tuple(name for name in part["fields"] if name not in unused)})
            for title, part in shown
        ]
        return [(title, part) for title, part in kept if part["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: CustomField | None = None) -> tuple[str, ...]:
        return ("kind", "type", "key") if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        made: CustomField = form.instance
        if made.has_options and not made.options.filter(is_active=True).exists():
            messages.warning(request, f"{made} has no choices yet: add some, or nobody can fill it in.")
