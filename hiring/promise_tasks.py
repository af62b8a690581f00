"""The tasks of promises whose day has come."""

from __future__ import annotations

from celery import shared_task

from hiring import promises


@shared_task(name="promises.remind")
def remind() -> int:
    return promises.remind()
