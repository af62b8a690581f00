"""A colleague's word for somebody, as text turned into nouns."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from hiring import contact_points
from hiring.documents import checks, drafts
from hiring.errors import Refused
from hiring.intake_fields import Readable
from hiring.models import Job
from sourcing.referrals.models import Referral

RELATIONS = [choice for choice in Referral.Relation.choices if choice[0] != Referral.Relation.SHARED]
YES_NO = [("yes", "Yes, and they agreed"), ("no", "Not yet")]


class ReferralForm(forms.Form):
    """Named after the arguments of giving.refer. A file survives a mistake in another field."""

    name = forms.CharField(
        label="Who is it?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "First and last name"}),
    )
    email = Readable(
        contact_points.normalise_email,
        label="Their e-mail",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    phone = Readable(
        contact_points.typed_phone,
        label="Their phone",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    link = Readable(
        contact_points.normalise_link,
        label="Link to their profile",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "linkedin.com/in/…"}),
    )
    job = forms.ModelChoiceField(Job.objects.none(), label="For which job?", required=False, empty_label="Any job")
    relation = forms.ChoiceField(label="How do you know them?", choices=RELATIONS)
    why = forms.CharField(
        label="Why should we talk to them?", max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    knows = forms.ChoiceField(
        label="Do they know that you give us their name?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="Either way, we tell them within a month that we hold their data, and from whom we have it.",
    )
    resume = forms.FileField(
        label="Their résumé",
        required=False,
        help_text=f"{checks.KINDS_IN_WORDS}, up to 10 MB. Only with their consent.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": checks.ACCEPT}),
    )
    resume_draft = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    wants_mail = forms.BooleanField(label="Tell me by mail what becomes of it", required=False, initial=True)
    submission_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, jobs: list[Job], **kwargs: Any) -> None:
        kwargs["initial"] = {"submission_key": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.draft: drafts.Draft | None = None
        self.fields["job"].queryset = Job.objects.filter(pk__in=[job.pk for job in jobs]).order_by("title")  # type: ignore[attr-defined]

    def clean_knows(self) -> bool:
        return bool(self.cleaned_data["knows"] == "yes")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ways = ("email", "phone", "link")
        if not any(data.get(way) or way in self.errors for way in ways):
            self.add_error("email", "Give an e-mail address, a phone number or a link, so that we can find them.")
        self._keep_file(data)
        return data

    def _keep_file(self, data: dict[str, Any]) -> None:
        try:
            if upload := data.get("resume"):
                self.draft = drafts.keep(upload)
            elif key := data.get("resume_draft"):
                self.draft = drafts.find(key)
        except Refused as refused:
            self.add_error("resume", refused.sentence)

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data.pop("resume_draft")
        return data | {"resume": self.draft.checked if self.draft else None}
