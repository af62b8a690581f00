"""The editor of a draft without JavaScript: what the page posts into the language's documents, and back into rows to show.

A condition is added by choosing its fact; the page comes back with inputs of that fact's type. Names of inputs carry the
group's and the row's number: `g0-match`, `g0-0-fact`, `g0-0-op`, `g0-0-value`, `g0-add`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from hiring import conditions
from hiring.errors import Refused
from hiring.misfits import Misfit
from hiring.models import Job, MailTemplate, Tag, User
from pipeline.models import RejectionReason, RuleVersion, Stage
from pipeline.rules import actions, facts, triggers, words
from pipeline.rules.facts import Fact

TO_CHOOSE = 30
"""Up to so many options are boxes to tick; more are a list."""


@dataclass
class Row:
    """One condition as the editor shows it. `fact` None: it was asked once and is not any more."""

    name: str
    key: str
    type: str
    label: str
    op: str
    values: list[str]
    fact: Fact | None
    wrong: str = ""

    @property
    def operators(self) -> list[tuple[str, str]]:
        return list(conditions.OPERATORS.get(self.type, {}).items())

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        return [(value, words, value in self.values) for value, words in (self.fact.options if self.fact else ())]

    @property
    def shape(self) -> str:
        """Which input: boxes, number, date, lines."""
        if self.type in ("choice", "multi", "yes_no") and self.fact and self.fact.options:
            return "radios" if self.type == "yes_no" else "boxes"
        return {"number": "number", "days": "number", "date": "date"}.get(self.type, "lines")

    @property
    def typed(self) -> str:
        return "\n".join(self.values)


@dataclass
class Group:
    name: str
    match: str
    rows: list[Row] = field(default_factory=list)


@dataclass
class Editor:
    """Everything the page of a draft shows: what was said so far, and what there is to choose from."""

    job: Job | None
    said: dict[str, Any]
    groups: list[Group]
    catalogue: dict[str, Fact]
    errors: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    """What is wrong beside which part; of a condition it stands in its row."""

    def refuse(self, no: Refused) -> None:
        """Say what is wrong on top of the page, and once more where it is put right."""
        self.errors.append(no.sentence)
        if not isinstance(no, Misfit):
            return
        if isinstance(no.part, int):
            [row for group in self.groups for row in group.rows][no.part].wrong = no.sentence
        else:
            self.wrong[no.part] = no.sentence

    @property
    def triggers(self) -> list[tuple[str, str]]:
        return list(triggers.KINDS.items())

    @property
    def actions(self) -> list[tuple[str, str]]:
        return list(actions.KINDS.items())

    @property
    def stages(self) -> list[tuple[str, str]]:
        """Ids of the job's stages, or kinds where the rule is for all jobs."""
        if self.job:
            return [(str(stage.pk), stage.name) for stage in self.job.stages.standing()]
        return list(Stage.Kind.choices)

    @property
    def targets(self) -> list[tuple[str, str]]:
        if self.job:
            return [(str(stage.pk), stage.name) for stage in self.job.stages.standing().exclude(kind=Stage.Kind.HIRED)]
        return [choice for choice in Stage.Kind.choices if choice[0] != Stage.Kind.HIRED]

    @property
    def questions(self) -> list[tuple[str, str]]:
        return [(fact.key.removeprefix(facts.ANSWER), fact.label) for fact in self.catalogue.values() if fact.is_answer]

    @property
    def answers(self) -> list[Fact]:
        return [fact for fact in self.catalogue.values() if fact.is_answer]

    @property
    def others(self) -> list[Fact]:
        return [fact for fact in self.catalogue.values() if not fact.is_answer and not fact.is_own_field]

    @property
    def own_fields(self) -> list[Fact]:
        return [fact for fact in self.catalogue.values() if fact.is_own_field]

    @property
    def reasons(self) -> Any:
        return RejectionReason.objects.filter(is_active=True).exclude(ended_by=RejectionReason.EndedBy.CANDIDATE)

    @property
    def letters(self) -> Any:
        return MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True).order_by("name")

    @property
    def users(self) -> Any:
        return User.objects.filter(is_active=True).order_by("full_name")

    @property
    def tags(self) -> Any:
        return Tag.objects.order_by("name")[:500]

    @property
    def roles(self) -> list[tuple[str, str]]:
        return list(actions.TEAM_ROLES.items())

    @property
    def grounds(self) -> list[tuple[str, str]]:
        return list(RuleVersion.Ground.choices)

    @property
    def may_add_group(self) -> bool:
        return len(self.groups) < conditions.MOST_GROUPS


FIELDS = (
    "name", "trigger", "trigger_stage", "trigger_days", "trigger_question", "match", "delay", "unit", "action",
    "move_stage", "reason", "template", "tag", "assign_user", "task_user", "task_text", "task_days", "notify_role",
    "notify_text", "ground", "sample_percent",
)  # fmt: skip


def blank(job: Job | None) -> Editor:
    said = dict.fromkeys(FIELDS, "") | {
        "trigger": "applied",
        "match": "all",
        "delay": "2",
        "unit": "days",
        "sample_percent": "10",
        "task_days": "1",
        "waits_for_person": True,
    }
    return Editor(job, said, [Group("g0", "all")], facts.catalogue(job))


def because_of(job: Job | None, question: str, mark: int) -> Editor:
    """A new rule whose condition is an answer that the form marks: what the marked answers are is filled in, nothing else."""
    made = blank(job)
    asked = next((one for one in facts.questions_of(job) if one.get("key") == question), None) if job else None
    marks = list((asked or {}).get("marks") or ())
    key = f"{facts.ANSWER}{question}"
    if asked is None or key not in made.catalogue or not 0 <= mark < len(marks):
        return made
    for op, value in _comparisons(asked, marks[mark]):
        name = f"g0-{len(made.groups[0].rows)}"
        made.groups[0].rows.append(_row(name, made, key, made.catalogue[key].type, "", op, [_shown(value)]))
    made.said["name"] = str(asked.get("label", ""))[:100]
    return made


def _comparisons(asked: Mapping[str, Any], mark: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if asked.get("type") == "number":
        return [(op, mark[end]) for end, op in (("from", "at_least"), ("to", "at_most")) if end in mark]
    return [({"yes_no": "is", "choice": "one_of", "multi": "has_any"}[str(asked["type"])], mark.get("value"))]


def of_version(version: RuleVersion) -> Editor:
    """The editor as it shows a stored version."""
    made = blank(version.rule.job)
    trigger, action, asked = version.trigger, version.action, version.conditions
    made.said |= {
        "name": version.rule.name,
        "trigger": trigger.get("kind", ""),
        "trigger_stage": str(trigger.get("stage") or trigger.get("stage_kind") or ""),
        "trigger_days": str(trigger.get("days", "")),
        "trigger_question": trigger.get("question", ""),
        "match": asked.get("match", "all"),
        "delay": str(version.delay),
        "unit": version.unit,
        "action": action.get("kind", ""),
        "move_stage": str(action.get("stage") or action.get("stage_kind") or ""),
        "waits_for_person": version.waits_for_person,
        "ground": version.ground,
        "sample_percent": str(version.sample_percent),
    }
    made.said |= {key: str(action.get(key, "")) for key in ("reason", "template", "tag")}
    made.said["template"] = action.get("letter", made.said["template"])
    kind: str = action.get("kind", "")
    if kind in ("assign", "task"):
        made.said[f"{kind}_user"] = str(action.get("user", ""))
    if kind == "task":
        made.said |= {"task_text": action["text"], "task_days": str(action["days"])}
    if kind == "notify":
        made.said |= {"notify_text": action["text"], "notify_role": action["role"]}
    made.groups = [
        Group(
            f"g{number}",
            group["match"],
            [
                _row(
                    f"g{number}-{place}",
                    made,
                    atom["fact"],
                    atom["type"],
                    atom["label"],
                    atom["op"],
                    map(_shown, atom["values"]),
                )
                for place, atom in enumerate(group["atoms"])
            ],
        )
        for number, group in enumerate(asked.get("groups", []))
    ] or made.groups
    return made


def of_post(job: Job | None, posted: QueryDict) -> Editor:
    """The editor as it was posted, with the condition or group somebody asked to add or to take out."""
    made = blank(job)
    made.said |= {key: posted.get(key, "")[:300] for key in FIELDS}
    made.said["waits_for_person"] = posted.get("waits_for_person") != "no"
    made.groups = []
    out = posted.get("remove", "")
    for number in range(conditions.MOST_GROUPS):
        if f"g{number}-match" not in posted:
            continue
        group = Group(f"g{len(made.groups)}", "any" if posted[f"g{number}-match"] == "any" else "all")
        for place in range(conditions.MOST_ATOMS + 1):
            name = f"g{number}-{place}"
            if f"{name}-fact" in posted and out != name:
                values = [
                    line for value in posted.getlist(f"{name}-value") for line in value.splitlines() if line.strip()
                ]
                group.rows.append(
                    _row(
                        f"{group.name}-{len(group.rows)}",
                        made,
                        posted.get(f"{name}-fact", ""),
                        posted.get(f"{name}-type", ""),
                        posted.get(f"{name}-label", ""),
                        posted.get(f"{name}-op", ""),
                        values,
                    )
                )
        wanted = made.catalogue.get(posted.get(f"g{number}-new", ""))
        if posted.get("add") == f"g{number}" and wanted and len(group.rows) < conditions.MOST_ATOMS:
            name = f"{group.name}-{len(group.rows)}"
            group.rows.append(_row(name, made, wanted.key, wanted.type, wanted.label, "", []))
        if out != f"g{number}":
            made.groups.append(group)
    if posted.get("add") == "group" and made.may_add_group:
        made.groups.append(Group(f"g{len(made.groups)}", "any"))
    made.groups = made.groups or [Group("g0", "all")]
    return made


def _row(name: str, made: Editor, key: str, kind: str, label: str, op: str, values: Any) -> Row:
    fact = made.catalogue.get(key)
    if fact and not kind:
        kind = fact.type
    return Row(
        name, key, kind, fact.label if fact else label, op, list(values), fact if fact and fact.type == kind else None
    )


def _shown(value: Any) -> str:
    return words.number(value)


# ---------- As the verbs take it ----------


def said(editor: Editor) -> dict[str, Any]:
    """The arguments of versions.create and edit. What is wrong with them, the verbs say."""
    typed = editor.said
    return {
        "name": typed["name"],
        "trigger": {
            "kind": typed["trigger"],
            "days": _number(typed["trigger_days"]),
            "question": typed["trigger_question"],
            **_stage(editor, typed["trigger_stage"]),
        },
        "asked": {
            "match": typed["match"] or "all",
            "groups": [
                {
                    "match": group.match,
                    "atoms": [
                        {"fact": row.key, "type": row.type, "op": row.op, "values": row.values, "label": row.label}
                        for row in group.rows
                    ],
                }
                for group in editor.groups
                if group.rows
            ],
        },
        "action": _action(editor, typed),
        "delay": _delay(typed["delay"]),
        "unit": typed["unit"] or RuleVersion.Unit.DAYS,
        "waits_for_person": typed["waits_for_person"],
        "ground": typed["ground"],
        "sample_percent": _number(typed["sample_percent"]) or 0,
    }


def _action(editor: Editor, typed: Mapping[str, Any]) -> dict[str, Any]:
    kind = typed["action"]
    document: dict[str, Any] = {"kind": kind}
    match kind:
        case "move":
            document |= _stage(editor, typed["move_stage"])
        case "reject":
            document |= {"reason": _number(typed["reason"]), "template": _number(typed["template"])}
            document["letter"] = typed["template"]
        case "tag":
            document["tag"] = typed["tag"]
        case "assign":
            document["user"] = _number(typed["assign_user"])
        case "task":
            document |= {"user": _number(typed["task_user"]), "text": typed["task_text"]}
            document["days"] = _number(typed["task_days"]) if typed["task_days"] else 1
        case "notify":
            document |= {"role": typed["notify_role"], "text": typed["notify_text"]}
    return document


def _stage(editor: Editor, typed: str) -> dict[str, Any]:
    return {"stage": _number(typed)} if editor.job else {"stage_kind": typed}


def _delay(typed: str) -> int:
    """Nothing typed is no wait; what is no number is a wait no rule takes."""
    number = _number(typed)
    return number if number is not None else -1 if typed.strip() else 0


def _number(typed: str) -> int | None:
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
