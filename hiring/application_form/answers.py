"""Answers to a form's questions, in words, and what they are worth. Points and knock-outs decide nothing by themselves: they are shown
to people, and rules ask for the answers (docs/architecture.md, invariant 5)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format

from hiring.application_form.questions import MARKED, YES_NO, Asked

BLANK: tuple[Any, ...] = (None, "", [], {})
PRIVATE = "Only recruiters may read this answer."


def in_words(question: Asked, answer: Any) -> str:
    """An answer as a person reads it; empty when there is none."""
    kind = question.get("type") or "text"
    if answer in BLANK:
        return ""
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if kind == "yes_no":
        return dict(YES_NO).get(str(answer), str(answer))
    if kind == "consent":
        return "Agreed" if answer == "yes" else str(answer)
    if isinstance(answer, list):
        return ", ".join(map(str, answer))
    if isinstance(answer, Mapping):
        return str(answer.get("name", ""))
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    if kind == "date":
        return _day(str(answer))
    return str(answer)


def _day(answer: str) -> str:
    try:
        return str(date_format(dt.date.fromisoformat(answer), "j F Y"))
    except ValueError:
        return answer


def is_private(question: Asked) -> bool:
    """Whether its answer is for recruiters only. One that became private since it was answered says so as well
    (pipeline/private_answers.py)."""
    return bool(question.get("private"))


def open_to_all(questions: Iterable[Asked], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers everybody on the job may read: what criteria, rules and programs look at."""
    shut = {one.get("key") for one in questions if is_private(one)}
    return {key: value for key, value in answers.items() if key not in shut}


# --- what answers are worth --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What one answer is worth, as the form says it now. `most` is what the question's best answer would be."""

    question: Asked
    said: str
    points: int
    most: int
    is_knock_out: bool

    @property
    def label(self) -> str:
        return str(self.question.get("label", ""))


@dataclass(frozen=True)
class Worth:
    """What all answers are worth together. `has_points` is false where no question gives any."""

    marks: tuple[Mark, ...] = ()

    @property
    def points(self) -> int:
        return sum(mark.points for mark in self.marks)

    @property
    def most(self) -> int:
        return sum(mark.most for mark in self.marks)

    @property
    def has_points(self) -> bool:
        return any(mark.most or mark.points for mark in self.marks)

    @property
    def knock_outs(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.is_knock_out)


def worth(questions: Iterable[Asked], asked: Iterable[Asked], answers: Mapping[str, Any]) -> Worth:
    """`questions` are the form's as it stands, whose marks count; `asked` those that were asked, in the same kind or not at all."""
    kinds = {one.get("key"): one.get("type") for one in asked}
    found = []
    for question in questions:
        key = question.get("key")
        answer = answers.get(str(key))
        if not question.get("marks") or question.get("type") not in MARKED or kinds.get(key) != question.get("type"):
            continue
        if is_private(question) or answer in BLANK:
            continue
        hit = [mark for mark in question["marks"] if fits(question, mark, answer)]
        found.append(
            Mark(
                question,
                in_words(question, answer),
                sum(mark.get("points", 0) for mark in hit),
                most(question),
                any(mark.get("knock_out") for mark in hit),
            )
        )
    return Worth(tuple(found))


def knock_out_of(question: Asked, answer: Any) -> int:
    """Which of the question's marks makes an answer a knock-out, counted from 0; the first, where none does."""
    marks = question.get("marks") or ()
    return next((at for at, mark in enumerate(marks) if mark.get("knock_out") and fits(question, mark, answer)), 0)


def most(question: Asked) -> int:
    """The points of the best answer."""
    points = [mark.get("points", 0) for mark in question.get("marks") or ()]
    if question.get("type") == "multi":
        return sum(each for each in points if each > 0)
    return max([*points, 0])


def fits(question: Asked, mark: Mapping[str, Any], answer: Any) -> bool:
    """Whether a mark is for this answer."""
    if question.get("type") != "number":
        return mark.get("value") in (answer if isinstance(answer, list) else [answer])
    try:
        number = float(answer)
    except (TypeError, ValueError):
        return False
    return mark.get("from", -math.inf) <= number <= mark.get("to", math.inf)


def mark_in_words(question: Asked, mark: Mapping[str, Any]) -> str:
    """Which answer a mark is for."""
    if question.get("type") != "number":
        return in_words(question, mark.get("value"))
    low, high = mark.get("from"), mark.get("to")
    if low is None or high is None:
        return f"up to {high:g}" if low is None and high is not None else f"from {low:g}" if low is not None else "any"
    return f"{low:g} to {high:g}"
