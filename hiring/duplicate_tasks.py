"""Leaves that look for suspected duplicates."""

from __future__ import annotations

from celery import shared_task

from hiring import context, duplicates, gathering


@shared_task(name="duplicates.sweep")
def sweep() -> None:
    """Look at whoever was added or changed since the last look, and bring what came late to merged people."""
    with context.acting(door="task"):
        gathering.sweep()
        duplicates.sweep()
