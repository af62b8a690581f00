"""Every way an application changes its stage, or ends without a no. How it comes into being: pipeline/starting.py.

Invariant 2: an application's stage and status equal its last transition, because only this module and
`pipeline/rejection.py` change either, always through `pipeline/entering.py`, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Opening
from hiring.timeline import record, record_all
from pipeline import events, ways_back
from pipeline.decisions.grounds import BY_HAND, Grounds, Way
from pipeline.entering import GONE, Entry, enter, enter_many, lock, lock_many
from pipeline.models import Application, BulkAct, RejectionReason, Stage, Transition

if TYPE_CHECKING:
    from hiring.models import User

UNDO_WITHIN = dt.timedelta(minutes=10)
LEFT_THE_HOUSE = ways_back.LEFT_THE_HOUSE
NOT_CONVERTED = "Only an application that gave way to another one can stand again."
ENDED_AS = {"rejected": "rejected", "withdrawn": "withdrawn", "hired": "hired", "converted": "in another job now"}

Status = Application.Status


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


def _moved(entries: Sequence[Entry], *, by: User | None, because: Grounds | None, act: BulkAct | None = None) -> None:
    """Write moves along one job's board, and say so. Without a `because` nobody decided on the people."""
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
    write_all_down(applications, "application.moved", by, said, act=because.act if because else act)
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
    put_many([(application, since)], to, by=by, reason=reason)


def put_many(
    applications: Sequence[tuple[Application, dt.datetime | None]],
    to: Stage,
    *,
    by: User | None,
    reason: str,
    act: BulkAct | None = None,
) -> None:
    """`put` for locked applications of one job, each with the moment since when it stands there (None: now): a few statements."""
    entries = [
        Entry(one, to, reason=reason, since=since, is_unseen=one.reviewed_at is None) for one, since in applications
    ]
    _moved(entries, by=by, because=None, act=act)


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
        raise Refused(NOT_CONVERTED)
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
