"""Forms around a job: create, change, its openings and team."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from hiring import access, approval_chains, approvals, jobs, last_changes, openings
from hiring.amounts import plain_amount
from hiring.models import Department, Job, JobTemplate, Location, Opening, TeamMember, User
from hiring.models.jobs import EmploymentType, JobCategory, Level, PayPeriod, Workplace
from hiring.planned_days import PlannedDay
from hiring.seen import SeenForm, quoted

CURRENCIES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "CAD",
    "SEK",
    "DKK",
    "NOK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "AUD",
    "INR",
    "JPY",
]
TITLE_HINT = "The role only: no place, pay or code."
HOW_MANY = {
    "required": "Say how many openings there are.",
    "invalid": "Give the number of openings in figures, such as 2.",
    "min_value": "There is at least one opening.",
    "max_value": f"A job has at most {jobs.MAX_HEADCOUNT} openings.",
}


def colleagues() -> Any:
    return User.objects.filter(is_active=True)


class Money(forms.DecimalField):
    """An amount as people type it: “55,000”, “55 000” and “55000.00” are the same."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, decimal_places=2, **{"max_digits": 12, **kwargs})
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_amount(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


class JobFields(forms.Form):
    """What a job is. Named after the arguments of hiring.jobs.create and edit."""

    title = forms.CharField(
        max_length=150,
        help_text=TITLE_HINT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the job a title."},
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), empty_label="Choose", error_messages={"required": "Choose the department."}
    )
    location = forms.ModelChoiceField(
        Location.objects.all(), empty_label="Choose", error_messages={"required": "Choose where the job is."}
    )
    workplace = forms.ChoiceField(
        choices=Workplace.choices, initial=Workplace.HYBRID, error_messages={"required": "Choose where people work."}
    )
    employment_type = forms.ChoiceField(
        label="Employment",
        choices=EmploymentType.choices,
        error_messages={"required": "Choose the kind of employment."},
    )
    headcount = forms.IntegerField(
        label="Openings", min_value=1, max_value=jobs.MAX_HEADCOUNT, initial=1, error_messages=HOW_MANY
    )
    target_date = PlannedDay(jobs.TARGET, label="To be filled by", required=False)
    pay_min = Money(label="Pay from")
    pay_max = Money(label="Pay to")
    pay_currency = forms.ChoiceField(
        label="Currency",
        choices=[(code, code) for code in CURRENCIES],
        error_messages={"required": "Choose the currency of the pay."},
    )
    pay_period = forms.ChoiceField(
        label="Per",
        choices=PayPeriod.choices,
        initial=PayPeriod.YEAR,
        error_messages={"required": "Choose what the pay is for: a year, a month, an hour."},
    )
    reason = forms.CharField(
        label="Why we hire",
        required=False,
        max_length=200,
        help_text="Replacement, growth, a project: approvers read this.",
    )
    level = forms.ChoiceField(required=False, choices=[("", "Not set"), *Level.choices])
    priority = forms.ChoiceField(required=False, choices=Job.Priority.choices, initial=Job.Priority.NORMAL)
    budget = Money(
        label="Budget a year", max_digits=14, help_text="What all openings together may cost; approvers read this."
    )
    eeo_category = forms.ChoiceField(
        label="EEO-1 job category",
        required=False,
        choices=[("", "Not set"), *JobCategory.choices],
        help_text="For organisations that report to the US Equal Employment Opportunity Commission. It says nothing of any person.",
    )
    confidential = forms.BooleanField(
        label="Confidential",
        required=False,
        help_text="Only the hiring team sees that this job exists. It cannot be published.",
    )

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_priority(self) -> str:
        return self.cleaned_data["priority"] or Job.Priority.NORMAL

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high = (cleaned.get(name, self.left_alone(name)) for name in ("pay_min", "pay_max"))
        if low is not None and high is not None and low > high:
            self.add_error("pay_max", "The range ends below its start.")
        return cleaned

    def left_alone(self, name: str) -> Any:
        """What a field goes on to hold that this form does not write."""
        return None


class JobForm(JobFields):
    """A new job: from a template, or as a copy of a job the user sees; with the two people who carry it."""

    template = forms.ModelChoiceField(
        JobTemplate.objects.filter(is_active=True),
        empty_label=None,
        error_messages={"required": "Choose the template it starts from."},
    )
    hiring_manager = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody yet")
    recruiter = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody yet")
    copy_of = forms.ModelChoiceField(Job.objects.none(), widget=forms.HiddenInput)
    with_team = forms.BooleanField(label="Take the rest of its team along", required=False)

    field_order = ("template", "title", "department", "location")

    def __init__(self, *args: Any, copied: Job | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if copied:
            del self.fields["template"]
            self.fields["copy_of"].queryset = Job.objects.filter(pk=copied.pk)  # type: ignore[attr-defined]
        else:
            del self.fields["copy_of"], self.fields["with_team"]
        people = colleagues()
        self.fields["hiring_manager"].queryset = self.fields["recruiter"].queryset = people  # type: ignore[attr-defined]

    def case(self) -> approvals.Case:
        """What of the form chooses the approval chain, as far as it is filled in and makes sense."""
        given: dict[str, Any] = {}
        for name in (
            "department",
            "location",
            "level",
            "pay_min",
            "pay_max",
            "pay_currency",
            "pay_period",
            "hiring_manager",
        ):
            try:
                given[name] = self.fields[name].clean(self[name].value())
            except forms.ValidationError:
                given[name] = None
        high = given["pay_max"] if given["pay_max"] is not None else given["pay_min"]
        return approvals.Case(
            department=given["department"],
            location=given["location"],
            level=given["level"] or "",
            pay=approval_chains.a_year(high, given["pay_period"] or PayPeriod.YEAR),
            currency=given["pay_currency"] or "",
            hiring_managers=(given["hiring_manager"],) if given["hiring_manager"] else (),
        )

    def clean_target_date(self) -> dt.date | None:
        day = self.cleaned_data["target_date"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("This day has passed.")
        return day


def facts_to_copy(job: Job, user: User) -> dict[str, Any]:
    """What a copy of this job starts from; pay and budget only for those who may see them."""
    hidden = set() if access.can_see_pay(user, job) else {"pay_min", "pay_max", "budget"}
    facts = {
        name: getattr(job, name) for name in JobFields.base_fields if name not in {"headcount", "target_date", *hidden}
    }
    carriers = {member.role: member.user_id for member in job.team.filter(user__is_active=True).order_by("-pk")}
    return facts | {
        "copy_of": job.pk,
        "with_team": True,
        "hiring_manager": carriers.get(TeamMember.Role.HIRING_MANAGER),
        "recruiter": carriers.get(TeamMember.Role.RECRUITER),
    }


class JobEditForm(JobFields, SeenForm):
    """The same facts of a job that exists."""

    def __init__(self, data: Any = None, *, job: Job) -> None:
        live = job.openings.exclude(status=Opening.Status.CANCELLED).count()
        facts = {name: getattr(job, name) for name in self.base_fields if name != "headcount"}
        super().__init__(data, initial={**facts, "headcount": live})
        self.job = job

    def clean(self) -> dict[str, Any]:
        """A job stops being confidential only where that was seen and taken away."""
        cleaned = super().clean()
        if self.job.confidential and self._saw().get("confidential") != "True" and not cleaned.get("confidential"):
            cleaned.pop("confidential", None)
            self._show("confidential", "True")
        return cleaned

    def left_alone(self, name: str) -> Any:
        return None if name in self.errors else self.initial[name]

    def standing(self) -> dict[str, Any]:
        return {name: self._plain(name, value) for name, value in self.initial.items()}

    def typed(self, name: str) -> Any:
        return self._plain(name, self.cleaned_data[name])

    def who_changed(self, name: str) -> str:
        value = self.standing()[name]
        choices = {str(key): str(label) for key, label in getattr(self.fields[name], "choices", [])}
        return f"{last_changes.who(self.job, name)} {quoted(choices.get(value, value) if value else '')}"

    def _plain(self, name: str, value: Any) -> str:
        held = self.fields[name].prepare_value(value)
        return "" if held is None else str(held)


class OpeningsForm(forms.Form):
    """More openings. Named after the arguments of hiring.openings.add."""

    count = forms.IntegerField(
        label="How many", min_value=1, max_value=jobs.MAX_HEADCOUNT, initial=1, error_messages=HOW_MANY
    )
    target_start = PlannedDay(openings.START, label="Target start", required=False)


class StartForm(forms.Form):
    """When somebody should start in one opening."""

    target_start = PlannedDay(openings.START, label="Target start", required=False)


class CancelForm(forms.Form):
    reason = forms.CharField(
        max_length=200, label="Why", error_messages={"required": "Say why the opening is cancelled."}
    )


class ResumeForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        label="Why the job goes on",
        widget=forms.TextInput(attrs={"list": "resume-reasons"}),
        error_messages={"required": "Say why the job goes on. It is kept with the job’s history."},
    )


class TemplateForm(forms.Form):
    name = forms.CharField(
        max_length=100, label="Name of the template", error_messages={"required": "Give the template a name."}
    )


class MemberForm(forms.Form):
    """A colleague and their part in the job."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        label="Colleague",
        empty_label="Choose",
        error_messages={"required": "Choose a colleague."},
    )
    role = forms.ChoiceField(
        choices=TeamMember.Role.choices, label="Part", error_messages={"required": "Choose their part in the job."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues()  # type: ignore[attr-defined]
