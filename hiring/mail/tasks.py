"""Leaves: an id in, one verb called. Running twice equals running once, because delivery claims rows by conditional updates."""

from __future__ import annotations

from celery import shared_task

from hiring import context


@shared_task(name="mail.deliver")
def deliver(ids: list[int]) -> None:
    from hiring.mail import delivery

    with context.acting(door="task"):
        delivery.deliver(ids)


@shared_task(name="mail.sweep")
def sweep() -> None:
    """Find what is due, whatever became of the task that should have carried it, and what got stuck."""
    from hiring.mail import delivery, inbound

    with context.acting(door="task"):
        inbound.sweep()
        delivery.sweep()
