"""What administrators keep on this floor: why applications end."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from hiring.administration import ActiveFilter, KeptForever
from pipeline.models import ApplyingLimits, ReasonLetter, RejectionReason


@admin.register(ApplyingLimits)
class ApplyingLimitsAdmin(KeptForever):
    list_display = ("__str__", "most_open", "again_after_days", "confirm_address")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super().has_add_permission(request) and not ApplyingLimits.objects.exists()

    def save_model(self, request: HttpRequest, obj: ApplyingLimits, form: Any, change: bool) -> None:
        obj.pk = 1  # the one row there is
        super().save_model(request, obj, form, change)


class ReasonLetterInline(admin.TabularInline):
    """The letters that go with a reason, one a language."""

    model = ReasonLetter
    extra = 1


@admin.register(RejectionReason)
class RejectionReasonAdmin(KeptForever):
    list_display = ("label", "code", "ended_by", "position", "is_active")
    list_editable = ("position", "is_active")
    list_filter = ("ended_by", ("is_active", ActiveFilter))
    search_fields = ("label", "code")
    inlines = (ReasonLetterInline,)
    prepopulated_fields = {"code": ("label",)}  # noqa: RUF012
