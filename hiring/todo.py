"""Tasks: what a colleague said they would do, by a day; about a candidate or by itself."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hiring import mentions, notifications, planned_days
from hiring.errors import Refused
from hiring.models import Candidate, Task, User
from hiring.timeline import record


@transaction.atomic
def add(
    text: str, *, by: User | None, due_on: dt.date, assignee: User | None = None, candidate: Candidate | None = None
) -> Task:
    """Promise something by a day; to oneself unless `assignee` says whom, as it must where nobody (a rule) gives the task."""
    text = " ".join(text.split())
    if not text or len(text) > 300:
        raise Refused("Say in at most 300 characters what is to be done.")
    check_due(due_on)
    _may_do(assignee, candidate)
    doer = assignee or by
    if doer is None:
        raise Refused("Say who does it.")
    task = Task.objects.create(text=text, due_on=due_on, assignee=doer, candidate=candidate, created_by=by)
    if candidate:
        record(candidate, "task.added", by, task=task.pk, assignee=task.assignee_id)
    _tell_assignee(task, by)
    if by:
        task.not_told = mentions.tell_of_task(task, by=by)  # type: ignore[misc]  # of this instance
    return task


@transaction.atomic
def change(
    task: Task, *, by: User, text: str | None = None, due_on: dt.date | None = None, assignee: User | None = None
) -> Task:
    """Say it differently, put it off, or hand it on to a colleague, who is told. Only what is given changes."""
    task = Task.objects.select_for_update(of=("self",)).select_related("candidate").get(pk=task.pk)
    if task.done_at:
        raise Refused("This is done. Reopen it first.")
    text = " ".join(text.split()) if text is not None else task.text
    if not text or len(text) > 300:
        raise Refused("Say in at most 300 characters what is to be done.")
    if due_on and due_on != task.due_on:
        check_due(due_on)
    _may_do(assignee, task.candidate)
    left = task.assignee_id
    task.text, task.due_on, task.assignee = text, due_on or task.due_on, assignee or task.assignee
    task.save(update_fields=["text", "due_on", "assignee"])
    if task.assignee_id != left:
        if task.candidate:
            record(task.candidate, "task.handed_on", by, task=task.pk, left=left, to=task.assignee_id)
        _tell_assignee(task, by)
    task.not_told = mentions.tell_of_task(task, by=by)  # type: ignore[misc]
    return task


def check_due(day: dt.date) -> None:
    """Refused for a day nobody can have meant: 1020 for 2020, or one further away than anybody plans."""
    planned_days.check(day, "a task is due", back=1)


def _may_do(assignee: User | None, candidate: Candidate | None) -> None:
    if assignee and not assignee.is_active:
        raise Refused(f"{assignee} no longer works here.")
    if assignee and candidate and not mentions.may_see(assignee, candidate):
        raise Refused(f"{assignee} may not see {candidate}: give the task to somebody who may.")


def _tell_assignee(task: Task, by: User | None) -> None:
    about = f" about {task.candidate}" if task.candidate else ""
    notifications.tell(
        task.assignee,
        notifications.TASK,
        f"{by or 'A rule'} gave you a task{about}: {task.text}",
        key=f"task:{task.pk}:{task.assignee_id}",
        url=task.candidate.get_absolute_url() if task.candidate else "/",
        candidate=task.candidate,
        by=by,
    )


@transaction.atomic
def done(task: Task, *, by: User) -> Task:
    """It is done. Saying it twice changes nothing. Whoever gave the task is told."""
    now = timezone.now()
    now_done = Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now)
    task.refresh_from_db()
    if now_done and task.candidate:
        record(task.candidate, "task.done", by, task=task.pk)
    if now_done and task.created_by and task.created_by_id != task.assignee_id:
        notifications.tell(
            task.created_by,
            notifications.TASK,
            f"{by} has done: {task.text}",
            key=f"task-done:{task.pk}:{now.timestamp():.0f}",
            url=task.candidate.get_absolute_url() if task.candidate else "/",
            candidate=task.candidate,
            by=by,
        )
    return task


@transaction.atomic
def reopen(task: Task, *, by: User) -> Task:
    """It is not done after all."""
    if Task.objects.filter(pk=task.pk).exclude(done_at=None).update(done_at=None) and task.candidate:
        record(task.candidate, "task.reopened", by, task=task.pk)
    task.refresh_from_db()
    return task
