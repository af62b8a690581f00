"""Taking an application over to another job: it goes on there as a new one, and the old one keeps its history.

What goes along is what the person gave: answers and the questions they answer, résumé, source, first and last touch, the day
they applied, and what was filled into fields. What was done stays where it was done: stages, interviews, scorecards, notes,
mail. Both are tied together, so each page leads to the other. Interviews ahead and open offers are settled first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job
from pipeline import entering, events, moves, starting
from pipeline.blind import crossing
from pipeline.blind.whom import MEETS
from pipeline.entering import Entry
from pipeline.models import Application, ApplicationValue, BulkAct, Stage, Transfer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from hiring.models import Candidate, User

Status = Application.Status

holders: list[Callable[[Collection[int]], dict[int, str]]] = []
"""What floors above have open on applications: ids in, why one cannot leave its job by id out, in a sentence with {name}."""


def in_the_way(application: Application) -> str:
    """Why this application cannot leave its job now; empty when it can."""
    return held([application.pk]).get(application.pk, "").replace("{name}", application.candidate.name)


def held(ids: Collection[int]) -> dict[int, str]:
    """Those of these applications that cannot leave their job now, each with the reason, in a sentence with {name}."""
    found: dict[int, str] = {}
    for ask in reversed(holders):
        found |= ask(ids)
    return found


def stage_for(application: Application, job: Job) -> Stage | None:
    """Where they start on the other job: in a stage of the kind they stand in now, else None, its first one."""
    same = job.stages.standing().filter(kind=application.stage.kind).exclude(kind=Stage.Kind.HIRED)
    return same.order_by("position").first()


def jobs_of(candidate: Candidate) -> QuerySet[Application, int]:
    """The jobs a person is active in already."""
    return Application.objects.active().filter(candidate=candidate).values_list("job", flat=True)


@transaction.atomic
def transfer(
    application: Application, job: Job, *, by: User | None, stage: Stage | None = None, seen: Stage | None = None
) -> Application:
    """Take an active application over to `job`, into `stage` or one like it has now. Returns the application it goes on as."""
    application = entering.lock(application)
    if seen is not None and (seen.pk != application.stage_id or not application.is_active):
        raise Refused(moves.who_was_first(application))
    if not application.is_active:
        raise Refused(moves.no_longer_active(application))
    if job.pk == application.job_id:
        raise Refused(f"{application.candidate.name} is in {job.title} already.")
    if why := in_the_way(application):
        raise Refused(why)
    opened = starting.open_application(
        application.candidate,
        job,
        by=by,
        stage=stage or stage_for(application, job),
        source=application.source,
        resume=application.resume,
        at=application.applied_at,
        origin=application.origin,
        questions=application.questions,
        answers=application.answers,
        reviewed_at=application.reviewed_at,
    )
    Transfer.objects.create(left=application, opened=opened, by=by, at=timezone.now())
    _copy_fields({application.pk: opened})
    moves.give_way(application, by=by, reason="transferred", went_on=opened.pk)
    return opened


@transaction.atomic
def transfer_many(
    ids: Collection[int],
    to: Stage,
    *,
    by: User | None,
    since: dt.datetime,
    alike: bool = False,
    act: BulkAct | None = None,
) -> dict[int, str]:
    """`transfer` for many of one job, chosen on a page as fresh as `since`: all into the stage `to`, or, `alike`, each into one of
    the kind they stand in now. A few statements, whatever their number. Says why the others stay, by id."""
    found = entering.lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), entering.GONE) | _who_stays(found, to.job, since)
    going = [one for pk, one in found.items() if pk not in stay]
    if not going:
        return stay
    places = _places(to, alike)
    shown = _shown_by_going(going, places, to, by)
    now, said = timezone.now(), {"bulk": act.pk} if act else {}
    opened = starting.open_rows(
        [_goes_on(one, places.get(one.stage.kind, to), by) for one in going], to.job, by=by, **said
    )
    went_on = {one.pk: new for one, new in zip(going, opened, strict=True)}
    Transfer.objects.bulk_create(Transfer(left_id=pk, opened=new, by=by, at=now) for pk, new in went_on.items())
    _copy_fields(went_on)
    for seen, stage in shown:
        crossing.keep(seen, stage, by=by)
    entering.enter_many([Entry(one, one.stage, Status.CONVERTED, "transferred") for one in going], by=by)
    told = {one.pk: {"stage": one.stage_id, "reason": "transferred", "went_on": went_on[one.pk].pk} for one in going}
    moves.write_all_down(going, "application.converted", by, told, act=act)
    for one in going:
        events.application_closed.send(Application, application=one, by=by)
    return stay


def _who_stays(found: Mapping[int, Application], to: Job, since: dt.datetime) -> dict[int, str]:
    people = [one.candidate_id for one in found.values()]
    there = set(Application.objects.active().filter(job=to, candidate__in=people).values_list("candidate", flat=True))
    kept_back, stay = held(found.keys()), {}
    for pk, one in found.items():
        name = one.candidate.name
        if one.entered_stage_at > since:
            stay[pk] = moves.who_was_first(one)
        elif not one.is_active:
            stay[pk] = moves.no_longer_active(one)
        elif pk in kept_back:
            stay[pk] = kept_back[pk].replace("{name}", name)
        elif one.candidate_id in there:
            stay[pk] = f"{name} already has an active application for {to.title}."
    return stay


def _places(to: Stage, alike: bool) -> dict[str, Stage]:
    """Where those of each kind of stage start on the other job; those of no kind named here start in `to`."""
    starting.start_of(to.job, to)
    if not alike:
        return {}
    stages = to.job.stages.standing().exclude(kind=Stage.Kind.HIRED).order_by("-position")
    return {stage.kind: stage for stage in stages}


def _shown_by_going(
    going: Sequence[Application], places: Mapping[str, Stage], to: Stage, by: User | None
) -> list[tuple[Application | None, Stage]]:
    """Who is shown to `by` by starting where names show. Raises Refused where they may not take somebody there."""
    meeting = [(one, places.get(one.stage.kind, to)) for one in going]
    meeting = [(one, stage) for one, stage in meeting if stage.kind in MEETS]
    hidden = crossing.hidden_of({one.candidate_id for one, _ in meeting}, by=by)
    return [
        (crossing.check(one.candidate, stage, by=by), stage) for one, stage in meeting if one.candidate_id in hidden
    ]


def _goes_on(one: Application, stage: Stage, by: User | None) -> Application:
    """The application it goes on as, not stored yet, with what the person gave."""
    new = starting.new(
        one.candidate, stage.job, stage, by, origin=one.origin, questions=one.questions, answers=one.answers,
        reviewed_at=one.reviewed_at, resume_id=one.resume_id,
    )  # fmt: skip
    new.applied_at, new.source_id = one.applied_at, one.source_id or one.candidate.source_id
    return new


@transaction.atomic
def undo(opened: Application, *, by: User | None) -> Application:
    """Bring an application back to the job it was taken from, as long as nobody has worked on it where it went."""
    made = Transfer.objects.select_for_update(of=("self",)).select_related("left__job").filter(opened=opened).first()
    if made is None:
        raise Refused("This application was not taken over from another job.")
    left = made.left
    if starting.hold_job(left.job_id) == Job.Status.CLOSED:
        raise Refused(f"{left.job.title} is closed meanwhile.")
    was_new = opened.reviewed_at is None
    made.delete()
    starting.take_back(opened, by=by, looked_at=left.reviewed_at)
    left = moves.stand_again(left, by=by, reason="transfer_undone")
    if was_new:  # only the transfer itself was a look at it
        left.reviewed_at = None
        left.save(update_fields=["reviewed_at"])
    return left


@transaction.atomic
def undo_many(ids: Collection[int], *, by: User | None, act: BulkAct | None = None) -> dict[int, str]:
    """`undo` for many, by the applications they left. Says why the others stay, by id."""
    made = Transfer.objects.select_for_update(of=("self",)).filter(left__in=ids).order_by("pk")
    went_on = dict(made.values_list("left", "opened"))
    found = entering.lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), entering.GONE) | _who_cannot_return(found, went_on)
    back = [one for pk, one in found.items() if pk not in stay]
    opened = {went_on[one.pk]: one for one in back}
    new = set(Application.objects.filter(pk__in=opened, reviewed_at=None).values_list("pk", flat=True))
    worked_on = starting.take_back_many(opened, by=by, looked_at={pk: one.reviewed_at for pk, one in opened.items()})
    stay |= {opened[pk].pk: why for pk, why in worked_on.items()}
    back = [one for one in back if one.pk not in stay]
    if not back:
        return stay
    entering.enter_many(
        [  # of whom nobody has looked at where they went, only the transfer itself was a look
            Entry(one, moves.in_plan(one.stage), reason="transfer_undone", is_unseen=went_on[one.pk] in new)
            for one in back
        ],
        by=by,
    )
    moves.write_all_down(back, "application.restored", by, {one.pk: {"stage": one.stage_id} for one in back}, act=act)
    events.applications_restored.send(Application, applications=back, by=by)
    return stay


def _who_cannot_return(found: Mapping[int, Application], went_on: Mapping[int, int]) -> dict[int, str]:
    people = [one.candidate_id for one in found.values()]
    jobs = {one.job_id: one.job for one in found.values()}
    again = Application.objects.active().filter(job__in=jobs, candidate__in=people)
    active = set(again.values_list("candidate", "job"))
    closed = {pk for pk in jobs if starting.hold_job(pk) == Job.Status.CLOSED}
    stay = {}
    for pk, one in found.items():
        if pk not in went_on:
            stay[pk] = f"{one.candidate.name} was brought back already."
        elif one.job_id in closed:
            stay[pk] = f"{one.job.title} is closed meanwhile."
        elif one.status != Status.CONVERTED:
            stay[pk] = moves.NOT_CONVERTED
        elif (one.candidate_id, one.job_id) in active:
            stay[pk] = f"{one.candidate.name} has applied again since; that application is active."
    return stay


def _copy_fields(went_on: Mapping[int, Application]) -> None:
    """What was filled into fields of these, by their ids, also for those they go on as."""
    copies = []
    for value in ApplicationValue.objects.filter(application__in=went_on):
        value.pk, value.application = None, went_on[value.application_id]
        value._state.adding = True
        copies.append(value)
    ApplicationValue.objects.bulk_create(copies)
