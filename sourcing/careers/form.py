"""The application form: who, how to reach them, the résumé, and the posting's own questions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from hiring.contact_points import typed_phone
from hiring.documents import checks, drafts
from hiring.errors import Refused
from hiring.identity import normalise_email, normalise_link
from hiring.models import LegalText, Posting

QUESTION = "q_"
QUICKEST_SECONDS = 1
FILES = ("resume", "cover_letter")
STARTED_SALT = "careers.started"
YES_NO = [("yes", "Yes"), ("no", "No")]


def control(**attrs: Any) -> dict[str, Any]:
    return {"class": "form-control", **attrs}


class ApplyForm(forms.Form):
    """Fields are named after pipeline.intake.submit's arguments. Files survive a mistake elsewhere as drafts."""

    resume = forms.FileField(label="Résumé", required=False)
    name = forms.CharField(label="Full name", max_length=200, widget=forms.TextInput(control(autocomplete="name")))
    email = forms.CharField(
        label="E-mail", max_length=254, widget=forms.EmailInput(control(autocomplete="email", inputmode="email"))
    )
    phone = forms.CharField(
        label="Phone", required=False, max_length=40, widget=forms.TextInput(control(type="tel", autocomplete="tel"))
    )
    location = forms.CharField(
        label="Where do you live?",
        required=False,
        max_length=120,
        widget=forms.TextInput(control(autocomplete="address-level2")),
    )
    link = forms.CharField(
        label="Link to a profile",
        required=False,
        max_length=300,
        help_text="LinkedIn, a portfolio, code. Enough if you have no résumé at hand.",
        widget=forms.TextInput(control(autocomplete="url", inputmode="url")),
    )
    cover_letter = forms.FileField(label="Cover letter", required=False)
    stay_in_touch = forms.BooleanField(
        label="Stay in touch", required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    started = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(  # seen by programs only; a person who fills it all the same is asked to empty it
        label="Leave this empty", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(
        self,
        posting: Posting,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        consent: LegalText | None = None,
    ) -> None:
        super().__init__(data, files, initial=None if data else {"submission_key": uuid.uuid4(), "started": stamp()})
        self.posting, self.consent = posting, consent
        self.drafts: dict[str, drafts.Draft] = {}
        for question in posting.questions:
            self.fields[QUESTION + question["key"]] = question_field(question)
        if consent is None:
            del self.fields["stay_in_touch"]
        for name in FILES:
            self.fields[name].widget.attrs |= {"accept": checks.ACCEPT, "class": "visually-hidden"}
        for name, field in self.fields.items():
            if field.required and not field.widget.is_hidden:
                field.error_messages["required"] = self._missing(name, field)

    @staticmethod
    def _missing(name: str, field: forms.Field) -> str:
        words = {"name": "Please tell us your name.", "email": "Please give an e-mail address, so that we can answer."}
        return words.get(name, f"Please answer: {field.label}")

    # What the template shows

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[QUESTION + question["key"]] for question in self.posting.questions]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, in the order of the page: (id to jump to, sentence)."""
        return [
            (self._anchor(name), sentence)
            for name in self.order
            if name in self.errors
            for sentence in map(str, self.errors[name])
        ]

    @property
    def order(self) -> list[str]:
        return ["__all__", *self.fields]

    def _anchor(self, name: str) -> str:
        if name == "__all__":
            return "apply"
        field = self[name]
        return field.id_for_label or f"{field.auto_id}_0"

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Everything once more before it is sent: label and what was entered."""
        entered: list[tuple[str, str]] = []
        for name in ("resume", "cover_letter"):
            if name in self.drafts:
                entered.append((str(self.fields[name].label), self.drafts[name].name))
        for name in ("name", "email", "phone", "location", "link"):
            if value := self.cleaned_data.get(name):
                entered.append((str(self.fields[name].label), str(value)))
        for question in self.posting.questions:
            if shown := answer_in_words(question, self.answers.get(question["key"])):
                entered.append((question["label"], shown))
        if self.consent:
            entered.append(
                ("Stay in touch about other roles", "Yes" if self.cleaned_data.get("stay_in_touch") else "No")
            )
        return entered

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as they are stored: by the question's key, in JSON's own types."""
        found = {}
        for question in self.posting.questions:
            value = self.cleaned_data.get(QUESTION + question["key"])
            if value not in (None, "", []):
                found[question["key"]] = value.isoformat() if hasattr(value, "isoformat") else value
        return found

    # What is wrong with it

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(letter.isalpha() for letter in name) or "://" in name:
            raise forms.ValidationError("Please tell us your name.")
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        try:
            validate_email(normalise_email(email))
        except (Refused, forms.ValidationError):
            raise forms.ValidationError("This e-mail address is not complete. An example: name@example.com") from None
        return email

    def clean_phone(self) -> str:
        return self._read("phone", typed_phone, "This is not a phone number. An example: +33 6 39 98 00 72")

    def clean_link(self) -> str:
        return self._read("link", normalise_link, "This is not a link. An example: linkedin.com/in/your-name")

    def _read(self, name: str, normalise: Any, sentence: str) -> str:
        given: str = self.cleaned_data[name].strip()
        try:
            if given:
                normalise(given)
        except Refused:
            raise forms.ValidationError(sentence) from None
        return given

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                "Please leave the field “Leave this empty” empty: it is there to stop programs."
            )
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in FILES:
            self._keep_file(name)
        if (
            "resume" not in self.drafts
            and "resume" not in self.errors
            and not cleaned.get("link")
            and "link" not in self.errors
        ):
            self.add_error("resume", "Please add your résumé, or a link to a profile below.")
        return cleaned

    def _keep_file(self, name: str) -> None:
        """A new file replaces the draft; without one the draft stands."""
        upload = self.files.get(name)
        try:
            if upload is not None:
                self.drafts[name] = drafts.keep(upload)
                self.errors.pop(name, None)  # an empty file has a better sentence of ours
            elif draft := drafts.find(self.data.get(f"{name}_draft", "")):
                self.drafts[name] = draft
        except Refused as refused:
            self.errors.pop(name, None)
            self.add_error(name, refused.sentence)

    def was_quick(self) -> bool:
        """Filled and sent faster than a person can (SEC-8). A missing or forged stamp counts as quick."""
        try:
            stamped = signing.TimestampSigner(salt=STARTED_SALT).unsign_object(self.cleaned_data["started"])
        except (signing.BadSignature, KeyError):
            return True
        return bool(timezone.now().timestamp() - stamped["at"] < QUICKEST_SECONDS)


def stamp() -> str:
    return signing.TimestampSigner(salt=STARTED_SALT).sign_object({"at": timezone.now().timestamp()})


def question_field(question: dict[str, Any]) -> forms.Field:
    """The field of one question. Kinds are those of the posting editor (hiring.postings.QUESTION_TYPES)."""
    kind, required = question.get("type", "text"), bool(question.get("required"))
    common: dict[str, Any] = {"label": question["label"], "required": required}
    options = [(option, option) for option in question.get("options") or []]
    box = {"class": "form-check-input"}
    if kind == "yes_no":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect(box), **common)
    if kind in ("choice", "single"):
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect(box), **common)
    if kind in ("multi", "choices"):
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple(box), **common)
    if kind == "number":
        number = forms.NumberInput(control(inputmode="decimal", step="any"))
        return forms.FloatField(min_value=-1e12, max_value=1e12, widget=number, **common)
    if kind == "date":
        return forms.DateField(widget=forms.DateInput(control(type="date"), format="%Y-%m-%d"), **common)
    if kind in ("long_text", "long"):
        return forms.CharField(max_length=5_000, widget=forms.Textarea(control(rows=4)), **common)
    return forms.CharField(max_length=500, widget=forms.TextInput(control()), **common)


def answer_in_words(question: dict[str, Any], answer: Any) -> str:
    if question.get("type") == "yes_no":
        return dict(YES_NO).get(str(answer), "")
    if isinstance(answer, list):
        return ", ".join(answer)
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return "" if answer is None else str(answer)
