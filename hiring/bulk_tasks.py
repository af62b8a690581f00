"""Bulk acts outside of requests, and what is left of them."""

from __future__ import annotations

import time

from celery import shared_task

from hiring import acts, bulk, exports, origins, sweeping
from hiring.context import acting
from hiring.models import PeopleAct

TURN = 20.0  # seconds: a long act takes turns with whatever else waits for a worker


@shared_task(name="bulk.run")
def run_act(act_id: int) -> None:
    act = PeopleAct.objects.filter(pk=act_id).first()
    if act and act.kind in bulk.kinds:
        begun = time.monotonic()
        with acting(door="task", actor_id=act.by_id, request_id=origins.task_of("act", act.pk)):
            act = acts.run(act, seconds=TURN)
        if time.monotonic() - begun >= TURN and (not act.is_finished or act.copies_due):
            acts.send(act_id)  # its turn is over


@shared_task(name="bulk.sweep")
def sweep() -> None:
    """Go on with acts whose task was lost with the broker or a worker (invariant 10); take away files that are past their day."""
    sweeping.each("act", list(acts.due().values_list("pk", flat=True)[:20]), run_act)
    with acting(door="task"):
        exports.take_away()
