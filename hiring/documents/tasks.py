"""Leaves: an id in, one verb called. Running twice equals running once, because `read` claims the row."""

from __future__ import annotations

from celery import shared_task

from hiring import context


@shared_task(name="documents.read")
def read(document_id: int) -> None:
    from hiring.documents import reading

    with context.acting(door="task"):
        reading.read(document_id)


@shared_task(name="documents.read_draft")
def read_draft(draft_id: int) -> None:
    from hiring.documents import prefilling

    with context.acting(door="task"):
        prefilling.read(draft_id)


@shared_task(name="documents.sweep")
def sweep() -> None:
    """Find what waits to be read and what got stuck, whatever became of the task that should have carried it; and files of
    deleted documents that are still there."""
    from hiring.documents import prefilling, reading, removing

    with context.acting(door="task"):
        reading.sweep()
        removing.sweep()
        prefilling.sweep()


@shared_task(name="documents.sweep_drafts")
def sweep_drafts() -> None:
    """Delete files of forms that were never sent."""
    from hiring.documents import drafts

    with context.acting(door="task"):
        drafts.sweep()


@shared_task(name="documents.recognise")
def recognise(document_id: int) -> None:
    """Recognise the text of this scan, if it is still due."""
    from hiring.documents import recognising

    with context.acting(door="task"):
        recognising.recognise(document_id)


@shared_task(name="documents.sweep_ownerless")
def sweep_ownerless() -> None:
    """Delete files that no row knows any more."""
    from hiring.documents import ownerless

    with context.acting(door="task"):
        ownerless.sweep()


@shared_task(name="documents.parse")
def parse(document_ids: list[int]) -> None:
    """Parse the texts of these documents, as far as they are still due."""
    from hiring.resumes import record

    with context.acting(door="task"):
        record.parse(document_ids)


@shared_task(name="documents.sweep_profiles")
def sweep_profiles() -> None:
    """Find texts that wait to be parsed, and profiles an older parser made, and hand them to who has time."""
    from hiring.documents import queue
    from hiring.resumes import record

    with context.acting(door="task"):
        queue.hand_over_texts(record.sweep())
