"""Work that Celery carries for sourcing. One task a batch, never one a person (docs/performance.md)."""

from __future__ import annotations

import time

from celery import shared_task

from hiring import origins, sweeping
from hiring.context import acting
from sourcing import alerts, outreach, segments
from sourcing.imports.models import ImportBatch
from sourcing.origins import IMPORT, MAILED

SWEEP_SECONDS = 45


@shared_task(name="mail.run_sequences")
def run_sequences() -> None:
    """Take every step that is due, in batches, until none is left or the next tick is near."""
    until = time.monotonic() + SWEEP_SECONDS
    while outreach.run_due() and time.monotonic() < until:
        pass


@shared_task(name="sourcing.plan_board")
def plan_board(key: str) -> None:
    """Ask every posting whether a board would refuse it, for the page that shows it."""
    from sourcing.boards import keeping, planning

    board = keeping.board_of(key)
    if board:
        planning.plan(board, planning.state(board))


@shared_task(name="sourcing.send_job_alerts")
def send_job_alerts() -> None:
    """Write to those who asked to be told of new jobs, where it is their time."""
    from sourcing.job_alerts import digests

    with acting(door="task"):
        digests.send_due()


@shared_task(name="sourcing.forget_job_alerts")
def forget_job_alerts() -> None:
    """Delete alerts nobody confirmed or kept, with what was sent for them."""
    from sourcing.job_alerts import ending

    with acting(door="task"):
        ending.sweep()


@shared_task(name="sourcing.community_sweep")
def community_sweep() -> None:
    """Let go of whoever did not confirm, or whose consent has run out, and ask those whose consent soon does."""
    from sourcing.community import leaving

    with acting(door="task"):
        leaving.sweep()


@shared_task(name="sourcing.forget_unsent")
def forget_unsent() -> None:
    """Delete application forms that were begun and never sent."""
    from sourcing.careers import unsent

    with acting(door="task"):
        unsent.sweep()


@shared_task(name="sourcing.import_step")
def import_step(batch_id: int) -> None:
    """Do what an import waits for: check it, run it, take it back; then let its people be found."""
    from sourcing.imports import steps

    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch:
        name = origins.task_of(IMPORT, batch.pk)
        with acting(door="task", actor_id=batch.undone_by_id or batch.by_id, request_id=name):
            steps.do(batch_id)


@shared_task(name="sourcing.import_trim")
def import_trim(batch_id: int) -> None:
    """Take out of a running import's archive what is stored already, and go on: the run may have found the import held."""
    from sourcing.imports import keeping

    keeping.trim(batch_id)
    import_step(batch_id)


@shared_task(name="sourcing.imports_sweep")
def imports_sweep() -> None:
    """Go on with imports whose task was lost with the broker or a worker (invariant 10), and empty those that ended long ago."""
    from sourcing.imports import keeping, steps

    sweeping.each("import", steps.left_behind(), import_step)
    steps.forget()
    keeping.sweep()


@shared_task(name="segments.sweep")
def sweep_segments() -> None:
    """Count the segments that are due, and look for new matches where somebody wants to be told."""
    with acting(door="task"):
        segments.refresh_due()
        alerts.look_due()


@shared_task(name="referrals.tell")
def tell_referrers() -> None:
    """Write to colleagues whose referral has a new word."""
    from sourcing.referrals import standing

    with acting(door="task"):
        standing.tell()


@shared_task(name="agencies.decide")
def decide_submissions() -> None:
    """Decide what agencies presented, the oldest first; also what a lost task left behind (invariant 10)."""
    from sourcing.agencies import deciding

    with acting(door="task"):
        deciding.decide_due()


@shared_task(name="agencies.tell")
def tell_agencies() -> None:
    """Write to agencies whose submission has a new word, and forget what is kept of people who were not theirs."""
    from sourcing.agencies import handling, standing

    with acting(door="task"):
        standing.tell()
        handling.forget()


@shared_task(name="segments.refresh")
def refresh_segment(segment_id: int) -> None:
    """Count one that was just written, and let those who watch it begin, before the next sweep comes."""
    with acting(door="task"):
        segments.refresh(segment_id)
        alerts.begin(segment_id)


@shared_task(name="documents.read_mailed")
def read_mailed(mailed_id: int) -> None:
    """Read one mail with résumés; on the workers that read documents, because a file may be anything."""
    from sourcing.mailed import reading_in

    with acting(door="mail", request_id=origins.task_of(MAILED, mailed_id)):
        reading_in.read(mailed_id)


@shared_task(name="documents.settle_mailed")
def settle_mailed(document_id: int, key: str) -> None:
    """Give a document what was read of it before anybody knew whose it is."""
    from sourcing.mailed import kept

    with acting(door="task"):
        kept.settle(document_id, key)


@shared_task(name="documents.forget_mailed")
def forget_mailed() -> None:
    """Empty the mails nobody settled in time."""
    from sourcing.mailed import queue

    with acting(door="task"):
        queue.forget_old()


@shared_task(name="documents.mailed_sweep")
def mailed_sweep() -> None:
    """Go on with mailed résumés whose task was lost (invariant 10)."""
    from sourcing.mailed import reading_in

    with acting(door="task"):
        reading_in.sweep()
