"""Whether this installation can serve, and how late its due work is.

Due work is rows (invariant 10). Whoever owns such rows registers when the oldest fell due in `due`; /readyz shows its age,
so that a worker that silently stopped is seen from outside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from hiring.models import Document, Message, ParsedProfile

LATE_AFTER = dt.timedelta(minutes=5)

due: dict[str, Callable[[], dt.datetime | None]] = {}
"""Kind of work to a cheap query for the moment since which the oldest of it has been due; None when nothing is."""

_migrated = False


@dataclass
class Health:
    """`ready` says whether requests can be served; `late` names due work that waits longer than it should."""

    database: str = "ok"
    broker: str = "ok"
    migrations: str = "ok"
    due_seconds: dict[str, int | None] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return {self.database, self.broker, self.migrations} == {"ok"}

    def as_json(self) -> dict[str, Any]:
        return {
            "status": "ready" if self.ready else "not ready",
            "database": self.database,
            "broker": self.broker,
            "migrations": self.migrations,
            "oldest_due_seconds": self.due_seconds,
            "late": self.late,
        }


def oldest_message() -> dt.datetime | None:
    waiting = Message.objects.queued().filter(not_before__lte=timezone.now())
    return waiting.order_by("not_before", "id").values_list("not_before", flat=True).first()


def oldest_document() -> dt.datetime | None:
    return Document.objects.waiting().order_by("id").values_list("stored_at", flat=True).first()


def oldest_profile() -> dt.datetime | None:
    return ParsedProfile.objects.due().order_by("due_at").values_list("due_at", flat=True).first()


def oldest_held_for_scanner() -> dt.datetime | None:
    """Since when a file waits because no virus scanner answers; those it found something in wait on purpose."""
    from hiring.documents.reading import SCANNER_DOWN

    held = Document.objects.held().filter(problem=SCANNER_DOWN)
    return held.order_by("stored_at").values_list("stored_at", flat=True).first()


due["messages"] = oldest_message
due["documents"] = oldest_document
due["profiles"] = oldest_profile
due["virus scanner"] = oldest_held_for_scanner


def check() -> Health:
    """Look at everything once. Never raises: what fails is said in one word."""
    health = Health()
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2) as broker:
            broker.ping()
        cache.get("health")  # sessions are read through it; it may be a server of its own
    except redis.RedisError:
        health.broker = "unreachable"
    try:
        if not _is_migrated():
            health.migrations = "pending"
            return health
        now = timezone.now()
        for kind, oldest in sorted(due.items()):
            since = oldest()
            health.due_seconds[kind] = max(0, int((now - since).total_seconds())) if since else None
            if since and now - since > LATE_AFTER:
                health.late.append(kind)
    except DatabaseError:
        health.database = "unreachable"
    return health


def _is_migrated() -> bool:
    """Asked until it is true: a process never sees its own schema go back."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    else:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return _migrated
