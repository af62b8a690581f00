"""Work that Celery carries for sourcing. One task a batch, never one a person (docs/performance.md)."""

from __future__ import annotations

import time

from celery import shared_task

from sourcing import outreach
from sourcing.careers import drafts

SWEEP_SECONDS = 45


@shared_task(name="mail.run_sequences")
def run_sequences() -> None:
    """Take every step that is due, in batches, until none is left or the next tick is near."""
    until = time.monotonic() + SWEEP_SECONDS
    while outreach.run_due() and time.monotonic() < until:
        pass


@shared_task(name="documents.sweep_drafts")
def sweep_drafts() -> None:
    """Delete files of application forms that were never sent."""
    drafts.sweep()
