"""What ends or holds a path through a sequence: a sign of life, a colleague, mail that comes back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Message, User
from hiring.prepared import Given, prepared
from hiring.timeline import record_all
from sourcing.models import Enrollment

State = Enrollment.State

KEEP = """
UPDATE sourcing_enrollment AS path
   SET state = said.state, state_note = said.note, next_at = said.next_at, ended_at = said.ended_at, ended_from = said.ended_from
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::jsonb[])
       AS said (id, state, note, next_at, ended_at, ended_from)
 WHERE path.id = said.id
"""


@prepared
def live_paths(candidates: Given) -> QuerySet[Enrollment]:
    """Asked at every sign of life, of people most of whom are on no path."""
    live = Enrollment.objects.select_for_update(of=("self",)).live().filter(candidate__any=candidates)
    return live.select_related("sequence__job").order_by("pk")


@transaction.atomic
def freeze(candidates: Collection[int], state: str, note: str, *, applications: Mapping[int, int] | None = None) -> int:
    """End every live path of these people and stop what is queued for them (invariant 4). Returns how many.

    `applications`: candidate to the application that ends it, which may be taken back (`outreach.go_on`).
    """
    paths = live_paths(candidates=list(candidates))
    for path in paths if applications else ():
        path.ended_from = {
            "application": (applications or {})[path.candidate_id],
            "state": path.state,
            "next_at": path.next_at and path.next_at.isoformat(),
            "note": path.state_note,
        }
    end(paths, state, note)
    return len(paths)


def end(paths: Sequence[Enrollment], state: str, note: str, by: User | None = None) -> None:
    """These paths, which the caller has locked, go no further."""
    if not paths:
        return
    now = timezone.now()
    for path in paths:
        path.state, path.state_note, path.next_at, path.ended_at = state, note[:200], None, now
    keep(paths)
    stop_queued(paths, by)
    tell(paths, "sequence.ended", by, state=state)


def keep(paths: Sequence[Enrollment]) -> None:
    """Store where these paths stand: one statement. (`bulk_update` takes a millisecond of a processor for each row.)"""
    rows = [
        (
            path.pk,
            str(path.state),
            path.state_note,
            path.next_at,
            path.ended_at,
            path.ended_from and json.dumps(path.ended_from),
        )
        for path in paths
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(column) for column in zip(*rows, strict=True)])


def tell(paths: Sequence[Enrollment], kind: str, by: User | None, **said: str) -> None:
    """Write on the timelines what became of these paths: one statement a sequence."""
    for sequence in {path.sequence for path in paths}:
        told = {path.candidate_id: {"sequence": sequence.pk, **said} for path in paths if path.sequence == sequence}
        record_all(kind, by, told, job=sequence.job)


def stop_queued(paths: Sequence[Enrollment], by: User | None) -> None:
    keys = [f"step:{path.pk}:{position}" for path in paths for position in range(path.position + 1)]
    for message in Message.objects.queued().filter(dedupe_key__in=keys):
        try:
            compose.cancel(message, by=by, note="The sequence ended for this person.")
        except Refused:
            continue  # it is leaving this very second; delivery asks the policy itself


@transaction.atomic
def stop(enrollment: Enrollment, *, by: User | None, note: str = "") -> Enrollment:
    """A colleague ends a path."""
    enrollment = lock(enrollment)
    if enrollment.state not in Enrollment.LIVE:
        raise Refused(f"This path has already ended: {enrollment.get_state_display().lower()}.")
    end([enrollment], State.STOPPED, note or "Stopped by a colleague.", by)
    return enrollment


@transaction.atomic
def pause(enrollment: Enrollment, *, by: User | None) -> Enrollment:
    """Hold a path where it is. A step that is already queued is stopped and comes again when it goes on."""
    enrollment = lock(enrollment)
    if enrollment.state != State.ACTIVE:
        raise Refused(f"This path is {enrollment.get_state_display().lower()}.")
    enrollment.state, enrollment.state_note, enrollment.next_at = State.PAUSED, "Paused by a colleague.", None
    enrollment.save(update_fields=["state", "state_note", "next_at"])
    stop_queued([enrollment], by)
    return enrollment


def lock(enrollment: Enrollment) -> Enrollment:
    locked = Enrollment.objects.select_for_update(of=("self",)).select_related("sequence__mailbox", "candidate")
    return locked.get(pk=enrollment.pk)
