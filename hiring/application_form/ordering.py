"""How a list of questions changes, wherever it is kept: a posting's form, or a set. Every function gives the new list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hiring import conditions
from hiring.application_form.questions import ANSWER, MOST_QUESTIONS, Asked, Question, broken, clean, key_for
from hiring.errors import Refused

GONE = "A colleague took this question out meanwhile."


def find(questions: Sequence[Question], key: str) -> Question:
    return questions[place(questions, key)]


def place(questions: Sequence[Asked], key: str) -> int:
    for number, question in enumerate(questions):
        if question.get("key") == key:
            return number
    raise Refused(GONE)


def added(questions: Sequence[Question], raw: Mapping[str, Any], *, taken: Collection[str] = ()) -> list[Question]:
    """With a new question at the end. `taken` are keys that questions now gone once had."""
    room_for(questions, 1)
    key = key_for(str(raw.get("label", "")), {*taken, *(one["key"] for one in questions)})
    return [*questions, clean(raw, key=key, earlier=questions)]


def room_for(questions: Sequence[Asked], more: int) -> None:
    if len(questions) + more > MOST_QUESTIONS:
        raise Refused(f"A form has at most {MOST_QUESTIONS} questions; each one costs applicants.")


def changed(questions: Sequence[Question], key: str, raw: Mapping[str, Any]) -> list[Question]:
    at = place(questions, key)
    kept = {"origin": questions[at]["origin"]} if "origin" in questions[at] else {}
    made = clean({**kept, **raw}, key=key, earlier=questions[:at])
    return [*questions[:at], made, *(_calling(one, key, made["label"]) for one in questions[at + 1 :])]


def _calling(question: Question, key: str, label: str) -> Question:
    """With conditions that call the question of this key as it is called now."""
    if key not in depends_on(question):
        return question
    when = question["when"]
    groups = [
        {**group, "atoms": [{**one, "label": label} if one["fact"] == ANSWER + key else one for one in group["atoms"]]}
        for group in when["groups"]
    ]
    return {**question, "when": {**when, "groups": groups}}


def removed(questions: Sequence[Question], key: str) -> list[Question]:
    at = place(questions, key)
    if needed := [one for one in questions[at + 1 :] if key in depends_on(one)]:
        raise Refused(f"“{needed[0]['label']}” is asked depending on this question. Change that one first.")
    return [*questions[:at], *questions[at + 1 :]]


def moved(questions: Sequence[Question], key: str, to: int) -> list[Question]:
    """With one question at another place, counted from 0. Refused where one would be asked before what it depends on."""
    at = place(questions, key)
    rest = [*questions[:at], *questions[at + 1 :]]
    to = max(0, min(to, len(rest)))
    made = [*rest[:to], questions[at], *rest[to:]]
    for number, question in enumerate(made):
        before = {one["key"] for one in made[:number]}
        if late := depends_on(question) - before:
            first = next((one["label"] for one in made if one["key"] in late), "")
            if first:
                raise Refused(f"“{question['label']}” depends on “{first}”, so it is asked after it.")
    return made


def shifted(questions: Sequence[Question], key: str, *, up: bool) -> list[Question]:
    return moved(questions, key, place(questions, key) + (-1 if up else 1))


def depends_on(question: Asked) -> set[str]:
    """The keys of the questions whose answers decide whether it is asked."""
    when = question.get("when")
    return {atom.question for atom in conditions.parse(when).atoms} if when else set()


def broken_conditions(questions: Sequence[Question]) -> dict[str, str]:
    """By key, what is wrong with when a question is asked."""
    found = {}
    for at, question in enumerate(questions):
        if question.get("when") and (wrong := broken(conditions.parse(question["when"]), questions[:at])):
            found[str(question["key"])] = wrong
    return found
