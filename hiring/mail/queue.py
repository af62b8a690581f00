"""Carrying a queued message to a worker. The row is the truth: when the broker is down, the sweep finds it (invariant 10)."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from hiring.models import Message

logger = logging.getLogger(__name__)


def on_commit(*messages: Message) -> None:
    """Hand the messages that are due to a worker, as one task, once their rows are there. Later ones wait for the sweep."""
    now = timezone.now()
    if due := [message.pk for message in messages if message.not_before <= now]:
        transaction.on_commit(lambda: hand_over(due), robust=True)


def hand_over(ids: list[int]) -> None:
    """Queue one delivery task for these messages. A broker that does not answer costs nothing but the wait for the sweep."""
    from hiring.mail.tasks import deliver

    try:
        deliver.apply_async(args=[ids], retry=False)
    except Exception as error:  # whatever the broker's client raises: the request that wrote the mail has done its work
        logger.warning("mail_left_for_the_sweep", extra={"messages": len(ids), "error": type(error).__name__})
