"""Carrying stored documents to the reading workers. The row is the truth: when the broker is down, the sweep finds it.

There are two lanes. What somebody waits for (an upload, an application, a mail) goes by the first; what came in a load of
thousands, and what is read again because the parser has learned, by the second. A worker of its own keeps to the first, so
that no load holds up a single file. A file of a load that somebody looks at changes lanes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.cache import cache
from django.db import transaction

from hiring.models import Document, ParsedProfile

logger = logging.getLogger(__name__)

FIRST, SECOND = "documents", "documents_later"
PARSED_AT_ONCE = 25  # a second or two of work
ONCE_IN = 60  # seconds between two reminders of one file
SWEEP_EVERY = 30


def on_commit(document: Document) -> None:
    pk, lane = document.pk, SECOND if document.can_wait else FIRST
    transaction.on_commit(lambda: hand_over(pk, lane), robust=True)


def hand_over(document_id: int, lane: str = FIRST, *, again: bool = False) -> None:
    """Have a file read. `again`: the sweep says so once more, and what nobody took until the next sweep is dropped."""
    from hiring.documents.tasks import read

    _send(read, document_id, lane, expires=SWEEP_EVERY if again else None)


def hand_over_draft(draft_id: int) -> None:
    """Have a file read that somebody is about to send: they look at the form meanwhile."""
    from hiring.documents.tasks import read_draft

    _send(read_draft, draft_id, FIRST, expires=SWEEP_EVERY)


def hand_over_texts(document_ids: Sequence[int], lane: str = SECOND) -> None:
    """Have texts parsed, a few to a message, so that a worker is soon free for what is more urgent."""
    from hiring.documents.tasks import parse

    for start in range(0, len(document_ids), PARSED_AT_ONCE):
        _send(parse, list(document_ids[start : start + PARSED_AT_ONCE]), lane, expires=SWEEP_EVERY)


def hand_over_scan(document_id: int, *, again: bool = False) -> None:
    """Have the text of a scan recognised. It takes seconds a page: nobody's file waits for it."""
    from hiring.documents.tasks import recognise

    _send(recognise, document_id, SECOND, expires=SWEEP_EVERY if again else None)


def hurry(document: Document) -> None:
    """Somebody looks at a document that waits in the second lane, or whose text does: it comes next."""
    waits = document.status == Document.Status.STORED
    if document.can_wait or not waits:
        if _was_hurried(document):
            return
        if waits:
            hand_over(document.pk, again=True)
        elif ParsedProfile.objects.due().filter(pk=document.pk).exists():
            hand_over_texts([document.pk], FIRST)


def _was_hurried(document: Document) -> bool:
    try:
        return not cache.add(f"document-hurried:{document.pk}", 1, ONCE_IN)
    except Exception:  # whatever the cache's client raises: then the sweep has to do
        return True


def _send(task: object, argument: object, lane: str, *, expires: int | None) -> None:
    try:
        task.apply_async(args=[argument], queue=lane, retry=False, expires=expires)  # type: ignore[attr-defined]
    except Exception as error:  # the request that stored the file has done its work
        logger.warning("document_left_for_the_sweep", extra={"documents": argument, "error": type(error).__name__})
