"""Rules in words: what one does, and why it fired. The names of stages, reasons, letters and people are loaded for many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hiring import masks
from hiring.conditions import OPERATORS, Atom, Conditions, Group, parse
from hiring.models import CustomFieldOption, MailTemplate, Source, User
from pipeline.models import RejectionReason, RuleVersion, Stage
from pipeline.rules import actions, own_fields

KIND_WORDS = dict(Stage.Kind.choices)


@dataclass
class Names:
    """What ids in rules are called. Whatever is gone is called so."""

    stages: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    letters: Mapping[int, str] = field(default_factory=dict)
    users: Mapping[int, str] = field(default_factory=dict)
    sources: Mapping[int, str] = field(default_factory=dict)
    options: Mapping[int, str] = field(default_factory=dict)

    def stage(self, document: Mapping[str, Any]) -> str:
        if "stage" in document:
            return f"“{self.stages.get(document['stage'], 'a stage that is gone')}”"
        return f"a stage of the kind “{KIND_WORDS.get(document.get('stage_kind', ''), '?')}”"


def names_of(versions: Iterable[RuleVersion], because: Iterable[Mapping[str, Any]] = ()) -> Names:
    """At most six queries for any number of versions, and of documents that say on what firings stood."""
    versions = list(versions)
    acts = [version.action for version in versions]
    stages = {stage for version in versions for stage in stages_in(version)}
    atoms = [atom for version in versions for atom in parse(version.conditions).atoms]
    atoms += [
        _read(document, _known(document)) for document in because
    ]  # "none of": what was known is not what was asked
    stages |= {int(value) for atom in atoms if atom.fact == "stage" for value in atom.values}
    sources = {int(value) for atom in atoms if atom.fact == "source" for value in atom.values}

    own = {str(value) for atom in atoms if _is_chosen(atom) for value in atom.values}
    colleagues = {int(value.removeprefix(own_fields.USER)) for value in own if value.startswith(own_fields.USER)}
    options = {int(value) for value in own if value.isdecimal()}

    def of(model: Any, ids: set[int], called: str) -> dict[int, str]:
        return dict(model.objects.filter(pk__in=ids).values_list("pk", called)) if ids else {}

    return Names(
        stages=of(Stage, stages, "name"),
        reasons=of(RejectionReason, {act["reason"] for act in acts if "reason" in act}, "label"),
        letters=of(MailTemplate, {act["template"] for act in acts if "template" in act}, "name"),
        users=of(User, colleagues | {act["user"] for act in acts if "user" in act}, "full_name"),
        sources=of(Source, sources, "name"),
        options=of(CustomFieldOption, options, "label"),
    )


def _is_chosen(atom: Atom) -> bool:
    """Whether its values stand for options, or colleagues, of a field the organisation added."""
    return atom.fact.startswith(own_fields.FIELD) and atom.type in ("choice", "multi")


def stages_in(version: RuleVersion) -> set[int]:
    """The stages a version names: where it is set off, what it stands on, where it moves to."""
    named = {document["stage"] for document in (version.trigger, version.action) if "stage" in document}
    asked = {int(value) for atom in parse(version.conditions).atoms if atom.fact == "stage" for value in atom.values}
    return named | asked


def trigger(version: RuleVersion, names: Names, labels: Mapping[str, str] | None = None) -> str:
    said = version.trigger
    kind = said.get("kind")
    if kind == "answered":
        return f"Somebody answers “{(labels or {}).get(said['question'], said['question'])}”"
    if kind == "entered":
        return f"Somebody enters {names.stage(said)}"
    if kind == "stands":
        days = said["days"]
        return f"Somebody has stood in {names.stage(said)} for {days} business day{'' if days == 1 else 's'}"
    return "Somebody applies"


def action(version: RuleVersion, names: Names) -> str:
    act = version.action
    match act.get("kind"):
        case "move":
            return f"Move to {names.stage(act)}"
        case "reject":
            reason = names.reasons.get(act["reason"], "a reason that is gone")
            if not actions.writes(act):
                return f"Reject: {reason}, without a letter"
            if "template" not in act:
                return f"Reject: {reason}, with the reason’s letter in the person’s language"
            letter = names.letters.get(act["template"], "that is gone")
            return f"Reject: {reason}, with the letter “{letter}”, or the same in the person’s language"
        case "tag":
            return f"Tag the person “{act['tag']}”"
        case "assign":
            return f"Make {names.users.get(act['user'], 'somebody who is gone')} the owner"
        case "task":
            doer = names.users.get(act["user"], "somebody who is gone") if "user" in act else "the owner"
            days = act["days"]
            return f"Give {doer} the task “{act['text']}”, due in {days} business day{'' if days == 1 else 's'}"
        case "notify":
            return f"Tell the {actions.TEAM_ROLES[act['role']].lower()} of the job: “{act['text']}”"
    return "Nothing yet"


def delay(version: RuleVersion) -> str:
    """How long it waits, before the verb: "after 2 business days"."""
    if not version.delay:
        return "an hour later at the earliest" if version.rejects else "a few minutes later"
    unit = version.get_unit_display()
    return f"{version.delay} {unit.removesuffix('s') if version.delay == 1 else unit} later"


def conditions(asked: Conditions, names: Names) -> list[str]:
    """A line a group: "All of: ...". Empty for a rule that fits everybody."""
    return [_group(group, names) for group in asked.groups]


def _group(group: Group, names: Names) -> str:
    word = " and " if group.match == "all" else " or "
    return word.join(atom(one, names) for one in group.atoms)


def atom(one: Atom, names: Names) -> str:
    """ "the answer to “Do you have a licence?” is No" """
    return f"{_subject(one)} {OPERATORS[one.type][one.op]} {_values(one, one.values, names)}"


def reasons(because: Iterable[Mapping[str, Any]], names: Names, *, of: int) -> list[str]:
    """Why it fired, a sentence an atom: "the answer to “Do you have a licence?” was “No”". What was written freely is not
    quoted where the person, the candidate `of` that id, is hidden from whoever looks: it may say who they are."""
    is_hidden = bool(masks.mask_of(of))
    said = []
    for document in because:
        one = _read(document, document["values"])
        if is_hidden and one.type == "text":
            said.append(f"{_subject(one)} fits")
            continue
        said.append(f"{_subject(one)} was {_values(one, _known(document), names, quoted=True)}")
    return said


def _read(document: Mapping[str, Any], values: Iterable[Any]) -> Atom:
    return Atom(document["fact"], document["type"], document["op"], tuple(values), document["label"])


def _known(document: Mapping[str, Any]) -> list[Any]:
    """What was known of the person then."""
    had = document.get("had")
    return had if isinstance(had, list) else [had]


def _subject(one: Atom) -> str:
    return f"the answer to “{one.label}”" if one.question else f"{one.label[:1].lower()}{one.label[1:]}"


def _values(one: Atom, values: Iterable[Any], names: Names, *, quoted: bool = False) -> str:
    words = [_value(one, value, names) for value in values]
    return ", ".join(f"“{word}”" if quoted else word for word in words)


def _value(one: Atom, value: Any, names: Names) -> str:
    if one.type == "yes_no":
        return "Yes" if value == "yes" else "No"
    if one.fact == "source":
        return names.sources.get(int(value), "a source that is gone")
    if one.fact == "stage":
        return names.stages.get(int(value), "a stage that is gone")
    if _is_chosen(one):
        return _chosen(str(value), names)
    if one.type == "date":
        day = dt.date.fromisoformat(str(value))
        return f"{day.day} {day:%B %Y}"
    if one.type in ("number", "days"):
        return number(value)
    return str(value)


def _chosen(value: str, names: Names) -> str:
    if value.startswith(own_fields.USER):
        return names.users.get(int(value.removeprefix(own_fields.USER)), "somebody who is gone")
    return names.options.get(int(value), "a choice that is gone") if value.isdecimal() else value


def number(value: Any) -> str:
    """A number as it was typed, whatever its size: 1250000, not 1.25e+06."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
