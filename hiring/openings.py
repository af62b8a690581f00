"""The openings of a job one by one: add, put off, cancel with a reason. How many there are is approved (hiring/jobs.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from hiring import jobs, planned_days
from hiring.errors import Refused
from hiring.models import Job, Opening, User

Status = Opening.Status
START = "somebody is to start"


@dataclass(frozen=True)
class Filler:
    """Who filled an opening, and the page of that application."""

    name: str
    url: str


fillers: list[Callable[[User, Sequence[int]], dict[int, Filler]]] = []
"""The floors above say who filled which of these openings, as far as the user may see those people."""


def filled_by(user: User, openings: Sequence[Opening]) -> dict[int, Filler]:
    ids = [opening.pk for opening in openings if opening.status == Status.FILLED]
    found: dict[int, Filler] = {}
    for ask in fillers if ids else []:
        found |= ask(user, ids)
    return found


@transaction.atomic
def add(job: Job, *, count: int = 1, target_start: dt.date | None = None, by: User | None) -> Job:
    """More openings, numbered after the last. What was approved for fewer has to be approved again."""
    planned_days.check(target_start, START)
    job = _changeable(job)
    live = job.openings.exclude(status=Status.CANCELLED).count()
    if count < 1 or live + count > jobs.MAX_HEADCOUNT:
        raise Refused(f"A job has between 1 and {jobs.MAX_HEADCOUNT} openings.")
    last = job.openings.aggregate(last=Max("number"))["last"] or 0
    with jobs.guarding(job, by=by):
        Opening.objects.bulk_create(
            Opening(job=job, number=last + step, target_start=target_start) for step in range(1, count + 1)
        )
    return Job.objects.for_row().get(pk=job.pk)


@transaction.atomic
def put_off(opening: Opening, target_start: dt.date | None) -> Opening:
    """Set when somebody should start in an open opening; nothing about it is approved."""
    planned_days.check(target_start, START)
    opening = _open(opening)
    opening.target_start = target_start
    opening.save(update_fields=["target_start"])
    return opening


@transaction.atomic
def cancel(opening: Opening, *, reason: str, by: User | None) -> Job:
    """Give up one open opening and keep the reason. The last one goes with its job only."""
    job = _changeable(opening.job)
    opening = _open(opening)
    if not reason.strip():
        raise Refused("Say why the opening is cancelled.")
    if not job.openings.exclude(status=Status.CANCELLED).exclude(pk=opening.pk).exists():
        raise Refused("This is the last opening. Close the job instead, so that everybody who waits gets an answer.")
    with jobs.guarding(job, by=by):
        opening.status, opening.closed_at, opening.close_reason = (
            Status.CANCELLED,
            timezone.now(),
            reason.strip()[:200],
        )
        opening.save(update_fields=["status", "closed_at", "close_reason"])
    return Job.objects.for_row().get(pk=job.pk)


def _changeable(job: Job) -> Job:
    job = jobs.locked(job)
    if job.status == Job.Status.CLOSED:
        raise Refused("This job is closed. Reopen it to change it.")
    return job


def _open(opening: Opening) -> Opening:
    opening = Opening.objects.select_for_update(of=("self",)).select_related("job").get(pk=opening.pk)
    if opening.status != Status.OPEN:
        raise Refused(f"Opening {opening} is {opening.get_status_display().lower()}.")
    return opening
