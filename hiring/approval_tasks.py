"""Takes approvals that wait one step on when something is due."""

from __future__ import annotations

from celery import shared_task

from hiring import approval_sweep, context


@shared_task(name="approvals.sweep")
def sweep() -> None:
    with context.acting(door="task"):
        approval_sweep.sweep()
