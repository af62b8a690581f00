"""The one writer of an application's stage and status: the row, its transition and the record of the decision, together.

Whoever calls it has the applications by `lock_many`. One statement for any number, because a move is what people wait for a
hundred times a day, and a bulk act is thousands of them (docs/performance.md).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from hiring.prepared import Given, prepared_and_locked
from pipeline.blind import crossing
from pipeline.decisions import recording
from pipeline.decisions.grounds import Grounds
from pipeline.models import Application, ApplicationQuerySet, DecisionRecord, RejectionReason, Stage, Transition

if TYPE_CHECKING:
    from hiring.models import User

GONE = "This application is gone."

Status = Application.Status


def _with_what_is_known() -> ApplicationQuerySet:
    """With what a decision reads and its record keeps."""
    return Application.objects.for_card().select_related("job__location", "judgement__criteria", "resume")


@prepared_and_locked
def rows_to_decide(ids: Given) -> QuerySet[Application]:
    return _with_what_is_known().filter(pk__any=ids).order_by("pk")


def lock_many(ids: Collection[int]) -> dict[int, Application]:
    """These applications as they are now, by id, their rows locked until the transaction ends; who is gone is left out.

    The rows are locked first and joined afterwards: whoever waited for a colleague's move sees where it went. Into a stage that
    is younger than the statement, no row is joined; those, locked as they are, are read once more.
    """
    found = {one.pk: one for one in rows_to_decide(ids=sorted(set(ids)))}
    if missing := set(ids) - found.keys():
        found |= _with_what_is_known().in_bulk(missing)
    return found


def lock(application: Application) -> Application:
    """One application as it is now, its row locked until the transaction ends."""
    found = lock_many([application.pk]).get(application.pk)
    if found is None:
        raise Application.DoesNotExist("The application is gone.")
    return found


@dataclass(frozen=True)
class Entry:
    """Where one application goes. `since` back-dates the stage's clock; `reason` is a code."""

    application: Application
    to: Stage
    status: str = Status.ACTIVE
    reason: str = ""
    since: dt.datetime | None = None
    rejection_reason: RejectionReason | None = None
    is_unseen: bool = False
    """Nobody has looked at it, in the end: what had been the first look is taken back."""


def enter(
    application: Application,
    to: Stage,
    status: str = Status.ACTIVE,
    *,
    by: User | None,
    because: Grounds | None = None,
    **said: Any,
) -> None:
    """`enter_many` for one; `said` is the rest of an `Entry`."""
    enter_many([Entry(application, to, status, **said)], by=by, because=because)


def enter_many(entries: Sequence[Entry], *, by: User | None, because: Grounds | None = None) -> None:
    """Let these applications, whose rows are locked, stand where their entry says.

    Where somebody or something decided, `because` says how, and each decision is recorded with what was known (AI-2).
    """
    if not entries:
        return
    now, shown = timezone.now(), _shown(entries, by)
    transitions = [_entered(entry, by, now) for entry in entries]
    records = recording.records(transitions, because) if because else []
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "rows": json.dumps([_row(one) for one in transitions], default=str),
                "records": json.dumps([_columns(one) for one in records], default=str),
            },
        )
        made: dict[int, int] = dict(cursor.fetchall())
    for transition in transitions:
        transition.pk = made[transition.application_id]
    for seen, to in shown:
        crossing.keep(seen, to, by=by)


def _shown(entries: Sequence[Entry], by: User | None) -> list[tuple[Application, Stage]]:
    """Who is shown to `by` by being taken there. Raises Refused where they may not take somebody there."""
    going = [entry for entry in entries if entry.to.pk != entry.application.stage_id]
    if by and len(going) > 1:  # of many, those who are hidden are asked for at once
        hidden = crossing.hidden_of({entry.application.candidate_id for entry in going}, by=by)
        going = [entry for entry in going if entry.application.candidate_id in hidden]
    found = [
        (crossing.check(one.application.candidate, one.to, by=by, moving=one.application), one.to) for one in going
    ]
    return [(seen, to) for seen, to in found if seen]


def _entered(entry: Entry, by: User | None, now: dt.datetime) -> Transition:
    """The transition, not stored yet; the application stands where it goes."""
    application, left = entry.application, entry.application.stage
    stood = max(0, int((now - application.entered_stage_at).total_seconds()))
    if entry.to.pk != left.pk:
        application.stage, application.entered_stage_at = entry.to, entry.since or now
    application.status = entry.status
    application.closed_at = None if entry.status == Status.ACTIVE else now
    application.reason = entry.rejection_reason
    if entry.is_unseen:
        application.reviewed_at = None
    else:  # a colleague's decision is a look
        application.reviewed_at = application.reviewed_at or (now if by else None)
    return Transition(
        application=application, left=left, to=entry.to, status=entry.status, by=by, at=now, seconds_in_left=stood,
        reason=entry.reason,
    )  # fmt: skip


RECORDED = [one for one in DecisionRecord._meta.concrete_fields if one.name not in ("id", "transition")]
NAMES = ", ".join(f'"{one.column}"' for one in RECORDED)

WRITE = f"""
WITH entry AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(%(rows)s) AS r(application bigint, came_from bigint, stage bigint,
        entered timestamptz, status text, closed timestamptz, reason bigint, opening bigint, reviewed timestamptz, who bigint,
        at timestamptz, stood int, code text)),
    moved AS (UPDATE pipeline_application a SET stage_id = e.stage, entered_stage_at = e.entered, status = e.status,
        closed_at = e.closed, reason_id = e.reason, opening_id = e.opening, reviewed_at = e.reviewed
        FROM entry e WHERE a.id = e.application),
    made AS (INSERT INTO pipeline_transition (application_id, left_id, to_id, status, by_id, at, seconds_in_left, reason)
        SELECT application, came_from, stage, status, who, at, stood, code FROM entry RETURNING id, application_id),
    recorded AS (INSERT INTO pipeline_decisionrecord (transition_id, {NAMES})
        SELECT made.id, {", ".join(f'd."{one.column}"' for one in RECORDED)}
        FROM jsonb_populate_recordset(NULL::pipeline_decisionrecord, %(records)s) d JOIN made ON made.application_id = d.application_id)
SELECT application_id, id FROM made
"""  # noqa: S608 - names of columns; values are parameters


def _row(transition: Transition) -> Mapping[str, Any]:
    application = transition.application
    return {
        "application": application.pk,
        "came_from": transition.left_id,
        "stage": application.stage_id,
        "entered": application.entered_stage_at,
        "status": application.status,
        "closed": application.closed_at,
        "reason": application.reason_id,
        "opening": application.opening_id,
        "reviewed": application.reviewed_at,
        "who": transition.by_id,
        "at": transition.at,
        "stood": transition.seconds_in_left,
        "code": transition.reason,
    }


def _columns(record: DecisionRecord) -> Mapping[str, Any]:
    return {str(one.column): getattr(record, one.attname) for one in RECORDED}
