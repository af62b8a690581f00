"""Every way an application comes into being, changes its stage, or ends well.

Invariant 2: an application's stage and status equal its last transition, because only this module and
`pipeline/rejection.py` change either, always through `pipeline/entering.py`, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef, ProtectedError
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, Document, Job, Message, Note, Opening, Source
from hiring.timeline import record, record_all
from pipeline import events, ways_back
from pipeline.blind import crossing
from pipeline.blind.whom import MEETS
from pipeline.decisions.grounds import BY_HAND, Grounds, Way
from pipeline.entering import Entry, enter, enter_many, lock, lock_many
from pipeline.models import Application, BulkAct, RejectionReason, Stage, Transition

if TYPE_CHECKING:
    from hiring.models import User

UNDO_WITHIN = dt.timedelta(minutes=10)
LEFT_THE_HOUSE = ways_back.LEFT_THE_HOUSE
GONE = "This application is gone."
ENDED_AS = {"rejected": "rejected", "withdrawn": "withdrawn", "hired": "hired", "converted": "in another job now"}

Status = Application.Status


@transaction.atomic
def open_application(
    candidate: Candidate,
    job: Job,
    *,
    by: User | None,
    stage: Stage | None = None,
    source: Source | None = None,
    resume: Document | None = None,
    at: dt.datetime | None = None,
    **fields: Any,
) -> Application:
    """Start an application; `stage` defaults to the job's first for applicants; `fields` are its columns.

    `at` is when the person applied, which may lie before now (mail, import); the stage is entered now.
    """
    stage = _start(job, stage)
    seen = crossing.check(candidate, stage, by=by) if stage.kind in MEETS else None
    application = _new(candidate, job, stage, by, **fields)
    application.source, application.resume = source or candidate.source, resume
    application.applied_at = at or application.entered_stage_at
    try:
        with transaction.atomic():  # the unique index settles the race of two doors
            application.save(force_insert=True)
    except IntegrityError as error:
        if "one_open_per_job" not in str(error):
            raise
        raise Refused(f"{candidate.name} already has an active application for {job.title}.") from error
    _opened([application], job, stage, by=by)
    crossing.keep(seen, stage, by=by)
    return application


@transaction.atomic
def open_many(
    candidates: Collection[Candidate], job: Job, stage: Stage, *, by: User | None, act: int
) -> list[Application]:
    """`open_application` for many people, whose rows the caller has locked. Who is active for the job is passed over.

    A few statements, whatever their number.
    """
    stage = _start(job, stage)
    active = Application.objects.active().filter(job=job, candidate__in=candidates)
    inside = set(active.values_list("candidate", flat=True))
    opened = Application.objects.bulk_create(
        _new(person, job, stage, by) for person in candidates if person.pk not in inside
    )
    _opened(opened, job, stage, by=by, act=act)
    return opened


def hold_job(job_id: int) -> str:
    """Keep the job as it is until the transaction ends, and say its status.

    A share of the row: those who add people hold it together and never wait for each other, whatever else they hold, so a bulk
    act that holds people and a form that holds the job cannot block each other. Only who closes the job waits, and then
    counts everybody, or comes first, and whoever waits for it is refused. Closing itself asks for no person's row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM hiring_job WHERE id = %s FOR SHARE", [job_id])
        found = cursor.fetchone()
    return found[0] if found else Job.Status.CLOSED


def _start(job: Job, stage: Stage | None) -> Stage:
    """The stage an application for this job starts in; the job does not close meanwhile. Raises Refused when it cannot."""
    if hold_job(job.pk) == Job.Status.CLOSED:
        raise Refused(f"{job.title} is closed. Reopen it before adding people.")
    stage = stage or first_stage(job)
    if stage.job_id != job.pk or stage.kind == Stage.Kind.HIRED or stage.retired_at:
        raise Refused("This application cannot start there.")
    return stage


def _new(candidate: Candidate, job: Job, stage: Stage, by: User | None, **fields: Any) -> Application:
    """A row that is not stored yet: entered now, from the source the person came from."""
    now = timezone.now()
    return Application(
        candidate=candidate,
        job=job,
        stage=stage,
        source_id=candidate.source_id,
        applied_at=now,
        entered_stage_at=now,
        created_by=by,
        **fields,
    )


def _opened(applications: Sequence[Application], job: Job, stage: Stage, *, by: User | None, **said: Any) -> None:
    """What belongs to applications that were just stored: first transition, timeline, and whoever hears of it."""
    Transition.objects.bulk_create(
        Transition(application=one, to=stage, status=Status.ACTIVE, by=by, at=one.entered_stage_at)
        for one in applications
    )
    told = {one.candidate_id: {"application": one.pk, "to": stage.pk, **said} for one in applications}
    record_all("application.opened", by, told, job=job)
    if applications:
        events.applications_opened.send(Application, applications=applications, job=job, by=by)


@transaction.atomic
def take_back(application: Application, *, by: User | None, looked_at: dt.datetime | None = None) -> None:
    """Remove an application that was opened by mistake and that nobody has touched since, as if it had never been.

    `looked_at`: a look it came with from another job, which is no work on it here.
    """
    for why in take_back_many([application.pk], by=by, looked_at=looked_at).values():
        raise Refused(why)


@transaction.atomic
def take_back_many(ids: Collection[int], *, by: User | None, looked_at: dt.datetime | None = None) -> dict[int, str]:
    """`take_back` for many: a few statements, whatever their number. Says why the others stay, by id."""
    locked = Application.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("candidate", "job")
    found = {one.pk: one for one in locked.order_by("pk")}
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    moved = Transition.objects.filter(application__in=found).values("application").annotate(times=Count("pk"))
    worked_on = set(moved.filter(times__gt=1).values_list("application", flat=True))
    for one in found.values():
        if one.pk in worked_on or not one.is_active or one.reviewed_at not in (None, looked_at) or one.receipt_number:
            stay[one.pk] = "Somebody has worked on this application since."
    for one_pk in _spoken_of(found):
        stay.setdefault(one_pk, "There are messages or notes about this application.")
    going = {pk: one for pk, one in found.items() if pk not in stay}
    stay |= dict.fromkeys(_delete(going), "There are interviews or offers for this application.")
    gone = [one for pk, one in going.items() if pk not in stay]
    for job in {one.job for one in gone}:
        told = {one.candidate_id: {"application": one.pk} for one in gone if one.job_id == job.pk}
        record_all("application.taken_back", by, told, job=job)
    if gone:
        events.applications_taken_back.send(Application, applications=gone, by=by)
    return stay


def _spoken_of(found: Mapping[int, Application]) -> set[int]:
    """Applications with mail or notes about their job since they were opened."""
    about: set[int] = set()
    for written in (Message, Note):
        since = written.objects.filter(candidate=OuterRef("candidate"), job=OuterRef("job"))
        since = since.filter(created_at__gte=OuterRef("entered_stage_at"))
        about |= set(Application.objects.filter(Exists(since), pk__in=found).values_list("pk", flat=True))
    return about


def _delete(going: Mapping[int, Application]) -> list[int]:
    """Delete these, and say which could not be, because something hangs on them that must not be lost."""
    try:
        with transaction.atomic():
            Application.objects.filter(pk__in=going).delete()
    except ProtectedError:
        if len(going) == 1:
            return list(going)
        return [pk for pk, one in going.items() if _delete({pk: one})]
    return []


@transaction.atomic
def move(
    application: Application, to: Stage, *, by: User | None, seen: Stage | None = None, because: Grounds = BY_HAND
) -> Application:
    """Move an active application along its job's board. `seen` is the stage the person was looking at."""
    application = lock(application)
    if seen is not None and (seen.pk != application.stage_id or not application.is_active):
        raise Refused(who_was_first(application))
    if why := _why_not_moved(application, to):
        raise Refused(why)
    if to.pk != application.stage_id:
        _moved([Entry(application, to)], by=by, because=because)
    return application


@transaction.atomic
def move_many(
    ids: Collection[int], to: Stage, *, by: User | None, since: dt.datetime, because: Grounds
) -> dict[int, str]:
    """`move` for many, chosen on a page as fresh as `since`: a few statements, whatever their number. Says why the others stay,
    by id."""
    found = lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    for pk, one in found.items():
        why = who_was_first(one) if one.entered_stage_at > since else _why_not_moved(one, to)
        if why:
            stay[pk] = why
    going = [Entry(one, to) for pk, one in found.items() if pk not in stay and one.stage_id != to.pk]
    _moved(going, by=by, because=because)
    return stay


def _why_not_moved(application: Application, to: Stage) -> str:
    if not application.is_active:
        return no_longer_active(application)
    if to.job_id != application.job_id:
        return "This stage belongs to another job."
    if to.retired_at:
        return f"“{to}” is no longer in the plan."
    if to.kind == Stage.Kind.HIRED:
        return "People arrive in this stage by accepting an offer, which also fills an opening."
    return ""


def _moved(entries: Sequence[Entry], *, by: User | None, because: Grounds) -> None:
    """Write moves along one job's board, and say so."""
    if not entries:
        return
    applications = [entry.application for entry in entries]
    left = {one.pk: one.stage for one in applications}
    enter_many(entries, by=by, because=because)
    said: dict[int, dict[str, Any]] = {
        entry.application.pk: {"left": left[entry.application.pk].pk, "to": entry.to.pk} for entry in entries
    }
    if entries[0].reason:
        said = {pk: {**data, "reason": entries[0].reason} for pk, data in said.items()}
    write_all_down(applications, "application.moved", by, said, act=because.act)
    events.applications_moved.send(Application, applications=applications, left=left, by=by)


@transaction.atomic
def undo_move(
    application: Application, *, by: User | None, because: Grounds = BY_HAND, within: dt.timedelta = UNDO_WITHIN
) -> Application:
    """Take back the last move, no longer ago than `within`. History keeps both: the undo is a transition of its own."""
    application = lock(application)
    found = ways_back.find([application], within)[application.pk]
    if isinstance(found, str):
        raise Refused(found)
    _moved([found], by=by, because=because)
    return application


@transaction.atomic
def undo_many(ids: Collection[int], stands_in: int | None, *, by: User | None, because: Grounds) -> dict[int, str]:
    """`undo_move` for many that were moved to the stage `stands_in` at once. Says why the others stay, by id."""
    found = lock_many(ids)
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    stay |= {pk: f"{one.candidate.name} has moved on since." for pk, one in found.items() if one.stage_id != stands_in}
    ways = ways_back.find([one for pk, one in found.items() if pk not in stay], UNDO_WITHIN)
    stay |= {pk: way for pk, way in ways.items() if isinstance(way, str)}
    _moved([way for way in ways.values() if isinstance(way, Entry)], by=by, because=because)
    return stay


def put(application: Application, to: Stage, *, by: User | None, reason: str, since: dt.datetime | None = None) -> None:
    """Let a locked application stand in another stage of its job because the plan changed: nobody decided on the person, and
    whoever was new stays new."""
    left, is_new = application.stage, application.reviewed_at is None
    enter(application, to, by=by, reason=reason, since=since, is_unseen=is_new)
    write_down(application, "application.moved", by, left=left.pk, to=to.pk, reason=reason)
    events.applications_moved.send(Application, applications=[application], left={application.pk: left}, by=by)


@transaction.atomic
def withdraw(application: Application, *, by: User | None = None, reason: RejectionReason | None = None) -> Application:
    """The person takes the application back: through the status page (`by` None) or by telling a colleague; they may say why."""
    application = lock(application)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    enter(application, application.stage, Status.WITHDRAWN, by=by, reason="withdrawn", rejection_reason=reason)
    write_down(application, "application.withdrawn", by, stage=application.stage_id)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def give_way(application: Application, *, by: User | None, reason: str = "merged", **said: Any) -> Application:
    """Close an application because another one of this person goes on: for this job, known twice until now, or for another job."""
    application = lock(application)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    enter(application, application.stage, Status.CONVERTED, by=by, reason=reason)
    write_down(application, "application.converted", by, stage=application.stage_id, reason=reason, **said)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def stand_again(application: Application, *, by: User | None, reason: str = "unmerged") -> Application:
    """Open an application again that gave way to another one: that one was somebody else's, or has been taken back."""
    application = lock(application)
    if application.status != Status.CONVERTED:
        raise Refused("Only an application that gave way to another one can stand again.")
    try:
        with transaction.atomic():
            enter(application, in_plan(application.stage), Status.ACTIVE, by=by, reason=reason)
    except IntegrityError as error:
        raise Refused(f"{application.candidate.name} has applied again since; that application is active.") from error
    write_down(application, "application.restored", by, stage=application.stage_id)
    events.applications_restored.send(Application, applications=[application], by=by)
    return application


@transaction.atomic
def hire(application: Application, opening: Opening, *, by: User | None) -> Application:
    """End an application well: it fills `opening` and stands in the job's hired stage. The job stays as it is."""
    application = lock(application)
    opening = Opening.objects.select_for_update(of=("self",)).select_related("job").get(pk=opening.pk)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    if opening.job_id != application.job_id:
        raise Refused("This opening belongs to another job.")
    if opening.status != Opening.Status.OPEN:
        raise Refused(f"Opening {opening} is {opening.get_status_display().lower()}.")
    opening.status, opening.filled_at = Opening.Status.FILLED, timezone.now()
    opening.save(update_fields=["status", "filled_at"])
    application.opening = opening
    left = application.stage
    hired = application.job.stages.standing().filter(kind=Stage.Kind.HIRED).first() or left
    enter(application, hired, Status.HIRED, by=by, reason="hired", because=Grounds(Way.OFFER))
    write_down(application, "application.hired", by, left=left.pk, to=hired.pk, opening=opening.pk)
    events.application_closed.send(Application, application=application, by=by)
    return application


def in_plan(stage: Stage) -> Stage:
    """The stage, or the one its people went to when it left the plan: where somebody who comes back stands."""
    return stage.gave_way_to if stage.retired_at and stage.gave_way_to else stage


def no_longer_active(application: Application) -> str:
    return f"{application.candidate.name} is no longer active here: {application.get_status_display().lower()}."


def write_down(application: Application, kind: str, by: User | None, **data: Any) -> None:
    record(application.candidate, kind, by, job=application.job, application=application.pk, **data)


def write_all_down(
    applications: Sequence[Application],
    kind: str,
    by: User | None,
    said: Mapping[int, Mapping[str, Any]],
    *,
    act: BulkAct | None = None,
) -> None:
    """`write_down` for applications of one job, one a person: one statement. `said` is the data of each, by id."""
    if len(applications) == 1 and act is None:
        write_down(applications[0], kind, by, **said[applications[0].pk])
        return
    of = {"bulk": act.pk} if act else {}
    told = {one.candidate_id: {"application": one.pk, **said[one.pk], **of} for one in applications}
    record_all(kind, by, told, job=applications[0].job)


def first_stage(job: Job) -> Stage:
    """Where those start who apply."""
    stages = list(job.stages.standing())
    for stage in stages:
        if stage.kind == Stage.Kind.APPLIED:
            return stage
    if not stages:
        raise Refused(f"{job.title} has no stages yet.")
    return stages[0]


def _last(application: Application) -> Transition | None:
    return application.transitions.select_related("left", "by").order_by("at", "pk").last()


def who_was_first(application: Application) -> str:
    """What somebody did before the one who acts on an older sight of it: who, what, and when."""
    last = _last(application)
    who = str(last.by) if last and last.by else "Somebody"
    when = f" {since(last.at)}" if last else ""
    if application.is_active:
        return f"{who} already moved {application.candidate.name} to {application.stage}{when}."
    return f"{who} has ended this{when}: {application.candidate.name} is {ENDED_AS.get(application.status, 'gone')}."


def since(at: dt.datetime) -> str:
    """How long ago, in words that end a sentence."""
    minutes = int((timezone.now() - at).total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    hours = minutes // 60
    if hours < 24:
        return "an hour ago" if hours == 1 else f"{hours} hours ago"
    return "yesterday" if hours < 48 else f"{hours // 24} days ago"
