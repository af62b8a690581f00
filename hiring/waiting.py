"""What this floor has waiting for a person on Today: decisions asked of them, and tasks that are due."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from hiring import approvals, duplicates, today
from hiring.models import Approval, Task, User

SHOWN = 10
DUPLICATES_SHOWN = 3
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


@today.group(70)
def tasks_due(user: User) -> today.Group | None:
    """Open tasks up to today; overdue ones are late."""
    local_day = timezone.now().astimezone(user.zone).date()
    due = Task.objects.filter(assignee=user, done_at=None, due_on__lte=local_day, promise=None)
    counted = due.aggregate(total=Count("pk"), late=Count("pk", filter=Q(due_on__lt=local_day)))
    if not counted["total"]:
        return None
    lines = [_task_line(task, local_day) for task in due.select_related("candidate").order_by("due_on", "pk")[:SHOWN]]
    return today.Group("tasks", "Tasks due", lines, total=counted["total"], late=counted["late"])


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
    waiting = duplicates.queue(user)
    if not waiting.pairs:
        return None
    lines = [
        today.Line(
            name=pair.first.name,
            note=f"may also be {pair.second.name}: {', '.join(duplicates.words(pair)).lower()}",
            url=reverse("duplicate_pair", args=[pair.pk]),
            action="Compare",
        )
        for pair in waiting.pairs[:DUPLICATES_SHOWN]
    ]
    total = duplicates.waiting_count(user)
    return today.Group(
        "duplicates", "Possible duplicates", lines, total=total, all_url=reverse("duplicates"), short="Duplicates"
    )
