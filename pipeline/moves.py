"""Every way an application comes into being, changes its stage, or ends well.

Invariant 2: an application's stage and status equal its last transition, because only this module and
`pipeline/rejection.py` write either, always through `enter`, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, Document, Job, Message, Note, Opening, Source
from hiring.timeline import record, record_all
from pipeline import events
from pipeline.models import Application, RejectionReason, Stage, Transition

if TYPE_CHECKING:
    from hiring.models import User

UNDO_WITHIN = dt.timedelta(minutes=10)
LEFT_THE_HOUSE = (Message.Status.SENDING, Message.Status.SENT, Message.Status.UNCONFIRMED, Message.Status.BOUNCED)

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
    if job.status == Job.Status.CLOSED:
        raise Refused(f"{job.title} is closed. Reopen it before adding people.")
    stage = stage or _first_stage(job)
    if stage.job_id != job.pk or stage.kind == Stage.Kind.HIRED:
        raise Refused("This application cannot start there.")
    now = timezone.now()
    application = Application(
        candidate=candidate,
        job=job,
        stage=stage,
        source=source or candidate.source,
        resume=resume,
        applied_at=at or now,
        entered_stage_at=now,
        created_by=by,
        **fields,
    )
    try:
        with transaction.atomic():  # the unique index settles the race of two doors
            application.save(force_insert=True)
    except IntegrityError as error:
        if "one_open_per_job" not in str(error):
            raise
        raise Refused(f"{candidate.name} already has an active application for {job.title}.") from error
    Transition.objects.create(application=application, to=stage, status=Status.ACTIVE, by=by, at=now)
    write_down(application, "application.opened", by, to=stage.pk)
    events.application_opened.send(Application, application=application, by=by)
    return application


@transaction.atomic
def open_many(
    candidate_ids: Collection[int], job: Job, stage: Stage, *, by: User | None, act: int
) -> list[Application]:
    """`open_application` for many people none of whom is active for the job, whose rows the caller has locked.

    One statement a table, whatever their number; what hears of it is told of each.
    """
    if job.status == Job.Status.CLOSED:
        raise Refused(f"{job.title} is closed. Reopen it before adding people.")
    if stage.job_id != job.pk or stage.kind == Stage.Kind.HIRED:
        raise Refused("This application cannot start there.")
    now = timezone.now()
    people = Candidate.objects.in_bulk(sorted(candidate_ids))
    opened = Application.objects.bulk_create(
        Application(
            candidate=people[pk],
            job=job,
            stage=stage,
            source_id=people[pk].source_id,
            applied_at=now,
            entered_stage_at=now,
            created_by=by,
        )
        for pk in sorted(people)
    )
    Transition.objects.bulk_create(
        Transition(application=application, to=stage, status=Status.ACTIVE, by=by, at=now) for application in opened
    )
    told = {one.candidate_id: {"application": one.pk, "to": stage.pk, "act": act} for one in opened}
    record_all("application.opened", by, told, job=job)
    for application in opened:
        events.application_opened.send(Application, application=application, by=by)
    return opened


@transaction.atomic
def take_back(application: Application, *, by: User | None) -> None:
    """Remove an application that was opened by mistake and that nobody has touched since, as if it had never been."""
    application = lock(application)
    moved = application.transitions.count() > 1
    if moved or not application.is_active or application.reviewed_at or application.receipt_number:
        raise Refused("Somebody has worked on this application since.")
    about = {"candidate": application.candidate_id, "job": application.job_id}
    if (
        Message.objects.filter(**about, created_at__gte=application.entered_stage_at).exists()
        or Note.objects.filter(**about, created_at__gte=application.entered_stage_at).exists()
    ):
        raise Refused("There are messages or notes about this application.")
    write_down(application, "application.taken_back", by)
    try:
        with transaction.atomic():
            application.delete()
    except ProtectedError as error:
        raise Refused("There are interviews or offers for this application.") from error


@transaction.atomic
def move(application: Application, to: Stage, *, by: User | None, seen: Stage | None = None) -> Application:
    """Move an active application along its job's board. `seen` is the stage the person was looking at."""
    application = lock(application)
    left = application.stage
    if seen is not None and seen.pk != left.pk:
        raise Refused(_who_moved_it(application))
    if not application.is_active:
        raise Refused(
            f"{application.candidate.name} is no longer active here: {application.get_status_display().lower()}."
        )
    if to.job_id != application.job_id:
        raise Refused("This stage belongs to another job.")
    if to.kind == Stage.Kind.HIRED:
        raise Refused("People arrive in this stage by accepting an offer, which also fills an opening.")
    if to.pk == left.pk:
        return application
    enter(application, to, Status.ACTIVE, by=by)
    write_down(application, "application.moved", by, left=left.pk, to=to.pk)
    events.application_moved.send(Application, application=application, left=left, by=by)
    return application


@transaction.atomic
def undo_move(application: Application, *, by: User | None) -> Application:
    """Take back the last move. History keeps both: the undo is a transition of its own."""
    application = lock(application)
    last = _last(application)
    if (
        last is None
        or not application.is_active
        or last.left is None
        or last.left_id == last.to_id
        or last.reason == "undo"
    ):
        raise Refused("There is no move to undo.")
    if timezone.now() - last.at > UNDO_WITHIN:
        raise Refused("This move is too old to undo. Move the card instead.")
    if _left_the_house(application, since=last.at):
        raise Refused("A message has gone out since. Move the card instead.")
    left, back = application.stage, last.left
    was_first_look = application.reviewed_at == last.at
    enter(application, back, Status.ACTIVE, by=by, reason="undo", since=_entered_before(application, last))
    if was_first_look:  # the move alone had made the card no longer new
        application.reviewed_at = None
        application.save(update_fields=["reviewed_at"])
    write_down(application, "application.moved", by, left=left.pk, to=back.pk, reason="undo")
    events.application_moved.send(Application, application=application, left=left, by=by)
    return application


@transaction.atomic
def withdraw(application: Application, *, by: User | None = None) -> Application:
    """The person takes the application back: through the status page (`by` None) or by telling a colleague."""
    application = lock(application)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    enter(application, application.stage, Status.WITHDRAWN, by=by, reason="withdrawn")
    write_down(application, "application.withdrawn", by, stage=application.stage_id)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def give_way(application: Application, *, by: User | None) -> Application:
    """Close an application because the person, known twice until now, has another one for the job that goes on."""
    application = lock(application)
    if not application.is_active:
        raise Refused(no_longer_active(application))
    enter(application, application.stage, Status.CONVERTED, by=by, reason="merged")
    write_down(application, "application.converted", by, stage=application.stage_id)
    events.application_closed.send(Application, application=application, by=by)
    return application


@transaction.atomic
def stand_again(application: Application, *, by: User | None) -> Application:
    """Open an application again that gave way to another one, which turned out to be somebody else's."""
    application = lock(application)
    if application.status != Status.CONVERTED:
        raise Refused("Only an application that gave way to another one can stand again.")
    try:
        with transaction.atomic():
            enter(application, application.stage, Status.ACTIVE, by=by, reason="unmerged")
    except IntegrityError as error:
        raise Refused(f"{application.candidate.name} has applied again since; that application is active.") from error
    write_down(application, "application.restored", by, stage=application.stage_id)
    events.application_restored.send(Application, application=application, by=by)
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
    hired = application.job.stages.filter(kind=Stage.Kind.HIRED).first() or left
    enter(application, hired, Status.HIRED, by=by, reason="hired")
    write_down(application, "application.hired", by, left=left.pk, to=hired.pk, opening=opening.pk)
    events.application_closed.send(Application, application=application, by=by)
    return application


def lock(application: Application) -> Application:
    """The application as it is now, its row locked until the transaction ends.

    Two queries: were the stage joined in the locking one, whoever waited for a colleague's move would find no row,
    because PostgreSQL rechecks the join with the stage it read before the wait.
    """
    Application.objects.select_for_update().get(pk=application.pk)
    return Application.objects.for_card().get(pk=application.pk)


def enter(
    application: Application,
    to: Stage,
    status: str,
    *,
    by: User | None,
    reason: str = "",
    since: dt.datetime | None = None,
    rejection_reason: RejectionReason | None = None,
) -> None:
    """The one writer of stage and status: the row and its transition together. `since` back-dates the stage's clock."""
    now, left = timezone.now(), application.stage
    stood = max(0, int((now - application.entered_stage_at).total_seconds()))
    if to.pk != left.pk:
        application.stage, application.entered_stage_at = to, since or now
    application.status = status
    application.closed_at = None if status == Status.ACTIVE else now
    application.reason = rejection_reason
    application.reviewed_at = application.reviewed_at or (now if by else None)  # a colleague's decision is a look
    application.save(
        update_fields=["stage", "entered_stage_at", "status", "closed_at", "reason", "opening", "reviewed_at"]
    )
    Transition.objects.create(
        application=application, left=left, to=to, status=status, by=by, at=now, seconds_in_left=stood, reason=reason
    )


def no_longer_active(application: Application) -> str:
    return f"{application.candidate.name} is no longer active here: {application.get_status_display().lower()}."


def write_down(application: Application, kind: str, by: User | None, **data: Any) -> None:
    record(application.candidate, kind, by, job=application.job, application=application.pk, **data)


def _first_stage(job: Job) -> Stage:
    stages = list(job.stages.all())
    for stage in stages:
        if stage.kind == Stage.Kind.APPLIED:
            return stage
    if not stages:
        raise Refused(f"{job.title} has no stages yet.")
    return stages[0]


def _last(application: Application) -> Transition | None:
    return application.transitions.select_related("left", "by").order_by("at", "pk").last()


def _entered_before(application: Application, last: Transition) -> dt.datetime:
    """When the stage an undo goes back to was entered, so that days in stage go on counting."""
    return last.at - dt.timedelta(seconds=last.seconds_in_left)


def _left_the_house(application: Application, *, since: dt.datetime) -> bool:
    """True when the person got mail about this job after `since`: what was said cannot be unsaid."""
    mail = Message.objects.filter(
        candidate=application.candidate_id, job=application.job_id, direction=Message.Direction.OUT
    )
    return mail.filter(created_at__gte=since, status__in=LEFT_THE_HOUSE).exists()


def _who_moved_it(application: Application) -> str:
    last = _last(application)
    who = str(last.by) if last and last.by else "Somebody"
    return f"{who} already moved {application.candidate.name} to {application.stage}."
