"""The chain hears of every connection, every migrate, and who signs in (REC-7)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate  # noqa: TID251 - the end of a migrate, no business in it

from compliance import capture, chain, reading
from hiring import last_changes
from hiring.events import sensitive_read

connection_created.connect(capture.watch, dispatch_uid="audit_stamp")


def _sync(sender: Any, using: str, **kwargs: Any) -> None:
    if sender.name == "compliance":  # the last of ours, once a migrate
        capture.sync_triggers(using)


post_migrate.connect(_sync, dispatch_uid="audit_triggers")


def _signed_in(sender: Any, user: Any, **kwargs: Any) -> None:
    chain.note("signed_in", "hiring_user", user.pk, actor_id=user.pk)


def _signed_out(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        chain.note("signed_out", "hiring_user", user.pk)


def _failed(sender: Any, **kwargs: Any) -> None:
    chain.note("sign_in_failed", "hiring_user", "")  # which address was tried stays out of the chain


def _read(sender: Any, action: str, table: str, object_id: int | str, **kwargs: Any) -> None:
    chain.note(action, table, object_id)


user_logged_in.connect(_signed_in, dispatch_uid="audit_signed_in")
user_logged_out.connect(_signed_out, dispatch_uid="audit_signed_out")
user_login_failed.connect(_failed, dispatch_uid="audit_sign_in_failed")
sensitive_read.connect(_read, dispatch_uid="audit_sensitive_read")

last_changes.tellers.append(reading.who_changed)
