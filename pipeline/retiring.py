"""Taking a stage out of a plan in which people stand or have stood: everybody active there moves on to another stage, and the
stage stays for the history that names it. One recorded act (pipeline/bulk.py), which can be stopped and taken back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from pipeline import entering, events, moves
from pipeline.models import Application, ApplicationQuerySet, BlindReview, BulkAct, RuleVersion, Stage, Transition
from pipeline.rules import words

NEEDED = {Stage.Kind.APPLIED, Stage.Kind.HIRED}
KINDS = list(Stage.Kind.values)
RETIRED, BACK = "retired", "undo"


def has_history(stage: Stage) -> bool:
    """Whether anybody stands or stood in it, or names were hidden until it: then it is not deleted, but gives way to another."""
    seen = Transition.objects.filter(application__job=stage.job_id).filter(Q(left=stage) | Q(to=stage)).exists()
    stands = Application.objects.filter(job=stage.job_id, stage=stage).exists()
    return seen or stands or BlindReview.objects.filter(until=stage).exists()


def in_the_way(stage: Stage) -> str:
    """Why this stage cannot leave the plan now; empty when it can."""
    standing = Stage.objects.standing().filter(job=stage.job_id)
    if stage.retired_at:
        return f"“{stage.name}” is out of the plan already."
    if stage.kind in NEEDED and standing.filter(kind=stage.kind).count() == 1:
        return f"A job needs its {stage.get_kind_display().lower()} stage."
    if BlindReview.objects.standing().filter(until=stage).exists():
        return f"Names are hidden until “{stage.name}”. Change that first, under Blind review."
    if rule := _rule_about(stage):
        return f"The rule “{rule}” is about “{stage.name}”. Change or end the rule first."
    if BulkAct.objects.filter(retires=stage, finished_at=None).exists():
        return f"“{stage.name}” is being taken out already."
    return ""


def choices(stage: Stage) -> list[Stage]:
    """Where its people may go, the next stage first."""
    standing = Stage.objects.standing().filter(job=stage.job_id).exclude(pk=stage.pk).exclude(kind=Stage.Kind.HIRED)
    return sorted(standing, key=lambda other: (other.position < stage.position, abs(other.position - stage.position)))


def people_in(stage: Stage) -> ApplicationQuerySet:
    return Application.objects.active().filter(stage=stage)


@transaction.atomic
def move_on(application: Application, act: BulkAct) -> None:
    """One of its people goes on to the other stage. Nobody decided on the person: no decision, and no first look."""
    application = entering.lock(application)
    if act.to is None or not application.is_active or application.stage_id != act.retires_id:
        raise Refused(moves.who_was_first(application))
    moves.put(application, act.to, by=act.by, reason=RETIRED)


@transaction.atomic
def move_on_many(ids: Collection[int], act: BulkAct) -> dict[int, str]:
    """`move_on` for some of its people at once. Says why the others stay, by id."""
    found = entering.lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), entering.GONE)
    for pk, one in found.items():
        if not one.is_active or one.stage_id != act.retires_id:
            stay[pk] = moves.who_was_first(one)
    if act.to:
        going = [(one, None) for pk, one in found.items() if pk not in stay]
        moves.put_many(going, act.to, by=act.by, reason=RETIRED, act=act)
    return stay


@transaction.atomic
def move_back_many(ids: Collection[int], act: BulkAct, *, by: User, undo: BulkAct) -> dict[int, str]:
    """`move_back` for some that `act` moved on, as part of `undo`. Says why the others stay, by id."""
    found = entering.lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), entering.GONE)
    newest = Transition.objects.filter(application__in=found).order_by("application", "-at", "-pk")
    last = {one.application_id: one for one in newest.distinct("application")}
    back: list[tuple[Application, dt.datetime | None]] = []
    for pk, one in found.items():
        if act.retires is None or not _was_moved_on(one, last.get(pk), act):
            stay[pk] = f"{one.candidate.name} has moved on since."
        else:
            back.append((one, last[pk].at - dt.timedelta(seconds=last[pk].seconds_in_left)))
    if act.retires:
        moves.put_many(back, act.retires, by=by, reason=BACK, act=undo)
    return stay


def _was_moved_on(application: Application, last: Transition | None, act: BulkAct) -> bool:
    """Whether the application still stands where the act put it."""
    if last is None or not application.is_active or last.reason != RETIRED:
        return False
    return last.left_id == act.retires_id and application.stage_id == last.to_id


@transaction.atomic
def move_back(application: Application, act: BulkAct, *, by: User) -> None:
    """Whoever still stands where the act put them goes back, and days in stage go on counting."""
    application = entering.lock(application)
    last = application.transitions.order_by("at", "pk").last()
    if act.retires is None or last is None or not _was_moved_on(application, last, act):
        raise Refused(f"{application.candidate.name} has moved on since.")
    since = last.at - dt.timedelta(seconds=last.seconds_in_left)
    moves.put(application, act.retires, by=by, reason=BACK, since=since)


def finish(act: BulkAct) -> list[int]:
    """The act's last step: the stage leaves the plan, unless somebody came into it meanwhile. Says who did."""
    stage, to = act.retires, act.to
    if stage is None or to is None:
        return []
    _hold_plan(stage)
    Stage.objects.select_for_update().get(pk=stage.pk)  # whoever is on the way into it comes first
    if came := list(people_in(stage).values_list("pk", flat=True)):
        tried = {pk for pk, _ in act.failed}
        return [pk for pk in came if pk not in tried]
    Stage.objects.filter(gave_way_to=stage).update(gave_way_to=to)
    Stage.objects.filter(pk=stage.pk).update(retired_at=timezone.now(), gave_way_to=to)
    _close_gap(stage)
    events.stage_gave_way.send(Stage, stage=stage, to=to)
    return []


def stand_again(stage: Stage) -> None:
    """The stage is in the plan again, among those of its kind. Nothing to do where it never left."""
    _hold_plan(stage)
    stage.refresh_from_db()
    if stage.retired_at is None:
        return
    standing = list(Stage.objects.standing().filter(job=stage.job_id).order_by("position"))
    if any(other.name.casefold() == stage.name.casefold() for other in standing):
        raise Refused(f"There is another stage called “{stage.name}” now. Rename that one first.")
    kind = KINDS.index(stage.kind)
    place = sum(
        KINDS.index(other.kind) < kind or (other.kind == stage.kind and other.position <= stage.position)
        for other in standing
    )
    Stage.objects.filter(job=stage.job_id, position__gte=place).exclude(pk=stage.pk).update(position=F("position") + 1)
    Stage.objects.filter(pk=stage.pk).update(retired_at=None, gave_way_to=None, position=place)
    stage.refresh_from_db()
    events.stage_stands_again.send(Stage, stage=stage)


def _close_gap(stage: Stage) -> None:
    """Positions go on without it. It stands one before whatever came after it, so that "before this stage" stays true."""
    behind = Stage.objects.filter(job=stage.job_id, position__gte=stage.position)
    behind.update(position=Greatest(F("position") - 1, 0))


def make_way(job: Job, place: int, *, by: int) -> None:
    """Stages that left the plan keep their place among those that stand, when one comes (`by` 1) or goes (-1) at `place`."""
    gone = Stage.objects.filter(job=job, retired_at__isnull=False, position__gte=place)
    gone.update(position=Greatest(F("position") + by, 0))


def late_comers() -> Sequence[Application]:
    """People whom a page that was open since before put into a stage that has left the plan."""
    found = Application.objects.active().filter(stage__retired_at__isnull=False, stage__gave_way_to__isnull=False)
    return list(found.select_related("stage__gave_way_to").order_by("pk")[:500])


@transaction.atomic
def send_after(application: Application) -> None:
    """A late comer goes where the others went."""
    application = entering.lock(application)
    to = application.stage.gave_way_to
    if application.is_active and to:
        moves.put(application, to, by=None, reason=RETIRED)


def _rule_about(stage: Stage) -> str:
    """The name of a rule in use that names this stage; empty when there is none."""
    versions = RuleVersion.objects.filter(
        state=RuleVersion.State.ACTIVE, rule__retired_at=None, rule__job=stage.job_id
    ).select_related("rule")
    return next((version.rule.name for version in versions if stage.pk in words.stages_in(version)), "")


def _hold_plan(stage: Stage) -> None:
    Job.objects.select_for_update().get(pk=stage.job_id)
