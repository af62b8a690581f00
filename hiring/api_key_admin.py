"""Everybody's access keys, for administrators: whose they are, when they were used, and the way to end them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from hiring import api_keys
from hiring.administration import KeptForever
from hiring.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(KeptForever):
    """Made by their users on their own pages; here they are looked at and revoked."""

    list_display = ("name", "user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = ("scope",)
    search_fields = ("name", "user__full_name", "user__email")
    ordering = ("-created_at", "-pk")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke: they open nothing any more")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        live = list(queryset.filter(revoked_at=None))
        for key in live:
            api_keys.revoke(key)
        messages.success(request, f"{len(live)} revoked.")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        return [field.name for field in ApiKey._meta.fields if field.name != "digest"]
