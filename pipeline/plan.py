"""The stages of a job as its team changes them: names, targets, limits, order, one more, one less.

The kinds keep their order (lead, applied, ... hired): reports compare kinds, and a hired stage is where everybody arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, ProtectedError, Q, QuerySet

from hiring.errors import Refused
from hiring.models import Job, User
from pipeline import retiring
from pipeline.models import BlindReview, Stage

KINDS = list(Stage.Kind.values)
NEEDED = {Stage.Kind.APPLIED, Stage.Kind.HIRED}
MAX_STAGES = 20


@dataclass(frozen=True)
class Wanted:
    """What a stage should be called and how long and how many people should stand in it."""

    stage: int
    name: str
    target_days: int | None = None
    limit: int | None = None


@transaction.atomic
def edit(job: Job, wanted: list[Wanted], *, by: User | None) -> None:
    """Change names, targets and limits of the job's stages together, so that two may swap their names."""
    stages = {stage.pk: stage for stage in _locked(job)}
    before = {pk: (stage.name, stage.target_days, stage.limit) for pk, stage in stages.items()}
    for want in wanted:
        stage = stages.get(want.stage)
        if stage is None:
            raise Refused("A stage is gone meanwhile. Look at the plan again.")
        stage.name, stage.target_days, stage.limit = _name(want.name), want.target_days, want.limit
    names = [stage.name.casefold() for stage in stages.values()]
    twice = next((stage.name for stage in stages.values() if names.count(stage.name.casefold()) > 1), None)
    if twice:
        raise Refused(f"Two stages cannot both be called “{twice}”.")
    changed = [one for one in stages.values() if (one.name, one.target_days, one.limit) != before[one.pk]]
    for stage in changed:  # out of each other's way first: a name is unique at every moment
        if stage.name != before[stage.pk][0]:
            Stage.objects.filter(pk=stage.pk).update(name=f"\u2060{stage.pk}")
    Stage.objects.bulk_update(changed, ["name", "target_days", "limit"])


@transaction.atomic
def shift(stage: Stage, *, up: bool, by: User | None) -> None:
    """Swap a stage with its neighbour. Stages of different kinds keep their order."""
    stages = list(_locked(stage.job))
    place = stages.index(stage)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(stages):
        raise Refused(f"“{stage.name}” already stands {'first' if up else 'last'}.")
    neighbour = stages[other]
    if neighbour.kind != stage.kind:
        first, second = (neighbour, stage) if up else (stage, neighbour)
        raise Refused(f"“{first.name}” ({first.get_kind_display().lower()}) has to come before “{second.name}”.")
    if BlindReview.objects.standing().filter(until__in=[stage, neighbour]).exists():
        raise Refused("Names are hidden until one of these stages. Change that first, under Blind review.")
    stages[place], stages[other] = neighbour, stages[place]
    _number(stages)


@transaction.atomic
def add(job: Job, *, name: str, kind: str, by: User | None) -> Stage:
    """One more stage, last among those of its kind."""
    stages = list(_locked(job))
    if len(stages) >= MAX_STAGES:
        raise Refused(f"A job has at most {MAX_STAGES} stages.")
    if kind == Stage.Kind.HIRED:
        raise Refused("A job has one hired stage.")
    name = _name(name)
    if name.casefold() in {stage.name.casefold() for stage in stages}:
        raise Refused(f"There is already a stage called “{name}”.")
    place = sum(KINDS.index(stage.kind) <= KINDS.index(kind) for stage in stages)
    made = Stage(job=job, name=name, kind=kind, position=place)
    stages.insert(place, made)
    retiring.make_way(job, place, by=1)
    _number(stages)
    return made


@transaction.atomic
def remove(stage: Stage, *, by: User | None) -> None:
    """Take out a stage in which nobody has ever stood. History is never rewritten to make room."""
    stages = list(_locked(stage.job))
    if stage.kind in NEEDED and sum(other.kind == stage.kind for other in stages) == 1:
        raise Refused(f"A job needs its {stage.get_kind_display().lower()} stage.")
    if retiring.has_history(stage):
        raise Refused(f"People have stood in “{stage.name}”. Say where they go.")
    retiring.make_way(stage.job, stage.position, by=-1)
    stages.remove(stage)
    try:
        stage.delete()
    except ProtectedError as error:
        raise Refused(
            f"Something is planned in “{stage.name}”: put its interviews into another stage first."
        ) from error
    _number(stages)


def with_people(job: Job) -> QuerySet[Stage]:
    """The stages in order with `people`, the active applications in each."""
    active = Count("applications", filter=Q(applications__job=F("job"), applications__status="active"))
    return Stage.objects.standing().filter(job=job).order_by("position").annotate(people=active)


def _locked(job: Job) -> QuerySet[Stage]:
    Job.objects.select_for_update().get(pk=job.pk)
    return Stage.objects.standing().filter(job=job).order_by("position")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("Give every stage a name.")
    return name[:60]


def _number(stages: list[Stage]) -> None:
    """Positions from 0 on; the order's constraint looks only when the transaction ends."""
    for position, stage in enumerate(stages):
        if stage.position != position or stage.pk is None:
            stage.position = position
            stage.save()
