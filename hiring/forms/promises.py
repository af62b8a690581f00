"""A promise to somebody, alone or beside a rejection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from hiring import access, promises
from hiring.models import Department, Location, User
from hiring.promises import Keep


def _date(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), **more)


class KeepForm(forms.Form):
    """What is promised, until when or until what happens, and where the person is kept. Prefixed, to stand in other forms."""

    text = forms.CharField(
        label="What we promise", max_length=300, required=False,
        widget=forms.TextInput(attrs={"placeholder": "Call when a senior role opens in Lyon"}),
    )  # fmt: skip
    due_on = _date("Come back by")
    title = forms.CharField(label="Called", max_length=120, required=False)
    department = forms.ModelChoiceField(
        Department.objects.all(), required=False, empty_label="Any", label="In department"
    )
    location = forms.ModelChoiceField(Location.objects.all(), required=False, empty_label="Anywhere", label="In")
    owner = forms.ModelChoiceField(User.objects.none(), required=False, empty_label=None, label="Who keeps it")
    pool = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Pool")
    touch_on = _date("In touch again on")
    ask = forms.BooleanField(
        label="Ask for their yes in the letter", required=False, initial=True,
        help_text="Needed where they have not agreed to be kept in mind. Until they say yes, the rest waits.",
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User, needed: bool = True) -> None:
        super().__init__(data, prefix="keep", initial={"owner": user.pk})
        self.user, self.needed = user, needed
        colleagues = User.objects.filter(is_active=True, role__in=access.WORKS_WITH_CANDIDATES)
        self.fields["owner"].queryset = (colleagues | User.objects.filter(pk=user.pk)).distinct()  # type: ignore[attr-defined]
        offered = promises.pools.choices(user) if promises.pools else []
        self.fields["pool"].choices = [("", "None"), *offered]  # type: ignore[attr-defined]
        if not offered:
            del self.fields["pool"], self.fields["touch_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.needed:
            return cleaned
        if not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", "Say what is promised, or why they are kept in mind.")
        where = ("due_on", "title", "department", "location", "pool")
        if not self.errors and not any(cleaned.get(name) for name in where):
            self.add_error("due_on", "Give the promise a day, a job to wait for, or a pool.")
        today = timezone.localdate()
        first, last = today - dt.timedelta(days=1), today + dt.timedelta(days=promises.MOST_DAYS)
        for name in ("due_on", "touch_on"):
            if cleaned.get(name) and not first <= cleaned[name] <= last:
                self.add_error(name, promises.WITHIN)
        return cleaned

    def keep(self) -> Keep:
        said = self.cleaned_data
        return Keep(
            text=said["text"],
            owner=(said.get("owner") or self.user).pk,
            due_on=said.get("due_on"),
            title=said.get("title", ""),
            department=said["department"].pk if said.get("department") else None,
            location=said["location"].pk if said.get("location") else None,
            pool=said.get("pool"),
            touch_on=said.get("touch_on"),
            ask=said.get("ask", False),
        )
