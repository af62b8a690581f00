"""What somebody answered on the form, as whoever looks may see it: private answers for recruiters, and of a hidden person nothing that
tells who they are. What answers are worth, and which rule acts on them, is told beside them; it decides nothing (invariant 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from hiring import access, conditions
from hiring.application_form import answers as form_answers
from hiring.application_form import asking, standard
from hiring.application_form.answers import BLANK, Mark, Worth, in_words, is_private
from hiring.models import User
from pipeline.blind.showing import Hidden
from pipeline.models import Application
from pipeline.rules import finding, words

WITHHELD = "hidden"


@dataclass(frozen=True)
class Answer:
    """One question with its answer. `is_shut` says that whoever looks may not read it; `rules` are those that act on it."""

    question: Mapping[str, Any]
    said: str
    is_private: bool = False
    is_shut: bool = False
    url: str = ""
    mark: Mark | None = None
    rules: tuple[str, ...] = ()
    rule_url: str = ""
    """Where a rule is begun that acts on this knock-out, for whoever may write rules."""

    @property
    def key(self) -> str:
        return str(self.question.get("key", ""))

    @property
    def label(self) -> str:
        return str(self.question.get("label", ""))

    @property
    def is_knock_out(self) -> bool:
        return self.mark is not None and self.mark.is_knock_out


def of(application: Application, user: User, hidden: Hidden | None = None) -> list[Answer]:
    """Each question as it was asked, with the answer; what was left blank is left out."""
    given, person = _given(application), application.candidate_id
    has_private = any(is_private(question) for question, _ in given)
    may_read = has_private and access.can_see_private_answers(user, application.job)
    return [_answer(question, value, may_read, hidden, person) for question, value in given]


def _given(application: Application) -> list[tuple[Mapping[str, Any], Any]]:
    given = application.answers or {}
    asked = [(one, given.get(one.get("key", ""))) for one in application.questions or ()]
    return [(question, value) for question, value in asked if value not in BLANK]


def _answer(question: Mapping[str, Any], value: Any, may_read: bool, hidden: Hidden | None, candidate: int) -> Answer:
    private = is_private(question)
    if private and not may_read:
        return Answer(question, form_answers.PRIVATE, is_private=True, is_shut=True)
    said = in_words(question, value)
    if hidden:
        return Answer(question, WITHHELD if tells_who(question) else hidden.say(said), is_private=private)
    return Answer(question, said, is_private=private, url=_file(candidate, value))


def _file(candidate: int, value: Any) -> str:
    if not isinstance(value, dict) or "document" not in value:
        return ""
    return f"{reverse('candidate_resume', args=[candidate])}?document={value['document']}"


def tells_who(question: Mapping[str, Any]) -> bool:
    """Whether its answers say who somebody is, whatever stands in them: files, links, what people are called."""
    return question.get("type") in ("file", "link") or question.get("key") in standard.TELLS_WHO


# --- what answers are worth --------------------------------------------------------------------------------------------


def weighed(
    application: Application, answers: Sequence[Answer], user: User | None = None
) -> tuple[list[Answer], Worth]:
    """The answers with what they are worth as the form says it now, and with the rules that act on a knock-out, or where `user` may
    write one. Four queries, one more where nothing acts."""
    worth = worth_of(application)
    marks = {str(mark.question.get("key")): mark for mark in worth.marks}
    acting = _acting(application) if worth.knock_outs else {}
    outs = {mark.question["key"] for mark in worth.knock_outs}
    may_write = bool(user and outs - acting.keys()) and access.can_edit_rules(user, application.job)  # type: ignore[arg-type]
    found = []
    for one in answers:
        if one.key in outs:
            one = replace(one, mark=marks[one.key], rules=acting.get(one.key, ()))
            url = rule_url(application.job_id, marks[one.key], application.answers.get(one.key))
            one = replace(one, rule_url=url if may_write and not one.rules else "")
        elif one.key in marks:
            one = replace(one, mark=marks[one.key])
        found.append(one)
    return found, worth


def rule_url(job: int, mark: Mark, answer: Any) -> str:
    """Where a rule is begun whose condition is this answer."""
    said = form_answers.knock_out_of(mark.question, answer)
    query = urlencode({"answer": mark.question["key"], "mark": said})
    return f"{reverse('pipeline:rule_create', args=[job])}?{query}"


def worth_of(application: Application) -> Worth:
    posting = getattr(application.job, "posting", None)
    if posting is None:
        return Worth()
    questions = asking.live(posting).questions
    return form_answers.worth(questions, application.questions or (), application.answers or {})


def _acting(application: Application) -> dict[str, tuple[str, ...]]:
    """By question the active rules that fit this answer, each with what it does."""
    versions = list(finding.versions_of(job=application.job_id))
    names = words.names_of(versions)
    found: dict[str, tuple[str, ...]] = {}
    for version in versions:
        for atom in conditions.parse(version.conditions).atoms:
            if not atom.question:
                continue
            known = conditions.read_fact(atom.type, (application.answers or {}).get(atom.question))
            if conditions.fits(atom, known):
                said = f"“{version.rule.name}”: {words.action(version, names)}"
                found[atom.question] = (*found.get(atom.question, ()), said)
    return found
