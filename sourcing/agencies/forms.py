"""What agencies and recruiters enter, as text turned into nouns."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from hiring import contact_points
from hiring.documents import checks, drafts
from hiring.errors import Refused
from hiring.intake_fields import Readable
from hiring.models import Job
from sourcing.agencies.models import LONGEST_WINDOW, Agency, Dispute, Submission

LONG_AGO = dt.timedelta(days=400)


class AddressForm(forms.Form):
    """Where a link to come in is sent."""

    email = forms.EmailField(
        label="Your e-mail", max_length=254, widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    )


class PresentForm(forms.Form):
    """Named after the arguments of presenting.present. A file survives a mistake in another field."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    email = Readable(
        contact_points.normalise_email,
        label="E-mail",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    phone = Readable(
        contact_points.typed_phone,
        label="Phone",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    link = Readable(
        contact_points.normalise_link,
        label="Link to their profile",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    resume = forms.FileField(
        label="Résumé",
        required=False,  # a kept one will do; `clean` asks for one of the two
        help_text=f"{checks.KINDS_IN_WORDS}, up to 10 MB.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": checks.ACCEPT}),
    )
    resume_draft = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    words = forms.CharField(
        label="Why them?", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    basis = forms.ChoiceField(
        label="On what ground do you give us their data?", choices=Submission.Basis.choices, widget=forms.RadioSelect
    )
    agreed_on = forms.DateField(
        label="When did they agree?", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    agreed_how = forms.ChoiceField(label="How?", choices=Submission.How.choices)
    confirmed = forms.BooleanField(error_messages={"required": "Without this we may not take their data."})
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, confirm: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission_key": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.draft: drafts.Draft | None = None
        self.fields["confirmed"].label = confirm
        self.fields["email"].required = True

    def clean_agreed_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["agreed_on"]
        today = timezone.localdate()
        if day > today:
            raise forms.ValidationError("This day is still to come.")
        if day < today - LONG_AGO:
            raise forms.ValidationError("That is more than a year ago. Ask them again.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            if upload := data.get("resume"):
                self.draft = drafts.keep(upload)
            elif key := data.get("resume_draft"):
                self.draft = drafts.find(key)
        except Refused as refused:
            self.add_error("resume", refused.sentence)
        else:
            if self.draft is None and "resume" not in self.errors:
                self.add_error("resume", "Add their résumé.")
        return data

    def arguments(self) -> dict[str, Any]:
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("resume_draft", "confirmed")}
        return data | {"resume": self.draft.checked if self.draft else None}


class AgencyForm(forms.Form):
    """Named after the arguments of keeping.create and edit."""

    name = forms.CharField(max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    window_days = forms.IntegerField(
        label="Ownership window, in days",
        min_value=1,
        max_value=LONGEST_WINDOW,
        help_text="For so long somebody they presented first counts as theirs. A change is for people presented from then on.",
    )
    answer_days = forms.IntegerField(
        label="Days until an answer",
        min_value=1,
        max_value=60,
        help_text="After so many days, and up to two more, they read “not taken on” where nothing came of it by itself: for somebody "
        "we knew as for anybody else.",
    )
    writes_to_people = forms.BooleanField(
        label="Write to the people they present",
        required=False,
        help_text="They are told who presented them, what we hold, and where they see how it stands. Without it they still have to be "
        "told within a month.",
    )
    fee_note = forms.CharField(
        label="What was agreed about fees",
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For recruiters only; the agency does not see it.",
    )

    def __init__(self, data: Any = None, *, agency: Agency | None = None) -> None:
        of = agency or Agency()
        super().__init__(data, initial={name: getattr(of, name) for name in self.base_fields})


class InviteForm(forms.Form):
    """Somebody of an agency."""

    name = forms.CharField(max_length=120, widget=forms.TextInput({"autocomplete": "off"}))
    email = forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput({"autocomplete": "off"}))


class GiveForm(forms.Form):
    """A job for an agency."""

    job = forms.ModelChoiceField(Job.objects.none(), empty_label="Choose a job")
    brief = forms.CharField(
        label="What they should know beside the posting",
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tells_secret = forms.BooleanField(
        label="It is confidential, and this agency may know of it",
        required=False,
        help_text="They read its title, place and posting.",
    )

    def __init__(self, data: Any = None, *, jobs: Any) -> None:
        super().__init__(data)
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]
        if not jobs.filter(confidential=True).exists():
            del self.fields["tells_secret"]


class TermsForm(forms.Form):
    """A version of the terms."""

    text = forms.CharField(max_length=30_000, widget=forms.Textarea(attrs={"rows": 18}), label="Terms")


class SettleForm(forms.Form):
    """How a dispute stays."""

    result = forms.ChoiceField(choices=Dispute.Result.choices)
    why = forms.CharField(max_length=1_000)
