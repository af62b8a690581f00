"""Answers on the form, and statements that only a person can judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiring.application_form.answers import is_private
from pipeline.models import Verdict
from pipeline.screening import wording
from pipeline.screening.criteria import Criterion
from pipeline.screening.facts import Facts
from pipeline.screening.results import Evidence, Result

WORDS = {"yes": "Yes", "no": "No", "true": "Yes", "false": "No"}
FREE = {"text", "long_text", "long", "date"}
"""Types of questions whose answers are read by people."""


def answer(one: Criterion, facts: Facts) -> Result:
    """What was answered, compared with what meets it. An answer in somebody's own words needs a look."""
    asked = str(one.asks["question"])
    question = next((each for each in facts.questions if each.get("key") == asked), None)
    if question and is_private(question):
        return Result(
            one.key, Verdict.UNKNOWN, "answer_private", "Answers to this question are private: no program reads them."
        )
    given = facts.answers.get(asked)
    if given in (None, "", []):
        note = "The question was left blank." if question else "The question was not asked when they applied."
        return Result(one.key, Verdict.NOT_FOUND, "answer_blank", note)
    said = _said(given)
    label = str((question or {}).get("label") or one.asks.get("label") or "")
    evidence = (Evidence("answer", said[:200], label[:160]),)
    if one.asks.get("least") is not None:
        return _number(one, given, said, evidence)
    accept = {_plain(option) for option in one.asks.get("accept") or ()}
    if not accept or (question or {}).get("type") in FREE:
        return Result(one.key, Verdict.UNKNOWN, "answer_free", "Answered in their own words.", evidence)
    chosen = {_plain(option) for option in (given if isinstance(given, list) else [given])}
    if chosen & accept:
        return Result(one.key, Verdict.MET, "answer", f"They answered “{said}”."[:300], evidence)
    note = f"They answered “{said}”; asked for was {wording.wanted(one.asks)}."
    return Result(one.key, Verdict.NOT_FOUND, "answer", note[:300], evidence)


def _number(one: Criterion, given: Any, said: str, evidence: tuple[Evidence, ...]) -> Result:
    try:
        number = float(given)
    except (TypeError, ValueError):
        return Result(one.key, Verdict.UNKNOWN, "answer_free", "The answer is no number.", evidence)
    verdict = Verdict.MET if number >= float(one.asks["least"]) else Verdict.NOT_FOUND
    return Result(
        one.key, verdict, "answer_number", f"They answered {said}; asked for was {wording.wanted(one.asks)}.", evidence
    )


def statement(one: Criterion, facts: Facts) -> Result:
    """No program decides whether a sentence is true of somebody. What may show it is offered as a hint (hints.py)."""
    return Result(one.key, Verdict.UNKNOWN, "statement", "For a person to judge.")


def _said(given: Any) -> str:
    if isinstance(given, bool):
        return "Yes" if given else "No"
    if isinstance(given, list):
        return ", ".join(map(str, given))
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, Mapping):
        return ""
    return WORDS.get(str(given).casefold(), str(given))


def _plain(option: Any) -> str:
    said = "yes" if option is True else "no" if option is False else str(option)
    return " ".join(said.casefold().split())
