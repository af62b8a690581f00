"""Bulk acts outside of requests, and what is left of them."""

from __future__ import annotations

from celery import shared_task

from hiring import acts, bulk, exports
from hiring.context import acting
from hiring.models import PeopleAct


@shared_task(name="bulk.run")
def run_act(act_id: int) -> None:
    act = PeopleAct.objects.filter(pk=act_id).first()
    if act and act.kind in bulk.kinds:
        with acting(door="task", actor_id=act.by_id):
            acts.run(act)


@shared_task(name="bulk.sweep")
def sweep() -> None:
    """Go on with acts whose task was lost with the broker or a worker (invariant 10); take away files that are past their day."""
    for act_id in acts.due().values_list("pk", flat=True)[:20]:
        run_act(act_id)
    with acting(door="task"):
        exports.take_away()
