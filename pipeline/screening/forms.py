"""Text of the criteria forms into criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from hiring.application_form.answers import is_private
from hiring.query.places import COUNTRIES
from hiring.resumes.spoken import NAMES
from pipeline.models import CriterionKind, Need, RejectionReason, Verdict
from pipeline.screening import wording
from pipeline.screening.criteria import USUAL_WEIGHT, WEIGHTS, Criterion
from pipeline.screening.judging import Judged

Data = QueryDict | dict[str, Any] | None
COMPARED = {"yes_no", "choice", "single", "multi", "choices", "number"}
"""Types of questions whose answers can be compared; the others are read by people."""
LANGUAGES = sorted(((code, wording.language(code)) for code in NAMES), key=lambda pair: pair[1])
COUNTRY = sorted(COUNTRIES.items(), key=lambda pair: pair[1])
MISSING = {
    "skill": "Say which skill.",
    "years": "Say how many years.",
    "title": "Say which job title.",
    "language": "Choose the language.",
    "country": "Choose the country.",
    "name": "Say which certificate or licence.",
    "accept": "Choose the answers that meet it.",
    "least": "Say from which number on.",
    "text": "Say what has to hold.",
    "need": "Choose whether it is a must, a should or a bonus.",
    "weight": "Choose how much it weighs.",
}


def years(label: str, *, required: bool) -> forms.FloatField:
    hint = "" if required else "Left empty, any length counts."
    return forms.FloatField(
        label=label, required=required, min_value=0.5, max_value=wording.MOST_YEARS, help_text=hint,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )  # fmt: skip


def text(name: str, label: str, *, hint: str = "", required: bool = True, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(
        label=label, max_length=wording.LONGEST[name], help_text=hint, required=required, widget=widget
    )


class CriterionForm(forms.Form):
    """What is asked, by kind, and how much it matters. `question` is the one whose answer is judged."""

    need = forms.ChoiceField(choices=Need.choices, label="It is a", initial=Need.MUST)
    weight = forms.TypedChoiceField(
        choices=[(weight, str(weight)) for weight in WEIGHTS], coerce=int, initial=USUAL_WEIGHT, label="Weight",
        help_text="Against the others; 5 weighs most.",
    )  # fmt: skip

    def __init__(
        self,
        data: Data = None,
        *,
        kind: str,
        question: Mapping[str, Any] | None = None,
        criterion: Criterion | None = None,
        prefix: str | None = None,
    ) -> None:
        asks = dict(criterion.asks) if criterion else {}
        known = {"need": criterion.need, "weight": criterion.weight} if criterion else {}
        initial = {name: value or None for name, value in asks.items()} | known
        if (
            criterion
            and kind == CriterionKind.ANSWER
            and (question or {}).get("type") not in ("multi", "choices", "choice", "single")
        ):
            initial["accept"] = next(iter(asks.get("accept") or ()), None)
        super().__init__(data, initial=initial, prefix=prefix)
        self.kind, self.question = kind, question
        self.fields = {**_fields(kind, question), **self.fields}
        for name, words in MISSING.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (no := wording.not_asked(self.criterion)):
            self.add_error(next(iter(self.fields)), no)
        return cleaned

    @property
    def criterion(self) -> Criterion:
        said = {name: self.cleaned_data[name] for name in _fields(self.kind, self.question)}
        asks = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in said.items()}
        if "years" in asks:
            asks["years"] = _number(self.cleaned_data["years"] or 0)
        if self.kind == CriterionKind.ANSWER and self.question:
            asks = _answer(self.question, asks)
        return Criterion(self.kind, self.cleaned_data["need"], self.cleaned_data["weight"], asks)


def _fields(kind: str, question: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    if kind == CriterionKind.SKILL:
        hint = "Other names of it count, and what is narrower: whoever writes Spring Boot answers for Java."
        return {"skill": text("skill", "Skill", hint=hint), "years": years("At least, in years", required=False)}
    if kind == CriterionKind.EXPERIENCE:
        return {"years": years("At least, in years", required=True)}
    if kind == CriterionKind.TITLE:
        return {
            "title": text("title", "Job title", hint="As people write it: Data Engineer."),
            "years": years("At least, in years", required=False),
        }
    if kind == CriterionKind.LANGUAGE:
        levels = [("", "Any level"), *((level, f"{level} or better") for level in wording.LEVELS)]
        return {
            "language": forms.ChoiceField(label="Language", choices=LANGUAGES, initial="en"),
            "level": forms.ChoiceField(label="Level", choices=levels, required=False),
        }
    if kind == CriterionKind.LOCATION:
        return {
            "city": text(
                "city",
                "City",
                hint="Within 30 km is met, within 100 km partly. Left empty, the country decides.",
                required=False,
            ),
            "country": forms.ChoiceField(label="Country", choices=COUNTRY),
        }
    if kind == CriterionKind.CERTIFICATE:
        return {
            "name": text(
                "name", "Certificate or licence", hint="PMP, AWS Certified Solutions Architect, driving licence B."
            )
        }
    if kind == CriterionKind.ANSWER:
        return _accepting(question or {})
    area = forms.Textarea(attrs={"rows": 2})
    hint = "A person judges it; passages that may show it are offered as hints."
    return {"text": forms.CharField(label="Statement", max_length=wording.LONGEST["text"], widget=area, help_text=hint)}


def _accepting(question: Mapping[str, Any]) -> dict[str, forms.Field]:
    kind = question.get("type")
    if kind == "number":
        number = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
        return {"least": forms.FloatField(label="At least", min_value=-1e12, max_value=1e12, widget=number)}
    if kind == "yes_no":
        return {
            "accept": forms.ChoiceField(
                choices=[("yes", "Yes"), ("no", "No")], initial="yes", label="Met by", widget=forms.RadioSelect
            )
        }
    options = [(option, option) for option in question.get("options") or ()]
    return {"accept": forms.MultipleChoiceField(choices=options, label="Met by", widget=forms.CheckboxSelectMultiple)}


def _answer(question: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    asks: dict[str, Any] = {"question": question["key"], "label": question["label"]}
    if "least" in said:
        return asks | {"least": _number(said["least"])}
    accept = said["accept"]
    return asks | {"accept": list(accept) if isinstance(accept, list) else [accept]}


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def comparable(questions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The questions of a form whose answers can be judged: not the private ones, since everybody on the job sees what is met."""
    return [one for one in questions if one.get("type") in COMPARED and one.get("key") and not is_private(one)]


class VerdictForm(forms.Form):
    """What holds of one criterion, and why."""

    verdict = forms.ChoiceField(
        choices=Verdict.choices, widget=forms.RadioSelect(attrs={"autofocus": True}), label="What holds",
        error_messages={"required": "Choose what holds."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, in a few words: whoever decides later has to be able to follow."},
    )  # fmt: skip


class GroundsForm(forms.Form):
    """Which criteria a no rests on, and why it is said although every must is met. Nobody has to answer either.

    Of the musts that were not found, those that go with the reason are chosen at first, and can be left out: a record tells what
    a person decided by. What was not found is no ground for a no that has another one.
    """

    criteria = forms.MultipleChoiceField(
        label="Because of these criteria", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="For the record of the decision. Musts that were not found and go with the reason are chosen; change it as you see it.",
    )  # fmt: skip
    override_reason = forms.CharField(label="Every must is met: why not?", required=False, max_length=1000)

    def __init__(
        self,
        data: Data = None,
        *,
        judged: Sequence[Judged],
        goes_against: bool,
        reason: RejectionReason | None = None,
        ticked: Sequence[str] = (),
    ) -> None:
        """`ticked` were chosen while another reason was: they stay, but for musts that were not found and go with that one."""
        open_ones = [one for one in judged if one.verdict != Verdict.MET]
        code = reason.code if reason else ""
        missing = {one.criterion.key: REASON_OF.get(one.criterion.kind) for one in missing_musts(judged)}
        chosen = [key for key, goes_with in missing.items() if goes_with == code]
        super().__init__(data, initial={"criteria": chosen + [key for key in ticked if key not in missing]})
        choices = [(one.criterion.key, f"{one.criterion.says}: {one.label.lower()}") for one in open_ones]
        self.fields["criteria"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["criteria"]
        if not goes_against:
            del self.fields["override_reason"]

    def said(self) -> dict[str, Any]:
        """For the grounds of the decision."""
        found = self.cleaned_data
        return {
            "criteria": tuple(found.get("criteria", ())),
            "override_reason": found.get("override_reason", "").strip(),
        }


REASON_OF: dict[str, str] = {
    CriterionKind.SKILL: "skills", CriterionKind.CERTIFICATE: "skills", CriterionKind.LANGUAGE: "skills",
    CriterionKind.EXPERIENCE: "experience", CriterionKind.TITLE: "experience",
}  # fmt: skip
"""The reason that usually goes with a must that was not found."""


def missing_musts(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if one.criterion.is_must and one.verdict == Verdict.NOT_FOUND]
