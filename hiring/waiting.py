"""What this floor has waiting for a person on Today: decisions asked of them, and tasks that are due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils import timezone

from hiring import approvals, duplicates, today
from hiring.models import Approval, Task, User
from hiring.prepared import Given, prepared

SHOWN = 10
DECIDE_WITHIN = dt.timedelta(days=3)


@today.group(40)
def approvals_asked(user: User) -> today.Group | None:
    """Approvals whose turn is mine: those asked longest stand first."""
    votes = approvals.open_votes_of(user)
    late_before = timezone.now() - DECIDE_WITHIN
    lines = []
    for vote in votes[:SHOWN]:
        title = subject_title(vote.group.approval)
        asked_by = vote.group.approval.requested_by
        lines.append(
            today.Line(
                name=title,
                initials=asked_by.initials if asked_by else "",
                note=f"{asked_by or 'Somebody'} asks for your approval",
                url=reverse("approval", args=[vote.group.approval_id]),
                action="Decide",
                due_at=vote.group.asked_at,
                late=bool(vote.group.asked_at and vote.group.asked_at < late_before),
            )
        )
    return today.Group("approvals", "Approvals asked of you", lines, total=len(votes), short="Approvals")


def subject_title(approval: Approval) -> str:
    """What is to be approved, from the facts as they were asked; looked up only where they hold no title."""
    subject = approvals.subjects.get(approval.subject_kind)
    said = str(approval.snapshot.get("title") or "")
    if said or subject is None:
        return said or approval.get_subject_kind_display()
    return subject.title(subject.find(approval.subject_id))


@prepared
def first_tasks(assignee: Given, day: Given) -> QuerySet[Task]:
    """The first of them, each with how many there are, and how many of an earlier day."""
    due = Task.objects.filter(assignee=assignee, done_at=None, due_on__lte=day, promise=None)
    due = due.annotate(total=Window(Count("pk")), total_late=Window(Count("pk", filter=Q(due_on__lt=day))))
    return due.select_related("candidate").order_by("due_on", "pk")[:SHOWN]


@today.group(70)
def tasks_due(user: User) -> today.Group | None:
    """Open tasks up to today; overdue ones are late."""
    local_day = timezone.now().astimezone(user.zone).date()
    due: list[Any] = first_tasks(assignee=user.pk, day=local_day)
    if not due:
        return None
    lines = [_task_line(task, local_day) for task in due]
    return today.Group("tasks", "Tasks due", lines, total=due[0].total, late=due[0].total_late)


def _task_line(task: Task, local_day: dt.date) -> today.Line:
    days = (local_day - task.due_on).days
    person = task.candidate
    return today.Line(
        name=person.name if person else task.text,
        initials=person.initials if person else "",
        icon="" if person else "checkbox",
        note=task.text if person else "",
        url=reverse("candidate", args=[person.pk]) if person else "",
        action="Done",
        post=reverse("task_done", args=[task.pk]),
        due=f"{days} day{'' if days == 1 else 's'} late" if days else "Today",
        late=days > 0,
    )


@today.group(80)
def duplicates_suspected(user: User) -> today.Group | None:
    """Records that may be one person, the likeliest first."""
    pairs: list[Any] = duplicates.likeliest(user)
    if not pairs:
        return None
    lines = [
        today.Line(
            name=pair.first.name,
            note=f"may also be {pair.second.name}: {', '.join(duplicates.words(pair)).lower()}",
            url=reverse("duplicate_pair", args=[pair.pk]),
            action="Compare",
        )
        for pair in pairs
    ]
    return today.Group(
        "duplicates",
        "Possible duplicates",
        lines,
        total=pairs[0].total,
        all_url=reverse("duplicates"),
        short="Duplicates",
    )
