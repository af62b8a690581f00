"""Terms as text turned into terms."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from hiring.models import Job
from hiring.models.jobs import PayPeriod
from hiring.templatetags.throughline import zone_name
from offers.models import Offer
from pipeline.models import Application

ANSWER_WITHIN = dt.timedelta(days=7)
FARTHEST = dt.timedelta(days=3 * 366)


class TermsForm(forms.ModelForm):
    """The editable fields of an offer; named after the arguments of terms.draft and terms.edit."""

    period = forms.ChoiceField(choices=PayPeriod.choices)

    class Meta:
        model = Offer
        fields = ("title", "salary", "currency", "period", "bonus", "start_date", "place", "expires_at", "terms")
        labels: ClassVar[dict[str, str]] = {
            "salary": "Pay",
            "start_date": "First day",
            "expires_at": "Answer by",
            "terms": "Further terms",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "start_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "expires_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "terms": forms.Textarea(attrs={"rows": 5}),
            "salary": forms.NumberInput(attrs={"inputmode": "decimal", "min": "0", "step": "0.01"}),
            "currency": forms.TextInput(attrs={"maxlength": 3, "autocapitalize": "characters"}),
        }

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.job = application.job
        if kwargs.get("instance") is None:  # `initial` beats the instance, so it is only for an offer that is new
            kwargs["initial"] = {**_usual_terms(self.job), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.initial["salary"] = _plain(self.initial.get("salary"))
        self.fields["expires_at"].help_text = f"On your clock, {zone_name(timezone.get_current_timezone_name())} time."

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if len(code) != 3 or not code.isalpha():
            raise forms.ValidationError("Use the three letters of the currency, such as EUR.")
        return code

    def clean_salary(self) -> Any:
        salary = self.cleaned_data["salary"]
        if salary is not None and salary <= 0:
            raise forms.ValidationError("The pay is more than nothing.")
        return salary

    def clean_start_date(self) -> dt.date:
        starts: dt.date = self.cleaned_data["start_date"]
        if starts < timezone.localdate():
            raise forms.ValidationError("The first day lies in the past.")
        if starts > timezone.localdate() + FARTHEST:
            raise forms.ValidationError(f"The first day lies too far ahead: the year {starts.year} cannot be meant.")
        return starts

    def clean_expires_at(self) -> dt.datetime:
        until: dt.datetime = self.cleaned_data["expires_at"]
        if until <= timezone.now() + dt.timedelta(hours=1):
            raise forms.ValidationError("Leave the person more than an hour to answer.")
        if until > timezone.now() + FARTHEST:
            raise forms.ValidationError(f"Nobody waits that long: the year {until.year} cannot be meant.")
        return until

    def outside_range(self) -> str:
        """A sentence when the pay lies outside the job's range; the approver decides, so it does not block."""
        salary, job = self.cleaned_data.get("salary"), self.job
        if salary is None or self.cleaned_data.get("period") != job.pay_period:
            return ""
        if job.pay_max and salary > job.pay_max:
            return "The pay is above the range of the job. Approvers will see this."
        if job.pay_min and salary < job.pay_min:
            return "The pay is below the range of the job. Approvers will see this."
        return ""


def _usual_terms(job: Job) -> dict[str, Any]:
    """What a new offer begins with: the job's own terms, a first day in a month, a week to answer."""
    starts = timezone.localdate() + dt.timedelta(days=30)
    return {
        "title": job.title,
        "salary": job.pay_max or job.pay_min,
        "currency": job.pay_currency,
        "period": job.pay_period,
        "start_date": starts + dt.timedelta(days=-starts.weekday() % 7),
        "place": str(job.location),
        "expires_at": (timezone.localtime() + ANSWER_WITHIN).replace(hour=18, minute=0, second=0, microsecond=0),
    }


def _plain(amount: Decimal | None) -> Decimal | None:
    """59500 rather than 59500.00; cents stay where there are some."""
    return amount.quantize(Decimal(1)) if amount is not None and amount == amount.to_integral_value() else amount


class SignForm(forms.Form):
    """What the person adopts as a signature, and which letter was on the page."""

    name = forms.CharField(
        label="Your full name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Would you tell us why?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="If you like. It goes to the person who sent the offer.",
    )


class VerifyForm(forms.Form):
    file = forms.FileField(label="The signed PDF")
