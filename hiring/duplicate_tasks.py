"""Leaves that look for suspected duplicates."""

from __future__ import annotations

from celery import shared_task

from hiring import context, duplicates


@shared_task(name="duplicates.sweep")
def sweep() -> None:
    """Look at whoever was added or changed since the last look."""
    with context.acting(door="task"):
        duplicates.sweep()
