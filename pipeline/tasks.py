"""Work that outlives a request."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from hiring.context import acting
from pipeline import bulk
from pipeline.models import BulkAct


@shared_task(name="pipeline.bulk_act")
def run_bulk_act(act_id: int) -> None:
    act = BulkAct.objects.filter(pk=act_id, finished_at=None).first()
    if act:
        with acting(door="task", actor_id=act.by_id):
            bulk.run(act)


@shared_task(name="pipeline.bulk_sweep")
def sweep_bulk_acts() -> None:
    """Go on with acts whose task was lost with the broker or a worker (invariant 10)."""
    since = timezone.now() - dt.timedelta(seconds=30)
    for act_id in BulkAct.objects.filter(finished_at=None, at__lt=since).values_list("pk", flat=True):
        run_bulk_act(act_id)
