"""The questions of a job's form as lists of its applications show them: whose answers a reader may see, what they can be narrowed to,
and what one answer says on a card. Nothing is decided here (invariant 5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value

from hiring import access, masks
from hiring.application_form import standard, versions
from hiring.application_form.answers import BLANK, fits, in_words, is_private, mark_in_words
from hiring.application_form.questions import Asked, Question, has_answer, options_of
from hiring.models import Job, Posting, User
from hiring.prepared import Given, prepared
from pipeline.answered import WITHHELD, tells_who
from pipeline.cards import Notice
from pipeline.models import Application

KNOCK_OUT = "knock-out"
MOST_OPTIONS = 30
NOT_ON_CARDS = ("file", "consent")
LONGEST_LINE, LONGEST_LABEL = 60, 24


@prepared
def forms(job: Given) -> QuerySet[Posting, Any]:
    """The form a job asks: its newest version's questions and usual fields, else those being written."""
    newest = versions.newest_part("questions"), versions.newest_part("fields")
    found = Posting.objects.filter(job=job).annotate(asked=newest[0], usual=newest[1])
    return found.values_list("questions", "fields", "asked", "usual")


def questions_of(job: Job, user: User) -> list[Question]:
    """The questions whose answers this reader may see, in order. One query, and one more where some are private."""
    found = forms(job=job.pk)
    if not found:
        return []
    written, fields, asked, usual = found[0]
    own = written if asked is None else asked
    questions = [*standard.asked(fields if usual is None else usual), *own]
    questions = [one for one in questions if has_answer(one)]
    if any(map(is_private, questions)) and not access.can_see_private_answers(user, job):
        questions = [one for one in questions if not is_private(one)]
    return questions


# --- narrowing -----------------------------------------------------------------------------------------------------------


def choices(questions: Iterable[Asked]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What lists can be narrowed to: (question, [(token, answer)]); knock-outs of all questions first."""
    questions = list(questions)
    found = [("", [(KNOCK_OUT, "Any knock-out answer")])] if any(map(_outs, questions)) else []
    for question in questions:
        if tokens := _tokens(question):
            found.append((str(question["label"]), tokens[:MOST_OPTIONS]))
    return found


def _tokens(question: Asked) -> list[tuple[str, str]]:
    key = question["key"]
    if question.get("type") == "number":
        return [(f"{key}:#{at}", mark_in_words(question, mark)) for at, mark in enumerate(question.get("marks") or ())]
    if question.get("type") in ("yes_no", "choice", "multi"):
        return [(f"{key}:{value}", words) for value, words in options_of(question)]
    return []


def name_of(token: str, questions: Iterable[Asked]) -> str:
    """“Do you drive vans?: No”; empty for what cannot be asked."""
    for label, tokens in choices(questions):
        if token in dict(tokens):
            return f"{label}: {dict(tokens)[token]}" if label else dict(tokens)[token]
    return ""


def answering(token: str, questions: Sequence[Asked]) -> Q | None:
    """Filter over applications of the job: those that answered so. None for what cannot be asked."""
    if not name_of(token, questions):
        return None
    if token == KNOCK_OUT:
        return reduce(or_, (gave(question, mark) for question in questions for mark in _outs(question)))
    key, _, value = token.partition(":")
    question = next(one for one in questions if one["key"] == key)
    mark = question["marks"][int(value[1:])] if question.get("type") == "number" else {"value": value}
    return gave(question, mark)


def _outs(question: Asked) -> list[Mapping[str, Any]]:
    return [mark for mark in question.get("marks") or () if mark.get("knock_out")]


def gave(question: Asked, mark: Mapping[str, Any]) -> Q:
    """Filter over applications: an answer the mark is for."""
    key = str(question["key"])
    if question.get("type") == "number":
        ends = [f"@ {sign} {mark[name]!r}" for name, sign in (("from", ">="), ("to", "<=")) if name in mark]
        tests = " && ".join(['@.type() == "number"', *ends])
        return Q(PathExists(F("answers"), Path(Value(f"$.{json.dumps(key)} ? ({tests})"))))
    value = mark.get("value")
    return Q(answers__contains={key: [value] if question.get("type") == "multi" else value})


class Path(Func):
    """A string as a path into JSON."""

    template = "(%(expressions)s)::jsonpath"
    output_field = TextField()


class PathExists(Func):
    """Whether a path leads anywhere in a document."""

    function = "jsonb_path_exists"
    output_field = BooleanField()


# --- on a card -----------------------------------------------------------------------------------------------------------


def lines(user: User, job: Job, key: str, ids: Sequence[int]) -> dict[int, Notice]:
    """What each of these answered to one question, by application, as a line of its card. Nothing for what the reader may not see."""
    question = next((one for one in questions_of(job, user) if one["key"] == key), None)
    if question is None or not ids:
        return {}
    outs = _outs(question)
    found = {}
    rows = Application.objects.filter(pk__in=ids).values_list("pk", "candidate", "answers", "questions")
    for pk, candidate, answers, asked in rows:
        said = told(question, asked, answers, is_hidden=bool(masks.mask_of(candidate)))
        if said:
            is_out = any(fits(question, mark, answers.get(key)) for mark in outs)
            text = said if len(said) <= LONGEST_LINE else f"{said[:LONGEST_LINE]}…"
            found[pk] = Notice(f"{_short(question['label'])}: {text}", "message-circle", "warn" if is_out else "")
    return found


def _short(label: Any) -> str:
    """The beginning of a question: which one it is stands above the board in full."""
    words = str(label).rstrip("?: ")
    return words if len(words) <= LONGEST_LABEL else f"{words[:LONGEST_LABEL].rstrip()}…"


def told(question: Asked, asked: Iterable[Asked], answers: Mapping[str, Any], *, is_hidden: bool = False) -> str:
    """An answer in words, as it was asked; empty when there is none, or it was asked in private."""
    key = question["key"]
    answer = (answers or {}).get(key)
    own = next((one for one in asked or () if one.get("key") == key), question)
    if answer in BLANK or (is_private(own) and not is_private(question)):
        return ""
    if is_hidden and (tells_who(own) or own.get("type") in ("text", "long_text")):
        return WITHHELD
    return in_words(own, answer)
