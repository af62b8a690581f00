"""One decision over many applications: recorded as a unit, done in small transactions, stopped and taken back as a unit.

Each application goes through the same verb as when it is decided alone; what a rule refuses is named and skipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, MailTemplate, User
from pipeline import moves, rejection
from pipeline.models import Application, BulkAct, RejectionReason, Stage

AT_ONCE = 100  # within the request; more is a task that reports its progress
CHUNK = 25
AT_MOST = 10_000


@transaction.atomic
def start_move(job: Job, applications: Sequence[int], to: Stage, *, by: User) -> BulkAct:
    if to.job_id != job.pk or to.kind == Stage.Kind.HIRED:
        raise Refused("These applications cannot move there.")
    return _start(job, BulkAct.Kind.MOVE, applications, by=by, to=to)


@transaction.atomic
def start_rejection(
    job: Job,
    applications: Sequence[int],
    reason: RejectionReason,
    *,
    by: User,
    template: MailTemplate | None = None,
    delay: dt.timedelta = rejection.DELAY,
) -> BulkAct:
    hours = int(delay.total_seconds() // 3600)
    return _start(job, BulkAct.Kind.REJECT, applications, by=by, reason=reason, template=template, delay_hours=hours)


@transaction.atomic
def start_undo(act: BulkAct, *, by: User) -> BulkAct:
    """Take a finished act back, application by application; what has changed or left since stays, and is named."""
    act = BulkAct.objects.select_for_update(of=("self",)).select_related("job").get(pk=act.pk)
    if act.kind == BulkAct.Kind.UNDO or BulkAct.objects.filter(undoes=act).exists():
        raise Refused("This was already undone.")
    if not act.is_finished:
        raise Refused("This is still being done. Stop it first.")
    return _start(act.job, BulkAct.Kind.UNDO, act.done, by=by, undoes=act)


@transaction.atomic
def cancel(act: BulkAct) -> None:
    """Stop an act where it is. What is done stays done, and can be undone."""
    if not BulkAct.objects.filter(pk=act.pk, finished_at=None).update(cancelled_at=timezone.now()):
        raise Refused("This is already finished.")


def run(act: BulkAct) -> BulkAct:
    """Work off an act, chunk by chunk. Running it twice, or in two places, does each application once."""
    while _run_chunk(act.pk):
        pass
    return BulkAct.objects.select_related("job", "to", "reason", "undoes", "undoes__to").get(pk=act.pk)


@transaction.atomic
def _run_chunk(pk: int) -> bool:
    """Do the next few. False when nothing is left, or somebody else is at it."""
    acts = BulkAct.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, finished_at=None)
    act = acts.select_related("by", "to", "reason", "template", "undoes", "undoes__to").first()
    if act is None:
        return False
    chunk = [] if act.cancelled_at else act.waiting[:CHUNK]
    rows = Application.objects.for_card().in_bulk(chunk)
    for application_id in chunk:
        _do(act, rows.get(application_id), application_id)
    act.waiting = act.waiting[len(chunk) :]
    if act.cancelled_at or not act.waiting:
        act.finished_at = timezone.now()
    act.save(update_fields=["waiting", "done", "failed", "finished_at"])
    return not act.is_finished


def _do(act: BulkAct, application: Application | None, application_id: int) -> None:
    if application is None:
        act.failed.append([application_id, "This application is gone."])
        return
    try:
        with transaction.atomic():
            _decide(act, application)
    except Refused as refusal:
        act.failed.append([application_id, refusal.sentence.replace(application.candidate.name, "{name}")])
    else:
        act.done.append(application_id)


def _decide(act: BulkAct, application: Application) -> None:
    if act.kind == BulkAct.Kind.UNDO:
        _take_back(act.undoes, application, act.by)
        return
    if application.entered_stage_at > act.at:
        raise Refused(f"A colleague has just moved {application.candidate.name} to {application.stage}.")
    if act.kind == BulkAct.Kind.MOVE and act.to:
        moves.move(application, act.to, by=act.by)
    elif act.reason:
        delay = dt.timedelta(hours=act.delay_hours)
        rejection.reject(application, act.reason, by=act.by, template=act.template, delay=delay)


def _take_back(act: BulkAct | None, application: Application, by: User) -> None:
    if act is None or (act.kind == BulkAct.Kind.MOVE and application.stage_id != act.to_id):
        raise Refused(f"{application.candidate.name} has moved on since.")
    if act.kind == BulkAct.Kind.MOVE:
        moves.undo_move(application, by=by)
    else:
        rejection.restore(application, by=by)


def _start(job: Job, kind: str, applications: Sequence[int], *, by: User, **fields: Any) -> BulkAct:
    chosen = list(dict.fromkeys(applications))
    if not chosen:
        raise Refused("Nobody is selected.")
    if len(chosen) > AT_MOST:
        raise Refused(f"More than {AT_MOST:,} people at once are not possible. Narrow the selection.")
    mine = set(Application.objects.filter(job=job, pk__in=chosen).values_list("pk", flat=True))
    chosen = [pk for pk in chosen if pk in mine]
    if not chosen:
        raise Refused("Nobody selected belongs to this job.")
    return BulkAct.objects.create(
        job=job, kind=kind, by=by, at=timezone.now(), total=len(chosen), waiting=chosen, **fields
    )
