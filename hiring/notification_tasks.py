"""Leaves that mail what colleagues have not seen, and clear away what is old."""

from __future__ import annotations

from celery import shared_task

from hiring import context, notifications


@shared_task(name="mail.notification_digests")
def digests() -> None:
    """The morning letters, each on its reader's clock."""
    with context.acting(door="task"):
        notifications.send_digests()


@shared_task(name="notifications.forget")
def forget() -> None:
    with context.acting(door="task"):
        notifications.forget_old()
