"""The places of a posting as rows: where, how the work is done there, and what is said of pay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from hiring.models import Location, Posting, PostingPlace
from hiring.models.jobs import PayPeriod, Workplace
from hiring.postings.places import Wanted

PREFIX = "places"
MOST = 30
Pay = PostingPlace.Pay
FACTS = ("location", "workplace", "pay", "pay_min", "pay_max", "pay_currency", "pay_period")


class PlaceForm(forms.Form):
    """One place. Fields are named after hiring.postings.places.Wanted."""

    location = forms.ModelChoiceField(
        Location.objects.none(), label="Place", empty_label="Choose", error_messages={"required": "Choose a place."}
    )
    workplace = forms.ChoiceField(choices=Workplace.choices, label="Work is done")
    pay = forms.ChoiceField(choices=Pay.choices, label="Pay")
    pay_min = forms.DecimalField(label="From", required=False, min_value=0, max_digits=12, decimal_places=2)
    pay_max = forms.DecimalField(label="To", required=False, min_value=0, max_digits=12, decimal_places=2)
    pay_currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label="Currency", required=False, error_messages={"invalid": "Three letters, such as EUR."}
    )
    pay_period = forms.ChoiceField(choices=PayPeriod.choices, label="For", required=False)

    def __init__(self, *args: Any, locations: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = Location.objects.all()  # type: ignore[attr-defined]
        self.fields["location"].choices = locations  # type: ignore[attr-defined]
        for name in ("pay_min", "pay_max"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "min": "0"}
        self.fields["pay_currency"].widget.attrs |= {"maxlength": "3", "autocapitalize": "characters"}

    def clean_pay_currency(self) -> str:
        return str(self.cleaned_data["pay_currency"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("pay") != Pay.OWN:
            return cleaned
        low, high = cleaned.get("pay_min"), cleaned.get("pay_max")
        if low is None and high is None and not {"pay_min", "pay_max"} & self.errors.keys():
            self.add_error("pay_min", "Give the range of this place, or choose another kind of pay.")
        elif low is not None and high is not None and low > high:
            self.add_error("pay_max", "This is less than where the range starts.")
        for name in ("pay_currency", "pay_period"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "Needed for a range of its own.")
        return cleaned


class Places(forms.BaseFormSet):
    """The rows. The order they come in is the posting's; a removed one is no place. Stale rows are refused as one field."""

    posting: Posting

    def clean(self) -> None:
        kept = self.kept
        if not kept:
            raise forms.ValidationError("A posting needs a place.")
        places = [form.cleaned_data.get("location") for form in kept]
        twice = next((place for place in places if place and places.count(place) > 1), None)
        if twice:
            raise forms.ValidationError(f"{twice} is there twice. Take one of them out.")
        self._refuse_stale()

    def _refuse_stale(self) -> None:
        """Rows that somebody else changed meanwhile: theirs stay where mine are as they were, else it is said first."""
        saw, now, mine = self.data.get(self.seen_name, ""), self.seen, _written(self.wanted)
        if not saw or saw in (now, mine) or mine == now:
            self.is_untouched = saw == mine and saw != now
            return
        raise forms.ValidationError("A colleague changed the places meanwhile. Save again to put yours in their place.")

    is_untouched = False
    """Nobody changed a row here, somebody else did: theirs stay."""

    @property
    def seen_name(self) -> str:
        return f"seen-{PREFIX}"

    @property
    def seen(self) -> str:
        """The rows as they stand now, for the hidden field."""
        return _written([_standing(place) for place in self.posting.sites])

    @property
    def kept(self) -> list[forms.BaseForm]:
        return [
            form for form in self.forms if form not in self.deleted_forms and form.has_changed() | bool(form.initial)
        ]

    @property
    def wanted(self) -> list[Wanted]:
        """What hiring.postings.edit takes; rows that are not whole are left out."""
        return [
            _wanted(form.cleaned_data) for form in self.kept if form.is_valid() and form.cleaned_data.get("location")
        ]


def _wanted(row: dict[str, Any]) -> Wanted:
    low, high = (row["pay_min"], row["pay_max"]) if row["pay"] == Pay.OWN else (None, None)
    currency, period = row["pay_currency"] or "EUR", row["pay_period"] or PayPeriod.YEAR
    return Wanted(row["location"], row["workplace"], row["pay"], low, high, currency, period)


def _standing(place: PostingPlace) -> Wanted:
    return Wanted(
        place.location, place.workplace, place.pay, place.pay_min, place.pay_max, place.pay_currency, place.pay_period
    )


def _written(rows: Sequence[Wanted]) -> str:
    """Rows as one text to compare: what is not a place's own says nothing about it."""
    return json.dumps(
        [
            [row.location.pk, row.workplace, row.pay]
            + ([_even(row.pay_min), _even(row.pay_max), row.pay_currency, row.pay_period] if row.pay == Pay.OWN else [])
            for row in rows
        ]
    )


def _even(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def places_of(posting: Posting, data: QueryDict | None = None, *, extra: int = 0) -> Places:
    made = forms.formset_factory(
        PlaceForm, formset=Places, extra=extra, can_delete=True, max_num=MOST, validate_max=True, absolute_max=MOST + 5
    )
    rows = [
        {
            "location": place.location_id,
            "workplace": place.workplace,
            "pay": place.pay,
            "pay_min": place.pay_min,
            "pay_max": place.pay_max,
            "pay_currency": place.pay_currency,
            "pay_period": place.pay_period,
        }
        for place in posting.sites
    ]
    locations = [("", "Choose"), *((row.pk, str(row)) for row in Location.objects.all())]
    formset = made(data, initial=rows, prefix=PREFIX, form_kwargs={"locations": locations})
    formset.posting = posting  # type: ignore[attr-defined]
    return formset  # type: ignore[return-value]


def one_more(sent: QueryDict) -> QueryDict:
    """What was typed, with one more empty row, paid as the job."""
    data = sent.copy()
    total = _count(sent)
    data[f"{PREFIX}-TOTAL_FORMS"] = str(total + 1)
    data[f"{PREFIX}-{total}-pay"] = Pay.JOB
    data[f"{PREFIX}-{total}-workplace"] = sent.get(f"{PREFIX}-0-workplace", Workplace.HYBRID)
    return data


def moved(sent: QueryDict, which: str) -> QueryDict:
    """What was typed, with a row one place up or down: “2:up”."""
    data, total = sent.copy(), _count(sent)
    row, _, way = which.partition(":")
    if not (row.isascii() and row.isdigit() and int(row) < total):
        return data
    other = int(row) + (-1 if way == "up" else 1)
    if 0 <= other < total:
        for name in (*FACTS, "DELETE"):
            one, two = f"{PREFIX}-{row}-{name}", f"{PREFIX}-{other}-{name}"
            here, there = data.getlist(one), data.getlist(two)
            for key, values in ((one, there), (two, here)):
                data.setlist(key, values) if values else data.pop(key, None)
    return data


def _count(sent: QueryDict) -> int:
    total = sent.get(f"{PREFIX}-TOTAL_FORMS", "0")
    return min(int(total), MOST) if total.isascii() and total.isdigit() and len(total) < 4 else 0
