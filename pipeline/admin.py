"""What administrators keep on this floor: why applications end."""

from __future__ import annotations

from django.contrib import admin

from hiring.administration import ActiveFilter, KeptForever
from pipeline.models import ReasonLetter, RejectionReason


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
