"""The administration: Django's admin behind the product's own sign-in, and the base its pages share.

It is for administrators (hiring/access.py), who keep accounts, templates, reasons and texts; it is not the product's second
face. Rights come from the role alone: groups and permissions of Django are not used.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.text import capfirst

from hiring import access

FOREIGN = {"auth", "account", "mfa"}


LABELS = {"is_staff": "May open the administration"}


class ActiveFilter(admin.BooleanFieldListFilter):
    """Narrows to what is in use; its name reads "By active" beside the list."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.title = "active"


class Administration(admin.AdminSite):
    site_header = "Throughline administration"
    site_title = "Throughline administration"
    index_title = "What administrators keep"
    site_url = "/"
    enable_nav_sidebar = False
    password_change_template = None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leave out what other packages bring along: groups we do not use, keys and addresses kept with the accounts."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label not in FOREIGN]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and access.can_administer(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for everything, with its second factor and its limits; whoever is in but may not be here is told so."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied("The administration is for administrators.")
        return redirect_to_login(request.GET.get("next") or request.path)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


class EstimatingPaginator(Paginator):
    """Counts small tables and estimates large ones, so that no page waits for count(*) over millions (docs/performance.md)."""

    COUNT_UP_TO = 20_000

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        if not rows.query.where:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table]
                )
                estimate = int(cursor.fetchone()[0])
            if estimate > self.COUNT_UP_TO:
                return estimate
        return rows.order_by().values("pk")[: self.COUNT_UP_TO + 1].count()


class Kept(admin.ModelAdmin):
    """The base of every page here: rights by role, no full counts, no silent deletions of what others point to."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    empty_value_display = "–"

    @admin.display(description="Active", boolean=True, ordering="is_active")
    def active(self, row: Any) -> bool:
        """The column for `is_active`, said as people say it."""
        return bool(row.is_active)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **more: Any
    ) -> HttpResponse:
        """Headed by the name of the row, once, or by what is added."""
        row = context.get("original")
        title = str(row) if row else f"New {self.opts.verbose_name}"
        return super().render_change_form(request, {**context, "title": title, "subtitle": None}, *args, **more)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **more: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **more)
        if field and db_field.name.startswith("is_"):
            field.help_text = "" if db_field.name in LABELS else field.help_text  # the label says it
            field.label = LABELS.get(db_field.name) or capfirst(db_field.name.removeprefix("is_").replace("_", " "))
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]


class KeptForever(Kept):
    """For what others were decided by or told: it is switched off or replaced, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class KeptInline(admin.TabularInline):
    """Rows within a page of the administration."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.can_administer(request.user)  # type: ignore[arg-type]

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission
