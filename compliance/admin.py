"""The audit in the administration: to be read, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from compliance.models import AuditEntry
from hiring.administration import KeptForever


@admin.register(AuditEntry)
class AuditEntryAdmin(KeptForever):
    list_display = ("id", "at", "actor", "door", "action", "table_name", "object_id")
    list_select_related = ("actor",)
    list_filter = ("door", "action")
    search_fields = ("=object_id", "=table_name", "=request_id")
    show_full_result_count = False
    readonly_fields = ("at", "actor", "door", "request_id", "ip", "action", "table_name", "object_id")
    exclude = ("payload_hash", "row_hash")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
