"""Celery carries work; what is due is a row in PostgreSQL (docs/architecture.md, invariant 10).

A task runs inside `acting(door="task")`, with the request id and the person of whoever queued it: both travel as headers of
the message, so that a log line or an audit entry of a task leads back to the click that caused it.
"""

from __future__ import annotations

import contextlib
import logging.config
import os
import time
from typing import Any

from celery import Celery, signals

from hiring import context
from hiring.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiring.settings")

app = Celery("throughline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

_running: dict[str, tuple[contextlib.ExitStack, float]] = {}


@signals.setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.worker_process_init.connect
def leave_with_the_worker(**kwargs: Any) -> None:
    """A child of a killed worker must not go on: the row it holds is taken up again by somebody else."""
    die_with_parent()


@signals.before_task_publish.connect
def remember_who_asked(headers: dict[str, Any], **kwargs: Any) -> None:
    acting = context.acting_now()
    headers["asked_in"], headers["asked_by"] = acting.request_id, acting.actor_id


@signals.task_prerun.connect
def act_as_a_task(task_id: str, task: Any, **kwargs: Any) -> None:
    stack = contextlib.ExitStack()
    actor_id = getattr(task.request, "asked_by", None)
    stack.enter_context(
        context.acting(
            door="task", actor_id=actor_id, request_id=getattr(task.request, "asked_in", None) or task_id[:16]
        )
    )
    _running[task_id] = stack, time.monotonic()


@signals.task_postrun.connect
def stop_acting(task_id: str, task: Any, state: str | None = None, **kwargs: Any) -> None:
    from hiring import logs

    stack, began = _running.pop(task_id, (contextlib.ExitStack(), time.monotonic()))
    with stack:
        milliseconds = round((time.monotonic() - began) * 1000, 1)
        # What nobody asked for is a sweep: it comes every few seconds and is worth a line only when it fails.
        calm = logging.INFO if getattr(task.request, "asked_in", None) else logging.DEBUG
        level = calm if state == "SUCCESS" else logging.WARNING
        logs.tasks.log(
            level,
            "%s %s",
            task.name,
            state,
            extra={"task": task.name, "task_id": task_id, "state": state, "ms": milliseconds},
        )
