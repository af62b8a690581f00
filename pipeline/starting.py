"""How an application comes into being, and how one that was opened by mistake is taken back as if it had never been."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, OuterRef, ProtectedError, QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, Document, Job, Message, Note, Source
from hiring.prepared import Given, prepared
from hiring.timeline import record_all
from pipeline import events
from pipeline.blind import crossing
from pipeline.blind.whom import MEETS
from pipeline.entering import GONE
from pipeline.models import Application, Stage, Transition

if TYPE_CHECKING:
    from hiring.models import User

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
    stage = start_of(job, stage)
    seen = crossing.check(candidate, stage, by=by) if stage.kind in MEETS else None
    application = new(candidate, job, stage, by, **fields)
    application.source, application.resume = source or candidate.source, resume
    application.applied_at = at or application.entered_stage_at
    try:
        with transaction.atomic():  # the unique index settles the race of two doors
            application.save(force_insert=True)
    except IntegrityError as error:
        if "one_open_per_job" not in str(error):
            raise
        raise Refused(f"{candidate.name} already has an active application for {job.title}.") from error
    _opened([application], job, by=by)
    crossing.keep(seen, stage, by=by)
    return application


@transaction.atomic
def open_many(
    candidates: Collection[Candidate], job: Job, stage: Stage, *, by: User | None, act: int
) -> list[Application]:
    """`open_application` for many people, whose rows the caller has locked. Who is active for the job is passed over.

    A few statements, whatever their number.
    """
    stage = start_of(job, stage)
    active = Application.objects.active().filter(job=job, candidate__in=candidates)
    inside = set(active.values_list("candidate", flat=True))
    return open_rows(
        [new(person, job, stage, by) for person in candidates if person.pk not in inside], job, by=by, act=act
    )


def open_rows(rows: Sequence[Application], job: Job, *, by: User | None, **said: Any) -> list[Application]:
    """Store what `new` made for one job, where `start_of` let each start; with all that belongs to applications just opened."""
    opened = Application.objects.bulk_create(rows)
    _opened(opened, job, by=by, **said)
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


def start_of(job: Job, stage: Stage | None) -> Stage:
    """The stage an application for this job starts in; the job does not close meanwhile. Raises Refused when it cannot."""
    if hold_job(job.pk) == Job.Status.CLOSED:
        raise Refused(f"{job.title} is closed. Reopen it before adding people.")
    stage = stage or first_stage(job)
    if stage.job_id != job.pk or stage.kind == Stage.Kind.HIRED or stage.retired_at:
        raise Refused("This application cannot start there.")
    return stage


def new(candidate: Candidate, job: Job, stage: Stage, by: User | None, **fields: Any) -> Application:
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


def _opened(applications: Sequence[Application], job: Job, *, by: User | None, **said: Any) -> None:
    """What belongs to applications that were just stored: first transition, timeline, and whoever hears of it."""
    Transition.objects.bulk_create(
        Transition(application=one, to_id=one.stage_id, status=Status.ACTIVE, by=by, at=one.entered_stage_at)
        for one in applications
    )
    told = {one.candidate_id: {"application": one.pk, "to": one.stage_id, **said} for one in applications}
    record_all("application.opened", by, told, job=job)
    if applications:
        events.applications_opened.send(Application, applications=applications, job=job, by=by)


@transaction.atomic
def take_back(application: Application, *, by: User | None, looked_at: dt.datetime | None = None) -> None:
    """Remove an application that was opened by mistake and that nobody has touched since, as if it had never been.

    `looked_at`: a look it came with from another job, which is no work on it here.
    """
    for why in take_back_many([application.pk], by=by, looked_at={application.pk: looked_at}).values():
        raise Refused(why)


@transaction.atomic
def take_back_many(
    ids: Collection[int], *, by: User | None, looked_at: Mapping[int, dt.datetime | None] = MappingProxyType({})
) -> dict[int, str]:
    """`take_back` for many: a few statements, whatever their number. Says why the others stay, by id."""
    locked = Application.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("candidate", "job")
    found = {one.pk: one for one in locked.order_by("pk")}
    stay = dict.fromkeys(set(ids) - found.keys(), GONE)
    moved = Transition.objects.filter(application__in=found).values("application").annotate(times=Count("pk"))
    worked_on = set(moved.filter(times__gt=1).values_list("application", flat=True))
    for one in found.values():
        if (
            one.pk in worked_on
            or not one.is_active
            or one.reviewed_at not in (None, looked_at.get(one.pk))
            or one.receipt_number
        ):
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


@prepared
def standing_stages(job: Given) -> QuerySet[Stage]:
    """Asked of everybody who comes in."""
    return Stage.objects.standing().filter(job=job)


def first_stage(job: Job) -> Stage:
    """Where those start who apply."""
    stages = standing_stages(job=job.pk)
    for stage in stages:
        if stage.kind == Stage.Kind.APPLIED:
            return stage
    if not stages:
        raise Refused(f"{job.title} has no stages yet.")
    return stages[0]
