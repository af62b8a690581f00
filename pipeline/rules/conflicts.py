"""What is wrong with a version, alone and beside the other rules of its job: found before it is activated, in sentences.

A `stops` problem keeps a version from being activated; the others are shown, and somebody says that they have seen them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from hiring import conditions
from hiring.conditions import Atom, Conditions
from hiring.models import MailTemplate, User
from pipeline.models import RejectionReason, Rule, RuleVersion, Stage
from pipeline.rules import actions, facts, reach, triggers
from pipeline.rules.facts import Fact
from pipeline.rules.triggers import Trigger

LONGEST_CIRCLE = 6
KINDS_IN_ORDER = list(Stage.Kind.values)


@dataclass(frozen=True)
class Problem:
    """`other` is the rule it is about, where it is about two."""

    kind: str
    sentence: str
    stops: bool = False
    other: Rule | None = None


@dataclass(frozen=True)
class Place:
    """A stage as rules see it: of a job, or only its kind where rules for all jobs are compared."""

    key: str
    kind: str
    pk: int | None = None


@dataclass(frozen=True)
class Read:
    """A version, read."""

    version: RuleVersion
    trigger: Trigger
    conditions: Conditions

    @property
    def rule(self) -> Rule:
        return self.version.rule

    @property
    def kind(self) -> str:
        return str(self.version.action.get("kind", ""))


def problems(version: RuleVersion) -> list[Problem]:
    """Everything that is wrong, what stops it first. The queries do not depend on how many rules there are."""
    job = version.rule.job
    known = facts.catalogue(job)
    read = _read(version)
    stages = list(Stage.objects.standing().filter(job=job).order_by("position")) if job else []
    places = [Place(str(stage.pk), stage.kind, stage.pk) for stage in stages] or [Place(k, k) for k in KINDS_IN_ORDER]
    found = [*_gone(read, known, places), *_stands_on(read, known)]
    if not found and not reach.possible([read.conditions, *_where(read, places)], _universe(known, places)):
        found.append(Problem("unreachable", "Nobody can ever fit: the conditions rule each other out.", stops=True))
    if not found:
        others = [_read(other) for other in beside(version)]
        for room, there in _rooms(places, others, is_everywhere=job is None):
            universe = _universe(known, room)
            found += [*_contradictions(read, there, room, universe), *_circles(read, there, room, universe)]
    return sorted(dict.fromkeys(found), key=lambda problem: not problem.stops)


def _rooms(
    places: Sequence[Place], others: Sequence[Read], *, is_everywhere: bool
) -> Iterator[tuple[Sequence[Place], Sequence[Read]]]:
    """Where rules can meet, with those that act there: the job, or for a rule of all jobs each job that has rules of its own."""
    shared = [other for other in others if not other.rule.job_id]
    yield places, shared if is_everywhere else others
    if not is_everywhere:
        return
    stages: dict[int, list[Place]] = {}
    jobs = {other.rule.job_id for other in others if other.rule.job_id}
    for stage in Stage.objects.standing().filter(job__in=jobs).order_by("position"):
        stages.setdefault(stage.job_id, []).append(Place(str(stage.pk), stage.kind, stage.pk))
    for job, rooms in stages.items():
        yield rooms, [*shared, *(other for other in others if other.rule.job_id == job)]


def beside(version: RuleVersion) -> list[RuleVersion]:
    """The active versions of other rules that can meet the same application; a paused rule may be resumed."""
    rule = version.rule
    others = RuleVersion.objects.filter(state=RuleVersion.State.ACTIVE, rule__retired_at=None).exclude(rule=rule)
    if rule.job_id:
        others = others.filter(Q(rule__job=rule.job_id) | Q(rule__job=None))
    return list(others.select_related("rule__job").order_by("pk")[:200])


def _read(version: RuleVersion) -> Read:
    return Read(version, triggers.parse(version.trigger), conditions.parse(version.conditions))


# ---------- The version by itself ----------


def _gone(read: Read, known: dict[str, Fact], places: Sequence[Place]) -> Iterator[Problem]:
    """What it names and is not there (any more)."""
    action, trigger = read.version.action, read.trigger
    ids, kinds = {place.pk for place in places}, {place.kind for place in places}
    if not trigger.is_arrival and not (trigger.stage in ids if trigger.stage else trigger.stage_kind in kinds):
        yield Problem("gone", "The stage that sets it off is gone.", stops=True)
    if trigger.question and facts.ANSWER + trigger.question not in known:
        yield Problem("gone", "The question that sets it off is not asked (any more).", stops=True)
    for atom in read.conditions.atoms:
        fact = known.get(atom.fact)
        if fact is None or fact.type != atom.type:
            yield Problem("gone", f"“{atom.label}” is not asked (any more), or no rule may ask it.", stops=True)
        elif fact.options and (lost := set(atom.values) - {value for value, _ in fact.options}):
            yield Problem(
                "gone", f"“{atom.label}” has no choice {', '.join(f'“{one}”' for one in sorted(lost))}.", stops=True
            )
    if read.kind == "move":
        to = _target(read, places)
        if to is None:
            yield Problem("gone", "The stage it moves to is gone.", stops=True)
        elif to.kind == Stage.Kind.HIRED:
            yield Problem(
                "gone", "Nobody is moved to the hired stage: people arrive there by accepting an offer.", True
            )
    if read.kind == "reject":
        if not RejectionReason.objects.filter(pk=action["reason"], is_active=True).exists():
            yield Problem("gone", "The reason it rejects with is gone.", stops=True)
        letters = MailTemplate.objects.filter(kind=MailTemplate.Kind.REJECTION, is_active=True)
        if "template" in action and not letters.filter(pk=action["template"]).exists():
            yield Problem("gone", "The letter it rejects with is gone.", stops=True)
        if "letter" in action and not letters.exists():
            yield Problem("gone", "There is no rejection letter to send.", stops=True)
    if "user" in action and not User.objects.filter(pk=action["user"], is_active=True).exists():
        yield Problem("gone", "The colleague it names no longer works here.", stops=True)


def _stands_on(read: Read, known: dict[str, Fact]) -> Iterator[Problem]:
    """Invariant 5: what a rejection may stand on, and that it stands on something."""
    for atom in read.conditions.atoms:
        fact = known.get(atom.fact)
        if fact and not fact.serves(read.kind):
            what = "reject" if read.kind == "reject" else "move"
            yield Problem("stands_on", f"A rule does not {what} because of “{atom.label}”: a person does.", stops=True)
    if read.kind != "reject":
        return
    if not any(atom.question for atom in read.conditions.atoms):
        yield Problem("stands_on", "A rule rejects only because of an answer: add one as a condition.", stops=True)
    version = read.version
    if not version.waits_for_person and not (version.ground and actions.writes(version.action)):
        yield Problem(
            "ground",
            "To reject without a person's word on each, say on what ground (PRIV-11) and choose a letter: whoever is turned "
            "down has to hear of it, and can ask for a person to look again.",
            stops=True,
        )


# ---------- Beside others ----------


def _contradictions(
    read: Read, others: Iterable[Read], places: Sequence[Place], universe: dict[str, list[str]]
) -> Iterator[Problem]:
    for other in others:
        if (words := _contradict(read, other, places)) and _meet(read, other, places, universe):
            yield Problem("contradiction", words, other=other.rule)


def _contradict(one: Read, other: Read, places: Sequence[Place]) -> str:
    """How two actions cannot both be meant, in a sentence; empty where they can."""
    pair = {one.kind, other.kind}
    if pair == {"move", "reject"}:
        mover = "This rule moves" if one.kind == "move" else "It moves"
        return f"{mover} and the other one rejects the same people: whichever is due first wins."
    if pair == {"move"} and _target(one, places) != _target(other, places):
        return "Both move the same people, to different stages: whichever is due first wins."
    if pair == {"reject"} and one.version.action != other.version.action:
        return "Both reject the same people, with different reasons or letters."
    if pair == {"assign"} and one.version.action != other.version.action:
        return "Both make somebody the owner of the same people, each somebody else: the last one wins."
    return ""


def _meet(one: Read, other: Read, places: Sequence[Place], universe: dict[str, list[str]]) -> bool:
    """Whether one application in one stage can be fit for both at the same time."""
    shared = _set_off_in(one.trigger, places) & _set_off_in(other.trigger, places)
    return bool(shared) and reach.possible(
        [one.conditions, other.conditions, _in(shared), *_days(one.trigger), *_days(other.trigger)], universe
    )


def _circles(
    read: Read, others: Sequence[Read], places: Sequence[Place], universe: dict[str, list[str]]
) -> Iterator[Problem]:
    """Moves that come back to where this rule begins, for somebody whose answers fit them all."""
    movers = [one for one in others if one.kind == "move"]
    if read.kind != "move":
        return
    begin, first = _set_off_in(read.trigger, places), _target(read, places)
    if first is None:
        return
    if not read.trigger.is_arrival and first.key in begin and len(begin) == 1:
        yield Problem("circle", "It moves people to the stage they are in.", stops=True)
        return

    def back(at: Place, path: list[Read]) -> list[Read] | None:
        if at.key in begin and not read.trigger.is_arrival:
            return path
        for one in movers if len(path) < LONGEST_CIRCLE else ():
            to = _target(one, places)
            if one in path or to is None or one.trigger.is_arrival or at.key not in _set_off_in(one.trigger, places):
                continue
            if reach.possible([_still(each.conditions) for each in [*path, one]], universe) and (
                found := back(to, [*path, one])
            ):
                return found
        return None

    if (path := back(first, [read])) and len(path) > 1:
        said = ", ".join(f"“{one.rule.name}”" for one in path[1:])
        yield Problem("circle", f"Together with {said} it moves people in a circle.", stops=True, other=path[1].rule)


def _still(asked: Conditions) -> Conditions:
    """The conditions on what does not change with a move: without stage and days. Fewer conditions fit more, never less."""
    groups = []
    for group in asked.groups:
        kept = tuple(atom for atom in group.atoms if atom.fact not in ("stage", "days"))
        if len(kept) < len(group.atoms) and (group.match == "any" or not kept):
            if asked.match == "any":
                return Conditions()  # one way to fit is open whatever else is said
            continue
        groups.append(conditions.Group(group.match, kept))
    return Conditions(asked.match, tuple(groups))


def _target(read: Read, places: Sequence[Place]) -> Place | None:
    """Where it moves to."""
    action = read.version.action
    for place in places:
        if (place.pk is not None and place.pk == action.get("stage")) or place.kind == action.get("stage_kind"):
            return place
    return None


def _set_off_in(trigger: Trigger, places: Sequence[Place]) -> set[str]:
    """The stages somebody can stand in while the rule waits for them."""
    if trigger.is_arrival:
        return {place.key for place in places if place.kind in triggers.STARTS}
    return {
        place.key
        for place in places
        if (place.pk == trigger.stage if trigger.stage else place.kind == trigger.stage_kind)
    }


def _in(keys: set[str]) -> Atom:
    return Atom("stage", "choice", "one_of", tuple(sorted(keys)), "Stage")


def _days(trigger: Trigger) -> list[Atom]:
    return [Atom("days", "days", "at_least", (trigger.days,), "Days")] if trigger.kind == "stands" else []


def _where(read: Read, places: Sequence[Place]) -> list[Atom]:
    return [_in(_set_off_in(read.trigger, places)), *_days(read.trigger)]


def _universe(known: dict[str, Fact], places: Sequence[Place]) -> dict[str, list[str]]:
    found = {key: [value for value, _ in fact.options] for key, fact in known.items() if fact.options}
    return found | {"stage": [place.key for place in places]}
