"""What a question of an application form is: a plain document, stored in a posting, a version, a set and with each application.

    {"key", "label", "type", "required", "options"}            of every question
    "help"                                                     a sentence below it
    "least", "most"                                            bounds: of a number, a day, or how many characters a text has
    "text"                                                     what an information or a consent says
    "when"                                                     conditions on earlier answers under which it is asked (hiring/conditions.py)
    "private"                                                  its answer is for recruiters only
    "marks"                                                    what answers are worth: [{"value" | "from", "to", "points", "knock_out"}]
    "origin"                                                   the set it was copied from: {"set", "key", "mark"}

Whatever is absent is not there. The key is a question's own for life: answers are found by it when its words change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.text import slugify

from hiring import conditions
from hiring.errors import Refused

Question = dict[str, Any]
Asked = Mapping[str, Any]

TYPES = (
    ("text", "Short text"),
    ("long_text", "Long text"),
    ("yes_no", "Yes or no"),
    ("choice", "One of several"),
    ("multi", "Any of several"),
    ("number", "A number"),
    ("date", "A date"),
    ("file", "A file"),
    ("link", "A link"),
    ("info", "Information, nothing to answer"),
    ("consent", "Consent to a statement"),
)
"""What `type` may be; the public form knows a field for each."""
NAMES = dict(TYPES)
WITH_OPTIONS = {"choice", "multi"}
WITH_TEXT = {"info", "consent"}
WITH_BOUNDS = {"text", "long_text", "number", "date"}
DECIDES = {"yes_no", "choice", "multi", "number", "date"}
"""Kinds whose answers are chosen or counted: other questions can depend on them."""
MARKED = {"yes_no", "choice", "multi", "number"}
"""Kinds whose answers can be worth points or be a knock-out."""
YES_NO = (("yes", "Yes"), ("no", "No"))

MOST_QUESTIONS, MOST_OPTIONS, MOST_MARKS, MOST_CONDITIONS = 40, 60, 60, 8
LONGEST = {"label": 200, "option": 100, "help": 400, "text": 4_000}
LONGEST_ANSWER = {"text": 500, "long_text": 5_000}
MOST_POINTS = 100
ANSWER = "answer:"


class Unfit(Refused):
    """What was typed is no question. `errors` says by field what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def has_answer(question: Asked) -> bool:
    return question.get("type") != "info"


def options_of(question: Asked) -> list[tuple[str, str]]:
    """(value, words) of what can be answered, where that is a choice."""
    if question.get("type") == "yes_no":
        return list(YES_NO)
    return [(str(one), str(one)) for one in question.get("options") or ()]


def key_for(label: str, taken: Collection[str]) -> str:
    """A key nobody has had: answers to a question that is gone must not become those of another one."""
    key = stem = slugify(label)[:36].replace("-", "_") or "question"
    number = 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def fingerprint(question: Asked) -> str:
    """Of the statement somebody agrees to: proof of which words those were."""
    return hashlib.sha256(str(question.get("text", "")).encode()).hexdigest()


# --- from what was typed to a question ---------------------------------------------------------------------------------


def clean(raw: Mapping[str, Any], *, key: str, earlier: Sequence[Asked] = ()) -> Question:
    """The question as it is kept. `earlier` are those before it, on which it may depend. Raises Unfit."""
    errors: dict[str, str] = {}
    kind = str(raw.get("type") or "text")
    if kind not in NAMES:
        raise Unfit({"type": "There is no such kind of question."})
    made: Question = {
        "key": key,
        "label": " ".join(str(raw.get("label", "")).split())[: LONGEST["label"]],
        "type": kind,
        "required": bool(raw.get("required")) and has_answer({"type": kind}),
        "options": _options(raw) if kind in WITH_OPTIONS else [],
    }
    if not made["label"]:
        errors["label"] = "Write the question."
    if kind in WITH_OPTIONS and not 2 <= len(made["options"]) <= MOST_OPTIONS:
        errors["options"] = f"Give two to {MOST_OPTIONS} choices, one a line."
    for name in ("help", "text"):
        said = str(raw.get(name) or "").strip()[: LONGEST[name]]
        if said and (name == "help" or kind in WITH_TEXT):
            made[name] = said
    if kind in WITH_TEXT and "text" not in made:
        errors["text"] = "Write what applicants read." if kind == "info" else "Write what applicants agree to."
    errors |= _bounds(raw, made)
    errors |= _marks(raw, made)
    errors |= _when(raw, made, earlier)
    if raw.get("private") and has_answer(made):
        made["private"] = True
        if made.get("marks"):
            errors["private"] = "A private answer is read by recruiters alone: it has no points and is no knock-out."
    if isinstance(raw.get("origin"), Mapping):
        made["origin"] = dict(raw["origin"])
    if errors:
        raise Unfit(errors)
    return made


def _options(raw: Mapping[str, Any]) -> list[str]:
    said = raw.get("options") or ()
    lines = said.splitlines() if isinstance(said, str) else map(str, said)
    return list(dict.fromkeys(" ".join(line.split())[: LONGEST["option"]] for line in lines if line.strip()))


def _bounds(raw: Mapping[str, Any], made: Question) -> dict[str, str]:
    kind, errors = made["type"], {}
    for name in ("least", "most"):
        said = raw.get(name)
        if kind not in WITH_BOUNDS or said in (None, ""):
            continue
        try:
            made[name] = _bound(kind, said)
        except (TypeError, ValueError, OverflowError):
            errors[name] = {"date": "This is not a day.", "number": "This is not a number."}.get(
                kind, f"A whole number from 1 to {LONGEST_ANSWER.get(kind, 0)}."
            )
    if not errors and "least" in made and "most" in made and made["least"] > made["most"]:
        errors["most"] = "This is below the least."
    return errors


def _bound(kind: str, said: Any) -> Any:
    if kind == "date":
        return dt.date.fromisoformat(str(said)).isoformat()
    number = float(str(said).replace(",", "."))
    if not abs(number) <= 1e12:  # nan is no number either
        raise ValueError(said)
    if kind == "number":
        return int(number) if number.is_integer() else number
    if not (number.is_integer() and 1 <= number <= LONGEST_ANSWER[kind]):
        raise ValueError(said)
    return int(number)


def _marks(raw: Mapping[str, Any], made: Question) -> dict[str, str]:
    """What answers are worth. A choice that is gone takes its mark along."""
    if made["type"] not in MARKED:
        return {}
    values, found = {value for value, _ in options_of(made)}, []
    for one in list(raw.get("marks") or ())[:MOST_MARKS]:
        try:
            points = int(one.get("points") or 0)
            mark: Question = _range(one) if made["type"] == "number" else {"value": str(one.get("value", ""))}
        except (TypeError, ValueError, OverflowError):
            return {"marks": "Points are whole numbers, and a range goes from a number to a number."}
        if not abs(points) <= MOST_POINTS:
            return {"marks": f"Points go from -{MOST_POINTS} to {MOST_POINTS}."}
        if "value" in mark and mark["value"] not in values:
            continue
        if points:
            mark["points"] = points
        if one.get("knock_out"):
            mark["knock_out"] = True
        if points or one.get("knock_out"):
            found.append(mark)
    if found:
        made["marks"] = found
    return {}


def _range(one: Mapping[str, Any]) -> Question:
    mark = {name: _bound("number", one[name]) for name in ("from", "to") if one.get(name) not in (None, "")}
    if mark.get("from", -math.inf) > mark.get("to", math.inf):
        raise ValueError(one)
    return mark


def _when(raw: Mapping[str, Any], made: Question, earlier: Sequence[Asked]) -> dict[str, str]:
    said = raw.get("when")
    if not said:
        return {}
    try:
        asked = conditions.parse(said)
    except Refused as refused:
        return {"when": refused.sentence}
    if wrong := broken(asked, earlier):
        return {"when": wrong}
    if asked.groups:
        made["when"] = conditions.dump(asked)
    return {}


def broken(asked: conditions.Conditions, earlier: Sequence[Asked]) -> str:
    """What is wrong with conditions, given the questions that are asked before; empty when nothing is."""
    known = {one.get("key"): one for one in earlier}
    for atom in asked.atoms:
        question = known.get(atom.question)
        if question is None:
            return f"It depends on “{atom.label or atom.question}”, which is not asked before it."
        if question.get("type") != atom.type or atom.type not in DECIDES:
            return f"It depends on “{question.get('label')}”, which is asked in another way now."
        gone = [value for value in atom.values if atom.type in WITH_OPTIONS and value not in question["options"]]
        if gone:
            return f"It depends on “{gone[0]}” as an answer to “{question.get('label')}”, which is no choice any more."
    return ""
