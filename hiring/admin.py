"""What administrators keep on this floor: accounts, places, templates, approval chains, mailboxes, texts."""

from __future__ import annotations

import zoneinfo
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from hiring import (  # the admins register themselves
    api_key_admin,  # noqa: F401
    approval_chain_admin,  # noqa: F401
    custom_field_admin,  # noqa: F401
    holidays,
    invitations,
    legal_text_admin,  # noqa: F401
    posting_admin,  # noqa: F401
    question_rule_admin,  # noqa: F401
    taxonomy_admin,  # noqa: F401
)
from hiring.administration import ActiveFilter, Kept, KeptForever
from hiring.mail import compose
from hiring.models import (
    DataRequest,
    Department,
    Holiday,
    JobTemplate,
    Location,
    Mailbox,
    MailTemplate,
    Tag,
    User,
)

WEEKDAYS = [("1", "Mon"), ("2", "Tue"), ("3", "Wed"), ("4", "Thu"), ("5", "Fri"), ("6", "Sat"), ("7", "Sun")]
STAGE_KINDS = ("lead", "applied", "screen", "interview", "offer", "hired")


# --- people ---------------------------------------------------------------------------------------------------------


class UserForm(forms.ModelForm):
    """Keeps the door open: nobody can shut out themselves, or the last administrator."""

    time_zone = forms.ChoiceField(choices=[(name, name) for name in sorted(zoneinfo.available_timezones())])
    workdays = forms.MultipleChoiceField(
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "weekdays"}),
        label="Days worked",
        error_messages={"required": "Choose at least one day."},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial["workdays"] = list(self.instance.workdays)

    def clean_workdays(self) -> str:
        return "".join(sorted(self.cleaned_data["workdays"]))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There already is an account with this address.")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_circles(cleaned.get("lead"))
        stays = cleaned.get("is_active") and cleaned.get("is_staff") and cleaned.get("role") == User.Role.ADMIN
        was = (
            self.instance.pk
            and self.instance.is_active
            and self.instance.is_staff
            and self.instance.role == User.Role.ADMIN
        )
        others = User.objects.filter(is_active=True, is_staff=True, role=User.Role.ADMIN).exclude(pk=self.instance.pk)
        if was and not stays and not others.exists():
            raise ValidationError("This is the last administrator. Make somebody else one first.")
        return cleaned

    def _refuse_circles(self, lead: User | None) -> None:
        """Nobody leads themselves, through whomever."""
        above, passed = lead, {self.instance.pk}
        while above is not None:
            if above.pk in passed:
                self.add_error("lead", "This would lead back to the same person.")
                return
            passed.add(above.pk)
            above = above.lead


@admin.register(User)
class UserAdmin(KeptForever):
    form = UserForm
    list_display = ("full_name", "email", "role", "department", "active", "last_login")
    list_select_related = ("department",)
    list_filter = ("role", ("is_active", ActiveFilter), "department")
    search_fields = ("full_name", "email")
    ordering = ("full_name", "pk")
    autocomplete_fields = ("department", "lead")
    readonly_fields = ("last_login", "date_joined")
    actions = ("send_link", "close", "reset_second_factor")
    fieldsets = (
        (None, {"fields": ("full_name", "email", "job_title", "department", "lead")}),
        ("Rights", {"fields": ("role", "is_staff", "is_active")}),
        ("Working hours", {"fields": ("time_zone", "workday_start", "workday_end", "workdays")}),
        ("Seen", {"fields": ("last_login", "date_joined")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new colleague chooses their own password: they are sent a link."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            invitations.send(obj, by=_user(request))
            messages.success(request, f"{obj} gets a mail with a link to choose a password.")

    @admin.action(description="Send a link to choose a password")
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        active = queryset.filter(is_active=True)
        for user in active:
            invitations.send(user, by=_user(request))
        messages.success(request, f"{len(active)} mailed.")

    @admin.action(description="Close the accounts")
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Closed people cannot sign in; what they did stays theirs. One never closes one's own account here."""
        closed = queryset.exclude(pk=_user(request).pk).filter(is_active=True).update(is_active=False)
        messages.success(request, f"{closed} closed.")

    @admin.action(description="Remove the second factor (lost phone or key)")
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        people = Authenticator.objects.filter(user__in=queryset).values_list("user", flat=True).distinct().count()
        Authenticator.objects.filter(user__in=queryset).delete()
        messages.success(request, f"{people} can sign in with their password again, and should set up a new one.")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the site let nobody else in
    return request.user


@admin.register(Department)
class DepartmentAdmin(Kept):
    search_fields = ("name",)


@admin.register(Holiday)
class HolidayAdmin(Kept):
    """What waits for a working day is reckoned anew with each change."""

    list_display = ("name", "day", "every_year", "country")
    search_fields = ("name",)
    list_filter = ("country", "every_year")

    def save_model(self, *args: Any, **more: Any) -> None:
        super().save_model(*args, **more)
        holidays.changed()

    def delete_model(self, *args: Any, **more: Any) -> None:
        super().delete_model(*args, **more)
        holidays.changed()

    def delete_queryset(self, *args: Any, **more: Any) -> None:
        super().delete_queryset(*args, **more)
        holidays.changed()


@admin.register(Location)
class LocationAdmin(Kept):
    list_display = ("name", "city", "country", "time_zone")
    search_fields = ("name", "city")
    list_filter = ("country",)


# --- hiring ---------------------------------------------------------------------------------------------------------


class JobTemplateForm(forms.ModelForm):
    """The lists are written as JSON; their shape is checked here, so that no job starts with half a pipeline."""

    def clean_stages(self) -> list[dict[str, Any]]:
        stages = self.cleaned_data["stages"]
        if not isinstance(stages, list) or not stages:
            raise ValidationError("Give a list of stages: [{“name”: …, “kind”: …, “target_days”: …}].")
        for stage in stages:
            if not isinstance(stage, dict) or not str(stage.get("name", "")).strip():
                raise ValidationError("Every stage needs a name.")
            if stage.get("kind") not in STAGE_KINDS:
                raise ValidationError(f"“{stage['name']}” needs one of these kinds: {', '.join(STAGE_KINDS)}.")
        names = [stage["name"] for stage in stages]
        if len(set(names)) < len(names):
            raise ValidationError("Two stages have the same name.")
        return stages

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = {stage["name"] for stage in cleaned.get("stages") or []}
        for kit in cleaned.get("kits") or []:
            if not isinstance(kit, dict) or not kit.get("name") or kit.get("stage") not in names:
                self.add_error("kits", "Every kit needs a name and the name of one of the stages.")
                break
        return cleaned


@admin.register(JobTemplate)
class JobTemplateAdmin(KeptForever):
    readonly_fields = ("more",)
    form = JobTemplateForm
    list_display = ("name", "stage_names", "active")
    list_filter = (("is_active", ActiveFilter),)
    search_fields = ("name",)

    @admin.display(description="Stages")
    def stage_names(self, template: JobTemplate) -> str:
        return " → ".join(str(stage.get("name", "")) for stage in template.stages)


@admin.register(Tag)
class TagAdmin(Kept):
    search_fields = ("name",)


# --- mail and texts -------------------------------------------------------------------------------------------------


@admin.register(Mailbox)
class MailboxAdmin(KeptForever):
    list_display = ("address", "name", "user", "daily_cap", "is_default", "paused_at")
    list_select_related = ("user",)
    search_fields = ("address", "name")
    autocomplete_fields = ("user",)
    actions = ("resume",)

    @admin.action(description="Send again (after a pause)")
    def resume(self, request: HttpRequest, queryset: QuerySet[Mailbox]) -> None:
        resumed = queryset.exclude(paused_at=None).update(paused_at=None, pause_reason="")
        messages.success(request, f"{resumed} resumed.")


class MailTemplateForm(forms.ModelForm):
    """Names a mistaken merge field when the text is written, not when the mail should leave (MAIL-11)."""

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        unknown = [field for field in compose.FIELD.findall(text) if field not in compose.MERGE_FIELDS]
        left = compose.LEFT_OVER.findall(compose.FIELD.sub("", text))
        if unknown or left:
            raise ValidationError(
                f"Not a merge field: {', '.join(unknown + left)}. There are: {', '.join(compose.MERGE_FIELDS)}."
            )
        return text

    def clean_subject(self) -> str:
        return self._checked("subject")

    def clean_body(self) -> str:
        return self._checked("body")


@admin.register(MailTemplate)
class MailTemplateAdmin(KeptForever):
    form = MailTemplateForm
    list_display = ("name", "kind", "language", "subject", "active")
    list_filter = ("kind", "language", ("is_active", ActiveFilter))
    search_fields = ("name", "subject")


# --- what people ask about their data --------------------------------------------------------------------------------


@admin.register(DataRequest)
class DataRequestAdmin(KeptForever):
    """What people asked for on their own page; settled by whoever has done it."""

    list_display = ("candidate", "kind", "asked_at", "due_on", "handled_by", "settled_at")
    list_select_related = ("candidate", "handled_by")
    list_filter = ("kind", ("settled_at", admin.EmptyFieldListFilter))
    readonly_fields = ("candidate", "kind", "asked_at", "due_on", "settled_by")
    fields = ("candidate", "kind", "asked_at", "due_on", "settled_at", "settled_by")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DataRequest, form: Any, change: bool) -> None:
        obj.settled_by = request.user if obj.settled_at else None  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
