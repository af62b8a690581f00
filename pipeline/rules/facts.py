"""The whitelist: what a rule may ask, and what is known of it about applications.

Nothing else reaches a rule: no score, no judgement of a criterion, no name, photo, age or school. What a rule may stand on
depends on what it does. A rejection stands on explicit answers alone (invariant 5), and a question that asks for a protected
trait or a proxy of one is no fact for any rule (AI-4). Nor is one whose answers are private: whom a rule fits would tell them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hiring import protected, sources
from hiring.application_form import standard
from hiring.application_form.answers import is_private
from hiring.application_form.versions import newest_questions
from hiring.conditions import Atom, Conditions, parse, read_fact
from hiring.models import CustomField, Job, Posting, Source, User
from pipeline.models import Application, RuleVersion
from pipeline.rules import own_fields, waiting

ANSWER = "answer:"
TO_REJECT, TO_MOVE, TO_ARRANGE = 1, 2, 3
"""What a fact may lead to: a rejection and everything else; a move and less; only what decides nothing."""
NEEDS = {"reject": TO_REJECT, "move": TO_MOVE}

PROTECTED = re.compile(
    r"\b(age|how old|years old|birth\w*|born|gender|sex|sexual\w*|pronouns?|race|racial|ethnic\w*|nationalit\w*|citizen\w*|native|"
    r"mother tongue|religio\w*|faith|church|disab\w*|handicap\w*|illness\w*|health|medical|pregnan\w*|marital|married|spouse|"
    r"child(ren)?|famil(y|ies)|maiden|veteran\w*|post ?codes?|postal|zip|address|photo\w*|picture|union|politic\w*|convict\w*|"
    r"graduat\w* (in|year)|year\w* (of|you) graduat\w*|school|university|career (gap|break)\w*|parental|maternity|paternity)\b",
    re.IGNORECASE,
)
"""Words of questions about protected traits or what stands for them (AI-4). One too many is asked by a person instead."""
COUNTED = ("yes_no", "choice", "multi", "number", "date")
"""Kinds of questions whose answers are chosen or counted. Free text is read by people."""


@dataclass(frozen=True)
class Fact:
    """Something a rule may ask. `options` are its values where there are only so many: [(value, words)]."""

    key: str
    label: str
    type: str
    least: int
    options: tuple[tuple[str, str], ...] = ()

    def serves(self, action: str) -> bool:
        """Whether a rule that does this may stand on it."""
        return self.least <= NEEDS.get(action, TO_ARRANGE)

    @property
    def is_answer(self) -> bool:
        return self.key.startswith(ANSWER)

    @property
    def is_own_field(self) -> bool:
        return self.key.startswith(own_fields.FIELD)


def catalogue(job: Job | None) -> dict[str, Fact]:
    """Every fact a rule of this job (or of all jobs) may ask, by key, questions first. Six queries at most."""
    found = {fact.key: fact for fact in map(of_question, questions_of(job)) if fact}
    sources = tuple((str(pk), name) for pk, name in Source.objects.filter(is_active=True).values_list("pk", "name"))
    found["source"] = Fact("source", "Source", "choice", TO_MOVE, sources)
    stages = tuple((str(stage.pk), stage.name) for stage in job.stages.all()) if job else ()
    if job:
        found["stage"] = Fact("stage", "Stage", "choice", TO_MOVE, stages)
    found["days"] = Fact("days", "Business days in the stage", "days", TO_MOVE)
    found["country"] = Fact("country", "Country the person gave", "text", TO_ARRANGE)
    found["location"] = Fact("location", "Place the person gave", "text", TO_ARRANGE)
    return found | {fact.key: fact for fact in _own_fields()}


def _own_fields() -> list[Fact]:
    """Fields the organisation added; what is chosen or counted may move people, what is written only arranges things."""
    fields = [what for what in own_fields.offered() if not _names_a_protected_trait(what)]
    asks_for_people = any(what.type == CustomField.Type.USER for what in fields)
    colleagues = list(User.objects.filter(is_active=True).order_by("full_name")) if asks_for_people else []
    return [
        Fact(
            own_fields.key_of(what),
            f"{what.name} of the {'person' if what.kind == CustomField.Kind.CANDIDATE else 'application'}",
            own_fields.TYPES[what.type],
            TO_ARRANGE if what.type == CustomField.Type.TEXT else TO_MOVE,
            own_fields.options_of(what, colleagues),
        )
        for what in fields
    ]


def _names_a_protected_trait(what: CustomField) -> bool:
    return is_protected({"label": f"{what.name} {what.help_text}", "key": what.key})


def questions_of(job: Job | None) -> list[dict[str, Any]]:
    """The questions of the job's form, as it is asked and as it is being written; for all jobs, those of every form that is asked.
    Each key once."""
    postings = Posting.objects.filter(job=job) if job else Posting.objects.public().order_by("-pk")[:200]
    found: dict[str, dict[str, Any]] = {}
    for written, asked, fields in postings.annotate(_asked=newest_questions()).values_list(
        "questions", "_asked", "fields"
    ):
        for question in [*(written if job or asked is None else ()), *(asked or ()), *standard.asked(fields)]:
            if question.get("key") and question.get("label"):
                found.setdefault(question["key"], question)
    return list(found.values())


def of_question(question: Mapping[str, Any]) -> Fact | None:
    """The answer to a question as a fact; None when no rule may ask for it."""
    kind = question.get("type") or "text"
    if is_protected(question) or is_private(question):
        return None
    options = tuple((str(one), str(one)) for one in question.get("options") or ())
    if kind == "yes_no":
        options = (("yes", "Yes"), ("no", "No"))
    if kind in COUNTED:
        return Fact(ANSWER + question["key"], question["label"], kind, TO_REJECT, options)
    if kind == "text":
        return Fact(ANSWER + question["key"], question["label"], "text", TO_ARRANGE)
    return None


def is_protected(question: Mapping[str, Any]) -> bool:
    asked = " ".join([str(question.get("label", "")), str(question.get("key", "")).replace("_", " ")])
    return bool(PROTECTED.search(asked) or protected.found_in(asked))


# ---------- What is known of applications ----------


def asked_as(question: Mapping[str, Any]) -> str:
    return str(question.get("type") or "text")


def filled_in(applications: Collection[Application], conditions: Conditions) -> own_fields.Values:
    """What stands in the organisation's own fields that these conditions ask, of all these people at once."""
    wanted = [atom.fact for atom in conditions.atoms if atom.fact.startswith(own_fields.FIELD)]
    if not wanted:
        return {}
    things: dict[str, list[int]] = {
        CustomField.Kind.CANDIDATE: [one.candidate_id for one in applications],
        CustomField.Kind.APPLICATION: [one.pk for one in applications],
    }
    return own_fields.values(things, wanted)


def asked_by(version: RuleVersion) -> Conditions:
    """What a version asks, as it is meant today: a source that was merged means the one it was merged into."""
    asked = parse(version.conditions)
    ids = [int(value) for atom in asked.atoms if atom.fact == "source" for value in atom.values]
    today = sources.standing_ids(ids)
    if all(today[pk] == pk for pk in ids):
        return asked
    groups = tuple(replace(group, atoms=tuple(_meant(atom, today) for atom in group.atoms)) for group in asked.groups)
    return replace(asked, groups=groups)


def _meant(atom: Atom, today: Mapping[int, int]) -> Atom:
    if atom.fact != "source":
        return atom
    return replace(atom, values=tuple(dict.fromkeys(str(today[int(value)]) for value in atom.values)))


def asked_as_now(conditions: Conditions) -> list[str]:
    """Which of these facts are known only as they stand now, whenever they are asked about: what was corrected since counts."""
    now = [
        atom.label for atom in conditions.atoms if atom.fact in _OF_THE_PERSON or atom.fact.startswith(own_fields.FIELD)
    ]
    return list(dict.fromkeys(now))


def facts_of(
    applications: Collection[Application],
    conditions: Conditions,
    now: dt.datetime,
    own: own_fields.Values | None = None,
) -> dict[int, dict[str, Any]]:
    """Of each application the facts these conditions ask. Job with location and candidate come with the rows, own fields are
    loaded for all at once, unless `own` (`filled_in`) holds them already.

    An answer counts only when the question was asked in the same kind, and is not one that no rule may ask.
    """
    wanted = {atom.fact: atom.type for atom in conditions.atoms}
    own = filled_in(applications, conditions) if own is None else own
    return {one.pk: _facts(one, wanted, now, own) for one in applications}


def _facts(
    application: Application, wanted: Mapping[str, str], now: dt.datetime, own: own_fields.Values
) -> dict[str, Any]:
    asked = {question.get("key"): question for question in application.questions or []}
    facts: dict[str, Any] = {}
    for key, kind in wanted.items():
        if key.startswith(ANSWER):
            question = asked.get(key.removeprefix(ANSWER))
            if question is None or asked_as(question) != kind or is_protected(question) or is_private(question):
                continue
            value = application.answers.get(question["key"])
        elif key.startswith(own_fields.FIELD):
            value = _own_value(application, key, own)
        else:
            value = _KNOWN[key](application, now) if key in _KNOWN else None
        if (read := read_fact(kind, value)) is not None:
            facts[key] = read
    return facts


def _own_value(application: Application, key: str, own: own_fields.Values) -> Any:
    kind = key.removeprefix(own_fields.FIELD).partition(":")[0]
    thing = application.candidate_id if kind == CustomField.Kind.CANDIDATE else application.pk
    return own.get((kind, thing), {}).get(key)


_OF_THE_PERSON = ("country", "location")
_KNOWN = {
    "source": lambda one, now: str(one.source_id) if one.source_id else None,
    "stage": lambda one, now: str(one.stage_id),
    "days": lambda one, now: waiting.days_passed(one.entered_stage_at, now, one.job),
    "country": lambda one, now: one.candidate.country,
    "location": lambda one, now: one.candidate.location,
}
