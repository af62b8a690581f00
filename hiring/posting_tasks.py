"""The task of postings whose time has come, or whose last day has passed."""

from __future__ import annotations

from celery import shared_task

from hiring.postings import publishing


@shared_task(name="postings.sweep")
def sweep() -> int:
    return publishing.sweep()
