"""The form of a posting: which usual fields it has, and one question at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from hiring import conditions
from hiring.application_form import answers, standard
from hiring.application_form.questions import (
    ANSWER,
    DECIDES,
    LONGEST,
    MARKED,
    TYPES,
    WITH_BOUNDS,
    WITH_OPTIONS,
    WITH_TEXT,
    Question,
    Unfit,
    has_answer,
    options_of,
)
from hiring.errors import Refused
from hiring.seen import SeenForm, quoted

RANGES = 3
BOUNDS = {"number": ("At least", "At most"), "date": ("Not before", "Not after")}
STAYS = ("label", "help", "text", "options", "least", "most", "required", "private")
"""Fields of which two tabs may differ."""


class FieldsForm(forms.Form):
    """Each usual field off, optional or required."""

    def __init__(self, data: QueryDict | None = None, *, fields: Mapping[str, str]) -> None:
        super().__init__(data, initial=standard.modes(fields))
        for field in standard.FIELDS:
            self.fields[field.key] = forms.ChoiceField(
                label=field.label,
                help_text=field.hint,
                choices=[(mode, standard.MODES[mode]) for mode in field.modes],
                widget=forms.Select({"class": "form-select"}),
            )


class QuestionForm(SeenForm):
    """One question of a kind. `question` is what stands, `earlier` those before it, on whose answers it may depend."""

    type = forms.ChoiceField(choices=TYPES, label="Answer")
    label = forms.CharField(
        label="Question", max_length=LONGEST["label"], error_messages={"required": "Write the question."}
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: str,
        question: Question | None = None,
        earlier: Sequence[Question] = (),
    ) -> None:
        self.kind, self.question = kind, question or {}
        self.earlier = [one for one in earlier if one.get("type") in DECIDES]
        super().__init__(data, initial={"type": kind, **self.standing(), **self._marks_now(), **self._when_now()})
        self.fields |= self._of_kind() | self._marks() | self._when()

    # Two tabs

    def standing(self) -> dict[str, Any]:
        stands = {name: self.question.get(name, "") for name in STAYS}
        stands["options"] = "\n".join(self.question.get("options") or ())
        return stands | {name: bool(self.question.get(name)) for name in ("required", "private")}

    def who_changed(self, name: str) -> str:
        return f"A colleague {quoted(str(self.standing()[name]))}"

    # Its fields

    def _of_kind(self) -> dict[str, forms.Field]:
        kind = self.kind
        found: dict[str, forms.Field] = {}
        if kind in WITH_TEXT:
            found["text"] = forms.CharField(
                label="What applicants read" if kind == "info" else "What applicants agree to",
                max_length=LONGEST["text"],
                widget=forms.Textarea({"rows": 6}),
            )
        if kind in WITH_OPTIONS:
            found["options"] = forms.CharField(
                label="Choices", widget=forms.Textarea({"rows": 5}), help_text="One a line."
            )
        found["help"] = forms.CharField(label="A sentence below it", required=False, max_length=LONGEST["help"])
        if kind in WITH_BOUNDS:
            widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d") if kind == "date" else forms.TextInput()
            words = BOUNDS.get(kind, ("Fewest characters", "Most characters"))
            for name, label in zip(("least", "most"), words, strict=True):
                found[name] = forms.CharField(label=label, required=False, max_length=20, widget=widget)
        if has_answer({"type": kind}):
            found["required"] = forms.BooleanField(label="Must be answered", required=False)
            found["private"] = forms.BooleanField(
                label="Private",
                required=False,
                help_text="Recruiters alone read the answer. No rule, criterion or point rests on it.",
            )
        return found

    @property
    def _values(self) -> list[tuple[str, str]]:
        """What can be marked: the answers as they stand; ranges of a number have no values of their own."""
        if self.kind != self.question.get("type", self.kind) or self.kind not in MARKED:
            return options_of({"type": self.kind}) if self.kind == "yes_no" else []
        return options_of({"type": self.kind, "options": self.question.get("options")})

    def _marks(self) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        if self.kind not in MARKED:
            return found
        number = {"class": "form-control", "inputmode": "decimal", "size": "6"}
        for at in range(RANGES if self.kind == "number" else len(self._values)):
            if self.kind == "number":
                for name, label in (("from", "From"), ("to", "To")):
                    found[f"{name}_{at}"] = forms.CharField(
                        label=label, required=False, max_length=20, widget=forms.TextInput(number)
                    )
            found[f"points_{at}"] = forms.CharField(
                label="Points", required=False, max_length=4, widget=forms.TextInput(number | {"inputmode": "numeric"})
            )
            found[f"out_{at}"] = forms.BooleanField(label="Knock-out", required=False)
        return found

    def _marks_now(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        marks = self.question.get("marks") or []
        for at, mark in enumerate(marks if self.kind == "number" else self._values):
            if self.kind != "number":
                mark = next((one for one in marks if one.get("value") == mark[0]), {})
            found |= {f"{name}_{at}": mark.get(name, "") for name in ("from", "to", "points")}
            found[f"out_{at}"] = bool(mark.get("knock_out"))
        return found

    @property
    def mark_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(the answer, its fields), a row each."""
        names = ("from", "to", "points", "out") if self.kind == "number" else ("points", "out")
        labels = [words for _, words in self._values] or [f"Range {at + 1}" for at in range(RANGES)]
        rows = range(RANGES if self.kind == "number" else len(self._values)) if self.kind in MARKED else range(0)
        return [(labels[at], [self[f"{name}_{at}"] for name in names]) for at in rows]

    # When it is asked

    def _when(self) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for one in self.earlier:
            name, label = f"when_{one['key']}", one["label"]
            if one["type"] in ("number", "date"):
                words = ("is at least", "is at most") if one["type"] == "number" else ("is after", "is before")
                widget = forms.TextInput() if one["type"] == "number" else forms.DateInput({"type": "date"})
                for end, said in zip(("least", "most"), words, strict=True):
                    found[f"{name}_{end}"] = forms.CharField(
                        label=f"{label} {said}", required=False, max_length=20, widget=widget
                    )
                continue
            found[name] = forms.MultipleChoiceField(
                label=label, choices=options_of(one), required=False, widget=forms.CheckboxSelectMultiple()
            )
        if found:
            choices = [("all", "All of what is ticked holds"), ("any", "Any of it holds")]
            found["match"] = forms.ChoiceField(label="Of several questions", choices=choices, required=False)
        return found

    def _when_now(self) -> dict[str, Any]:
        when = self.question.get("when")
        if not when:
            return {"match": "all"}
        asked = conditions.parse(when)
        found: dict[str, Any] = {"match": asked.groups[0].match}
        for atom in asked.atoms:
            name = f"when_{atom.question}"
            if atom.type in ("number", "date"):
                end = "least" if atom.op in ("at_least", "after") else "most"
                value = atom.values[0]
                found[f"{name}_{end}"] = f"{value:g}" if isinstance(value, float) else value
            else:
                found[name] = list(atom.values)
        return found

    @property
    def when_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("when_")]

    @property
    def is_conditional(self) -> bool:
        return bool(self.question.get("when")) or any(
            self.data.get(name) for name in self.fields if name.startswith("when_")
        )

    # As the verbs take it

    @property
    def raw(self) -> dict[str, Any]:
        """The question as typed; what a colleague changed meanwhile and nobody touched here stays theirs."""
        said = {**self.question, **{name: self.cleaned_data[name] for name in STAYS if name in self.cleaned_data}}
        return {**said, "type": self.kind, "marks": self._marks_typed(), "when": self._when_typed()}

    def _marks_typed(self) -> list[dict[str, Any]]:
        rows = RANGES if self.kind == "number" else len(self._values)
        names = {"from": "from", "to": "to", "points": "points", "out": "knock_out"}
        found = []
        for at in range(rows if self.kind in MARKED else 0):
            mark = {kept: self.cleaned_data.get(f"{name}_{at}") for name, kept in names.items()}
            found.append(mark if self.kind == "number" else {**mark, "value": self._values[at][0]})
        return found

    def _when_typed(self) -> dict[str, Any] | None:
        atoms = []
        for one in self.earlier:
            name, kind = f"when_{one['key']}", one["type"]
            about = {"fact": ANSWER + one["key"], "type": kind, "label": one["label"]}
            if kind in ("number", "date"):
                for end, op in (
                    ("least", "at_least" if kind == "number" else "after"),
                    ("most", "at_most" if kind == "number" else "before"),
                ):
                    if value := self.cleaned_data.get(f"{name}_{end}"):
                        atoms.append({**about, "op": op, "values": [value]})
                continue
            values = self.cleaned_data.get(name)
            if kind == "yes_no" and values and len(values) > 1:
                continue  # whichever they answer
            if values:
                op = {"yes_no": "is", "choice": "one_of", "multi": "has_any"}[kind]
                atoms.append({**about, "op": op, "values": values})
        match = self.cleaned_data.get("match") or "all"
        return {"match": "all", "groups": [{"match": match, "atoms": atoms}]} if atoms else None


class SetForm(forms.Form):
    """The name of a set of questions. Fields are named after the arguments of hiring.application_form.sets."""

    name = forms.CharField(max_length=80, error_messages={"required": "Give the set a name."})
    about = forms.CharField(label="What it is for", max_length=200, required=False)


def put(form: forms.Form, no: Refused) -> None:
    """Say beside the fields why something was refused."""
    errors = no.errors if isinstance(no, Unfit) else {"label": no.sentence}
    for name, sentence in errors.items():
        form.add_error(name if name in form.fields else None, sentence)


def marks_in_words(question: Question) -> list[str]:
    """“No: knock-out”, “Yes: 3 points”."""
    said = []
    for mark in question.get("marks") or ():
        worth = [f"{mark['points']} point{'' if mark['points'] == 1 else 's'}"] if mark.get("points") else []
        worth += ["knock-out"] if mark.get("knock_out") else []
        said.append(f"{answers.mark_in_words(question, mark)}: {', '.join(worth)}")
    return said


def knock_outs_in_words(question: Question) -> list[tuple[int, str]]:
    """(which of its marks, the answer) of each knock-out, for a rule that may act on it."""
    marks = enumerate(question.get("marks") or ())
    return [(at, answers.mark_in_words(question, mark)) for at, mark in marks if mark.get("knock_out")]
