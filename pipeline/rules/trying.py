"""Trying a rule on the past: whom would it have hit, where did they come from, and how far did they come all the same?

Those who went on to an interview or were hired are the harm a rejecting rule would have done. Sources with few who pass
show a rule that sorts by where people come from rather than by what they said (EQ-9: four fifths).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hiring import access, conditions
from hiring.conditions import Atom
from hiring.models import Source, User
from pipeline.models import Application, RuleTrial, RuleVersion, Stage, Transition
from pipeline.rules import facts, finding, triggers, waiting
from pipeline.rules.triggers import Trigger

LAST = 500
SEARCHED_ELSEWHERE = 3000
KINDS = list(Stage.Kind.values)
ENOUGH_TO_COMPARE = 5
FOUR_FIFTHS = 0.8


@dataclass(frozen=True)
class Past:
    """A past application at the moment the trigger would have gone off, and the furthest stage kind it reached from then on."""

    application: Application
    reached: str


def try_out(version: RuleVersion, *, by: User) -> RuleTrial:
    """Ask the version about the last 500 applications, newest first: the job's own and, where it has fewer, those for other
    jobs `by` may see in whose form the same was asked. Writes the trial; changes nothing else."""
    at = timezone.now()
    rows, elsewhere = _last(version, by)
    hits = hit(version, rows, at)
    looked = Counter(one.source_id for one in rows)
    was_hit = Counter(past.application.source_id for past, _, _ in hits)
    return RuleTrial.objects.create(
        version=version,
        by=by,
        at=at,
        looked=len(rows),
        elsewhere=elsewhere,
        hits=[past.application.pk for past, _, _ in hits],
        sources=[[source, looked[source], was_hit[source]] for source in sorted(looked, key=lambda one: one or 0)],
        reached=dict(Counter(past.reached for past, _, _ in hits)),
    )


def hit(
    version: RuleVersion, rows: Sequence[Application], now: dt.datetime
) -> list[tuple[Past, list[Atom], dict[str, Any]]]:
    """Those of these applications whom the version would have hit, with the atoms that hold and what was known. One query for
    their past, and at most two for the organisation's own fields."""
    trigger, asked = triggers.parse(version.trigger), facts.asked_by(version)
    ran: dict[int, list[Transition]] = {}
    moved = Transition.objects.filter(application__in=[one.pk for one in rows]).select_related("to")
    for transition in moved.order_by("at", "pk"):
        ran.setdefault(transition.application_id, []).append(transition)
    own = facts.filled_in(rows, asked)  # as they are filled in now; what stood there then is not asked
    found = []
    for one in rows:
        moment = _moment(trigger, one, ran.get(one.pk, []), now)
        if moment is None:
            continue
        past, then = moment
        known = facts.facts_of([past.application], asked, then, own)[one.pk]
        if (held := conditions.matches(asked, known)) is not None:
            found.append((past, held, known))
    return found


def _moment(
    trigger: Trigger, application: Application, ran: Sequence[Transition], now: dt.datetime
) -> tuple[Past, dt.datetime] | None:
    """When the trigger would first have gone off, the application standing where it stood then. None when it never would have."""
    if trigger.kind == "answered" and application.answers.get(trigger.question) in (None, "", []):
        return None
    if trigger.is_arrival or not ran:
        first = ran[0].to if ran else application.stage
        stands = trigger.is_arrival or (trigger.kind == "entered" and trigger.is_set_off_in(first))
        if not stands:
            return None
        return _standing(application, first, application.applied_at, ran), application.applied_at
    for place, transition in enumerate(ran):
        if not trigger.is_set_off_in(transition.to) or (transition.left_id == transition.to_id):
            continue
        if trigger.kind == "entered":
            return _standing(application, transition.to, transition.at, ran[place:]), transition.at
        left = next(
            (later.at for later in ran[place + 1 :] if later.to_id != transition.to_id or later.status != "active"), now
        )
        then = waiting.after_days(transition.at, trigger.days, application.job)
        if then <= left:
            return _standing(application, transition.to, transition.at, ran[place:]), then
    return None


def _standing(application: Application, stage: Stage, since: dt.datetime, ran: Sequence[Transition]) -> Past:
    """The application as it stood: facts are asked of a copy that is never saved."""
    kinds = [KINDS.index(stage.kind), *(KINDS.index(one.to.kind) for one in ran)]
    then = Application(
        pk=application.pk,
        candidate=application.candidate,
        job=application.job,
        stage=stage,
        source_id=application.source_id,
        questions=application.questions,
        answers=application.answers,
        applied_at=application.applied_at,
        entered_stage_at=since,
    )
    return Past(then, "hired" if application.status == "hired" else KINDS[max(kinds)])


def _last(version: RuleVersion, by: User) -> tuple[list[Application], int]:
    """The applications it is tried on, and how many of them are for other jobs."""
    seen = finding.loaded(Application.objects.filter(access.pipelines_visible_to(by, "job"))).order_by(
        "-applied_at", "-pk"
    )
    job = version.rule.job
    if job is None:
        return list(seen[:LAST]), 0
    own = list(seen.filter(job=job)[:LAST])
    questions = {atom.question: atom.type for atom in conditions.parse(version.conditions).atoms if atom.question}
    trigger = triggers.parse(version.trigger)
    if len(own) == LAST or not questions or trigger.stage:
        return own, 0
    others = seen.exclude(job=job).filter(~Q(questions=[]), job__confidential=False)
    asked = [one for one in others[:SEARCHED_ELSEWHERE] if _was_asked(one, questions)][: LAST - len(own)]
    return own + asked, len(asked)


def _was_asked(application: Application, questions: dict[str, str]) -> bool:
    asked = {question.get("key"): facts.asked_as(question) for question in application.questions or []}
    return all(asked.get(key) == kind for key, kind in questions.items())


# ---------- What a trial says ----------


@dataclass(frozen=True)
class Row:
    """A source: how many were looked at and hit, the share that would have passed, and that share beside the best source's."""

    name: str
    looked: int
    hit: int
    ratio: float | None

    @property
    def passed(self) -> float:
        return (self.looked - self.hit) / self.looked

    @property
    def shown(self) -> str:
        """The ratio with two decimals, never rounded up to four fifths."""
        return "" if self.ratio is None else f"{math.floor(self.ratio * 100) / 100:.2f}"

    @property
    def is_low(self) -> bool:
        return self.ratio is not None and self.ratio < FOUR_FIFTHS


def by_source(trial: RuleTrial) -> list[Row]:
    """Sources with at least five applications are compared; one query for their names."""
    names = dict(Source.objects.filter(pk__in=[row[0] for row in trial.sources if row[0]]).values_list("pk", "name"))
    shares = {source: (looked - hit) / looked for source, looked, hit in trial.sources if looked >= ENOUGH_TO_COMPARE}
    best = max(shares.values(), default=0.0)
    rows = [
        Row(names.get(source, "No source"), looked, hit, shares[source] / best if best and source in shares else None)
        for source, looked, hit in trial.sources
    ]
    return sorted(rows, key=lambda row: (-row.hit, row.name))


def by_reach(trial: RuleTrial) -> list[tuple[str, str, int]]:
    """Stage kinds in order: (kind, label, how many of those hit came no further)."""
    return [(kind, label, trial.reached.get(kind, 0)) for kind, label in Stage.Kind.choices if trial.reached.get(kind)]


def harmed(trial: RuleTrial) -> int:
    """How many of those hit were interviewed, offered or hired all the same."""
    return sum(trial.reached.get(kind, 0) for kind in ("interview", "offer", "hired"))
