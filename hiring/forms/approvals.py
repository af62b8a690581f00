"""An approver's answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from hiring import stand_ins
from hiring.approval_subjects import Case
from hiring.models import ApprovalChain, ApprovalVote, Department, Location, User
from hiring.models.jobs import Level
from hiring.planned_days import PlannedDay


class DecisionForm(forms.Form):
    """Approve, or turn down with a reason: whoever asked has to know what to change."""

    decision = forms.ChoiceField(
        choices=ApprovalVote.Decision.choices,
        error_messages={"required": "Approve it or turn it down: press one of the two buttons."},
    )
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed only when you turn it down.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == ApprovalVote.Decision.REJECT and not cleaned.get("comment"):
            self.add_error("comment", "Say why you turn it down, so that it can be changed.")
        return cleaned


class TryChainForm(forms.Form):
    """A case to try the chains with."""

    kind = forms.ChoiceField(
        label="For",
        choices=ApprovalChain.SubjectKind.choices,
        error_messages={"required": "Choose what is to be approved: a job or an offer."},
    )
    department = forms.ModelChoiceField(Department.objects.all(), required=False, empty_label="Any other")
    location = forms.ModelChoiceField(Location.objects.all(), required=False, empty_label="Any other")
    level = forms.ChoiceField(choices=[("", "Not set"), *Level.choices], required=False)
    pay = forms.DecimalField(label="Highest pay a year", required=False, min_value=0, max_digits=12, decimal_places=2)
    currency = forms.CharField(max_length=3, required=False, initial="EUR")
    hiring_manager = forms.ModelChoiceField(
        User.objects.filter(is_active=True).select_related("lead"), required=False, empty_label="Nobody"
    )

    def case(self) -> Case:
        given = self.cleaned_data
        return Case(
            department=given["department"],
            location=given["location"],
            level=given["level"],
            pay=given["pay"],
            currency=(given["currency"] or "EUR").upper(),
            hiring_managers=(given["hiring_manager"],) if given["hiring_manager"] else (),
        )


class AbsenceForm(forms.Form):
    """Who decides for me, and on which days."""

    stand_in = forms.ModelChoiceField(
        User.objects.none(),
        label="Who decides for you",
        empty_label="Choose",
        error_messages={"required": "Choose who decides for you."},
    )
    first_day = PlannedDay(
        stand_ins.AWAY, back=1, label="From", error_messages={"required": "Say from which day you are away."}
    )
    last_day = PlannedDay(
        stand_ins.AWAY, back=1, label="To and including", error_messages={"required": "Say which day is the last one."}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=user.pk)
        self.fields["stand_in"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
            self.add_error("last_day", "The last day lies before the first.")
        return cleaned
