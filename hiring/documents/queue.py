"""Carrying a stored document to the reading worker. The row is the truth: when the broker is down, the sweep finds it."""

from __future__ import annotations

import logging

from django.db import transaction

from hiring.models import Document

logger = logging.getLogger(__name__)


def on_commit(document: Document) -> None:
    pk = document.pk
    transaction.on_commit(lambda: hand_over(pk), robust=True)


def hand_over(document_id: int) -> None:
    from hiring.documents.tasks import read

    try:
        read.apply_async(args=[document_id], retry=False)
    except Exception as error:  # the request that stored the file has done its work
        logger.warning("document_left_for_the_sweep", extra={"document": document_id, "error": type(error).__name__})
