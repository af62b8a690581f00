"""Tasks: what a colleague said they would do, by a day; about a candidate or by itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, Task, User
from hiring.timeline import record


@transaction.atomic
def add(
    text: str, *, by: User, due_on: dt.date, assignee: User | None = None, candidate: Candidate | None = None
) -> Task:
    """Promise something by a day; to oneself unless `assignee` says whom."""
    text = " ".join(text.split())
    if not text or len(text) > 300:
        raise Refused("Say in at most 300 characters what is to be done.")
    if assignee and not assignee.is_active:
        raise Refused(f"{assignee} no longer works here.")
    task = Task.objects.create(text=text, due_on=due_on, assignee=assignee or by, candidate=candidate, created_by=by)
    if candidate:
        record(candidate, "task.added", by, task=task.pk, assignee=task.assignee_id)
    return task


@transaction.atomic
def done(task: Task, *, by: User) -> Task:
    """It is done. Saying it twice changes nothing."""
    if Task.objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now()) and task.candidate:
        record(task.candidate, "task.done", by, task=task.pk)
    task.refresh_from_db()
    return task


@transaction.atomic
def reopen(task: Task, *, by: User) -> Task:
    """It is not done after all."""
    if Task.objects.filter(pk=task.pk).exclude(done_at=None).update(done_at=None) and task.candidate:
        record(task.candidate, "task.reopened", by, task=task.pk)
    task.refresh_from_db()
    return task
