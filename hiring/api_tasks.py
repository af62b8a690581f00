"""Leaves that tidy up after programs."""

from __future__ import annotations

from celery import shared_task

from hiring import api_keys, context


@shared_task(name="api.forget_answers")
def forget_answers() -> None:
    with context.acting(door="task"):
        api_keys.forget_answers()
