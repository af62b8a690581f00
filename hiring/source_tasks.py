"""Merges of sources that are too large for the click that asked for them."""

from __future__ import annotations

from celery import shared_task

from hiring import origins, sources, sweeping
from hiring.context import acting
from hiring.models import SourceMerge

TURN = 20.0  # seconds: a large merge takes turns with whatever else waits for a worker


@shared_task(name="sources.carry")
def carry(merge_id: int) -> None:
    made = SourceMerge.objects.filter(pk=merge_id).first()
    if made:
        with acting(
            door="task", actor_id=made.undone_by_id or made.by_id, request_id=origins.task_of("source-merge", merge_id)
        ):
            sources.carry(merge_id, seconds=TURN)


@shared_task(name="sources.sweep")
def sweep() -> None:
    """Go on with merges whose task was lost, or whose turn was over (invariant 10)."""
    sweeping.each("merge of sources", sources.due(), carry)
