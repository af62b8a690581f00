"""The application form: who, how to reach them, the résumé, and the questions of the version that is asked now.

Which of the questions somebody is asked depends on what they answered (hiring/application_form/asking.py). Without scripts all are
there, each with when it is meant; what is not meant for them is neither required nor kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core import signing
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hiring import notices
from hiring.application_form import answers as answering
from hiring.application_form import asking, standard, versions
from hiring.application_form.questions import Question, has_answer
from hiring.contact_points import typed_phone
from hiring.documents import checks, drafts, prefilling
from hiring.errors import Refused
from hiring.identity import normalise_email, normalise_link
from hiring.models import Posting
from sourcing.careers import languages
from sourcing.careers.fields import control, question_field
from sourcing.careers.models import UnsentForm
from sourcing.careers.shown import Shown

QUESTION = "q_"
QUICKEST_SECONDS = 1
STARTED_SALT = "careers.started"
FACTS = ("name", "email", "phone", "location", "link")
FILES = ("resume", "cover_letter")


class ApplyForm(forms.Form):
    """Fields are named after pipeline.intake.submit's arguments. Files survive a mistake elsewhere as drafts."""

    resume = forms.FileField(label=_lazy("Résumé"), required=False)
    name = forms.CharField(
        label=_lazy("Full name"), max_length=200, widget=forms.TextInput(control(autocomplete="name"))
    )
    email = forms.CharField(
        label=_lazy("E-mail"), max_length=254, widget=forms.EmailInput(control(autocomplete="email", inputmode="email"))
    )
    phone = forms.CharField(
        label=_lazy("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(control(type="tel", autocomplete="tel")),
    )
    location = forms.CharField(
        label=_lazy("Where do you live?"),
        required=False,
        max_length=120,
        widget=forms.TextInput(control(autocomplete="address-level2")),
    )
    link = forms.CharField(
        label=_lazy("Link to a profile"),
        required=False,
        max_length=300,
        help_text=_lazy("LinkedIn, a portfolio, code."),
        widget=forms.TextInput(control(autocomplete="url", inputmode="url")),
    )
    cover_letter = forms.FileField(label=_lazy("Cover letter"), required=False)
    stay_in_touch = forms.BooleanField(
        label=_lazy("Stay in touch"), required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    started = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(  # seen by programs only; a person who fills it all the same is asked to empty it
        label=_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(
        self,
        posting: Posting,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        asks: asking.Form | None = None,
        kept: UnsentForm | None = None,
    ) -> None:
        self.posting, self.notices = posting, notices.at_form(posting, languages.language_of(posting))
        self.consent = self.notices.consent
        self.asks = asks or asking.live(posting)
        super().__init__(data, files, initial=None if data else {"submission_key": uuid.uuid4(), "started": stamp()})
        self.drafts: dict[str, drafts.Draft] = {}
        self._fit_usual_fields(self.asks.fields)
        for question in self.asks.questions:
            if has_answer(question):
                self.fields[QUESTION + question["key"]] = question_field(question)
        if self.consent is None:
            del self.fields["stay_in_touch"]
        for name in FILES:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"accept": checks.ACCEPT, "class": "visually-hidden"}
        for name, field in self.fields.items():
            if field.required and not field.widget.is_hidden:
                field.error_messages["required"] = self._missing(name, field)
        if kept and not self.is_bound:
            self._come_back_to(kept)

    def _come_back_to(self, kept: UnsentForm) -> None:
        """What somebody entered before they left."""
        for name, values in kept.entered.items():
            if values and (field := self.fields.get(name)):
                is_many = isinstance(field, forms.MultipleChoiceField)
                self.initial[name] = values if is_many else values[-1]
        self.drafts = {name: draft for name, key in kept.files.items() if (draft := drafts.find(key))}

    def filled_from_resume(self) -> ApplyForm:
        """This form with what was empty taken from the résumé, and without complaints about anything but files."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        for name, value in self._read_in_resume().items():
            if not str(data.get(name, "")).strip():
                data[name] = value
        for name, draft in self.drafts.items():
            data[f"{name}_draft"] = draft.key
        filled = ApplyForm(self.posting, data, asks=self.asks)
        filled.is_valid()
        for name in list(filled.errors):
            del filled.errors[name]
        filled.errors.update(
            {name: errors for name, errors in self.errors.items() if name in self.file_names and self.files.get(name)}
        )
        return filled

    def _read_in_resume(self) -> dict[str, str]:
        draft = self.drafts.get("resume")
        return prefilling.filled(draft.row.person) if draft else {}

    @property
    def from_resume(self) -> set[str]:
        """Fields in which stands what was read in the résumé, for their owner to look at."""
        return {
            name
            for name, value in self._read_in_resume().items()
            if name in self.fields and self[name].value() == value
        }

    @property
    def resume_reading(self) -> str:
        """Where the reading of the résumé is: "" (nobody asked), due, reading, read or failed."""
        draft = self.drafts.get("resume")
        return str(draft.row.reading) if draft else ""

    @property
    def facts(self) -> list[forms.BoundField]:
        """Who they are and how to reach them; what was filled in for them is announced with its field."""
        for name in self.from_resume:
            parts = [
                "origin",
                *(["helptext"] if self.fields[name].help_text else []),
                *(["error"] if self[name].errors else []),
            ]
            self.fields[name].widget.attrs["aria-describedby"] = " ".join(
                f"{self[name].auto_id}_{part}" for part in parts
            )
        return [self[name] for name in FACTS if name in self.fields]

    def _fit_usual_fields(self, modes: Mapping[str, str]) -> None:
        for key, mode in modes.items():
            if key not in self.fields:
                continue
            if mode == standard.OFF:
                del self.fields[key]
            elif key not in FILES:  # a file may lie there as a draft: `clean` looks
                self.fields[key].required = mode == standard.REQUIRED
        if "link" in self.fields and self.resume_mode == standard.EITHER:
            self.fields["link"].help_text += " " + _("Enough if you have no résumé at hand.")

    @property
    def resume_mode(self) -> str:
        """“Or a link instead” needs a link to be asked for."""
        mode = self.asks.fields["resume"]
        return standard.REQUIRED if mode == standard.EITHER and "link" not in self.fields else mode

    @staticmethod
    def _missing(name: str, field: forms.Field) -> str:
        words = {
            "name": _("Please tell us your name."),
            "email": _("Please give an e-mail address, so that we can answer."),
        }
        return words.get(name, _("Please answer: %(question)s") % {"question": field.label})

    # What the template shows

    @property
    def questions(self) -> list[Shown]:
        """All questions in order, those that are not meant for somebody with these answers, too: scripts hide them."""
        asked = {one["key"] for one in asking.asked_of(self.asks.questions, self._answered())}
        return [
            Shown(
                question,
                self[QUESTION + question["key"]] if has_answer(question) else None,
                self.drafts.get(QUESTION + question["key"]),
                question["key"] in asked,
            )
            for question in self.asks.questions
        ]

    @property
    def question_count(self) -> int:
        return sum(has_answer(question) for question in self.asks.questions)

    @property
    def file_names(self) -> list[str]:
        """The fields that take a file; what was chosen in them travels as a draft."""
        return [name for name, field in self.fields.items() if isinstance(field, forms.FileField)]

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
        for name in FILES:
            if name in self.drafts and name in self.fields:
                entered.append((str(self.fields[name].label), self.drafts[name].name))
        for field in self.facts:
            if value := self.cleaned_data.get(field.name):
                entered.append((str(field.label), str(value)))
        for question in self.asked:
            name = QUESTION + question["key"]
            draft = self.drafts.get(name)
            if shown := draft.name if draft else answering.in_words(question, self.answers.get(question["key"])):
                entered.append((question["label"], shown))
        if self.consent:
            entered.append(
                (_("Stay in touch about other roles"), _("Yes") if self.cleaned_data.get("stay_in_touch") else _("No"))
            )
        return entered

    # What was answered

    def _answered(self) -> dict[str, Any]:
        """What was entered and can be read, meant for this person or not, in JSON's own types."""
        if not self.is_bound:
            return {}
        found = {}
        self.errors  # noqa: B018 - reads the fields
        for question in self.asks.questions:
            value = self.cleaned_data.get(QUESTION + question["key"])
            if question.get("type") == "file" or value in (None, "", [], False):
                continue
            found[question["key"]] = (
                "yes" if value is True else value.isoformat() if hasattr(value, "isoformat") else value
            )
        return found

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that are meant for somebody with these answers."""
        return asking.asked_of(self.asks.questions, self._answered())

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as they are stored, by the question's key; files come separately (`sent_files`)."""
        return asking.kept(self.asks.questions, self._answered())[1]

    @property
    def sent_files(self) -> dict[str, drafts.Draft]:
        """The files that go along: those of the usual fields, and of questions that are meant for this person."""
        asked = {QUESTION + one["key"] for one in self.asked}
        return {name: draft for name, draft in self.drafts.items() if name in FILES or name in asked}

    # Other words, or another version, since it was opened

    @property
    def shown(self) -> str:
        """Which versions of the notices and of the consent the page shows, for the page to carry along."""
        return ",".join(map(str, [*self.notices.ids, self.consent.pk if self.consent else 0]))

    @property
    def has_other_notices(self) -> bool:
        """Whether the page that was sent showed other words than hold now. One that does not say what it showed is believed."""
        return self.data.get("shown", self.shown) != self.shown

    @cached_property
    def news(self) -> list[Question]:
        """What is asked now that was not on the page the person filled in. Nothing when it is unknown which page that was: pages
        carry the number of their version in a field of their own, which is never filled in again."""
        seen = str(self.data.get("form_version", ""))
        if not (seen.isascii() and seen.isdecimal() and len(seen) < 7) or int(seen) in (0, self.asks.number):
            return []
        older = self.posting.form_versions.filter(number=int(seen)).first()
        if older is None:
            return []
        return versions.new_to(asking.of_version(older).questions, self.asks.questions)

    # What is wrong with it

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(letter.isalpha() for letter in name) or "://" in name:
            raise forms.ValidationError(_("Please tell us your name."))
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        try:
            validate_email(normalise_email(email))
        except (Refused, forms.ValidationError):
            raise forms.ValidationError(
                _("This e-mail address is not complete. An example: name@example.com")
            ) from None
        return email

    def clean_phone(self) -> str:
        return self._read("phone", typed_phone, _("This is not a phone number. An example: +33 6 39 98 00 72"))

    def clean_link(self) -> str:
        return self._read("link", normalise_link, _("This is not a link. An example: linkedin.com/in/your-name"))

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
        for name in self.file_names:
            self._keep_file(name)
        self._look_at_resume(cleaned)
        self._look_at_questions(cleaned)
        meant = asking.asked_of(self.asks.questions, self._answered())
        if news := [one for one in meant if one in self.news]:
            named = ", ".join(f"“{one['label']}”" for one in news)
            raise forms.ValidationError(
                f"The form changed while you filled it in. Please look at {named}. Everything you entered is still here."
            )
        return cleaned

    def _look_at_resume(self, cleaned: Mapping[str, Any]) -> None:
        for name, mode in (("resume", self.resume_mode), ("cover_letter", self.asks.fields["cover_letter"])):
            if name not in self.fields or name in self.drafts or name in self.errors:
                continue
            if mode == standard.REQUIRED:
                self.add_error(
                    name, _("Please add your résumé.") if name == "resume" else _("Please add your cover letter.")
                )
            elif mode == standard.EITHER and not cleaned.get("link") and "link" not in self.errors:
                self.add_error(name, _("Please add your résumé, or a link to a profile below."))

    def _look_at_questions(self, cleaned: Mapping[str, Any]) -> None:
        """What is asked of this person has to be answered where it says so; what is not asked cannot be wrong."""
        asked = {one["key"] for one in asking.asked_of(self.asks.questions, self._answered())}
        for question in self.asks.questions:
            name = QUESTION + question["key"]
            if question["key"] not in asked:
                self.errors.pop(name, None)
                continue
            missing = name not in self.drafts if question.get("type") == "file" else not self._has(cleaned, name)
            if question.get("required") and has_answer(question) and missing and name not in self.errors:
                self.add_error(name, self._missing(name, self.fields[name]))

    @staticmethod
    def _has(cleaned: Mapping[str, Any], name: str) -> bool:
        return cleaned.get(name) not in (None, "", [], False)

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
