"""Which form a posting has, and which of its questions somebody is asked, given what they answered so far.

The server decides: what is not asked of somebody is neither required of them nor kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from hiring import conditions
from hiring.application_form import standard
from hiring.application_form.questions import ANSWER, NAMES, Asked, Question, has_answer
from hiring.conditions import Atom
from hiring.models import FormVersion, Posting
from hiring.prepared import Given, prepared


@dataclass(frozen=True)
class Form:
    """What applicants are asked. `questions` are those of the usual fields, then the form's own; `number` is 0 of one that was never
    published."""

    fields: dict[str, str]
    questions: list[Question]
    number: int = 0
    version: FormVersion | None = None


@prepared
def newest_version(posting: Given) -> QuerySet[FormVersion]:
    return FormVersion.objects.filter(posting=posting).order_by("-number")[:1]


def live(posting: Posting) -> Form:
    """What is asked now: the newest version. A posting that was written straight to the table has none; then its questions are."""
    version = newest_version.first(posting=posting.pk)
    return of_version(version) if version else draft(posting)


def of_version(version: FormVersion) -> Form:
    return Form(
        standard.modes(version.fields),
        [*standard.asked(version.fields), *version.questions],
        version.number,
        version,
    )


def draft(posting: Posting) -> Form:
    """The form as it is being written."""
    return Form(standard.modes(posting.fields), [*standard.asked(posting.fields), *posting.questions])


# --- conditions --------------------------------------------------------------------------------------------------------


def asked_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """Those of the questions somebody with these answers is asked. An answer to what is not asked counts for nothing."""
    facts: dict[str, Any] = {}
    found = []
    for question in questions:
        if not holds(question, facts):
            continue
        found.append(question)
        key = str(question["key"])
        if (
            has_answer(question)
            and (known := conditions.read_fact(str(question.get("type")), answers.get(key))) is not None
        ):
            facts[ANSWER + key] = known
    return found


def holds(question: Asked, facts: Mapping[str, Any]) -> bool:
    when = question.get("when")
    return not when or conditions.matches(conditions.parse(when), facts) is not None


def kept(questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[list[Question], dict[str, Any]]:
    """The questions somebody was asked, and their answers to these alone: what is stored."""
    asked = asked_of(questions, answers)
    keys = {question["key"] for question in asked if has_answer(question)}
    return asked, {key: value for key, value in answers.items() if key in keys}


def in_words(question: Asked) -> str:
    """When it is asked, for applicants: “you answered “Yes” to “Do you drive?””. Empty when always."""
    when = question.get("when")
    if not when:
        return ""
    asked = conditions.parse(when)
    said = [_atom(atom) for group in asked.groups for atom in group.atoms]
    joint = " or " if any(group.match == "any" for group in asked.groups) else " and "
    return joint.join(said)


_COUNTED = {
    "less": "less than",
    "at_most": "at most",
    "equal": "exactly",
    "at_least": "at least",
    "more": "more than",
    "before": "a day before",
    "on": "",
    "after": "a day after",
}


def _atom(atom: Atom) -> str:
    words = {"yes": "Yes", "no": "No"}
    said = [f"{value:g}" if isinstance(value, float) else words.get(str(value), str(value)) for value in atom.values]
    if atom.op in _COUNTED:
        return f"you answered {_COUNTED[atom.op]} {said[0]} to “{atom.label}”".replace("  ", " ")
    joint = " and " if atom.op == "has_all" else " or "
    quoted = joint.join(f"“{one}”" for one in said)
    negated = "did not answer" if atom.op in ("none_of", "has_none") else "answered"
    return f"you {negated} {quoted} to “{atom.label}”"


def kind(question: Asked) -> str:
    """What it asks for, in words."""
    return NAMES.get(str(question.get("type") or "text"), "")
