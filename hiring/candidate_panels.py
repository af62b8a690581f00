"""Panels of the profile that rest on this app's own facts: open tasks, documents, and
records that were merged into this one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from hiring import access
from hiring.models import Candidate, Document, MergeRecord, Task, User
from hiring.panels import Asked, Panel, panel

TASKS = "hiring/_panel_tasks.html"


@panel("right", 60)
def tasks(asked: Asked) -> Panel:
    """Always there, also empty: it fills itself when a task is added."""
    return Panel(TASKS, open_tasks(asked.user, asked.candidate))


def open_tasks(user: User, candidate: Candidate) -> dict[str, Any]:
    """What colleagues have promised to do about this person, first due first."""
    rows = Task.objects.filter(candidate=candidate, done_at=None).select_related("assignee").order_by("due_on", "pk")
    return {
        "candidate": candidate,
        "tasks": list(rows[:20]),
        "today": timezone.localdate(),
        "may_write": access.can_write_notes(user, candidate),
    }


@panel("right", 80)
def documents(asked: Asked) -> Panel | None:
    user, candidate = asked.user, asked.candidate
    shown = Document.objects.filter(access.documents_visible_to(user), candidate=candidate).order_by(
        "-uploaded_at", "-pk"
    )
    context = {
        "candidate": candidate,
        "documents": list(shown[:20]),
        "kinds": [(kind.value, kind.label) for kind in Document.Kind if kind != Document.Kind.OFFER_LETTER],
        "may_add": access.can_edit_candidate(user, candidate),
    }
    return Panel("hiring/_panel_documents.html", context)


@panel("right", 90)
def merges(asked: Asked) -> Panel | None:
    """The records that became one with this one, each of which can be parted from it again."""
    shown = MergeRecord.objects.visible_to(asked.user).standing().filter(survivor=asked.candidate)
    rows = list(shown.select_related("other", "by").order_by("-at", "-pk")[:20])
    return Panel("hiring/_panel_merges.html", {"merges": rows}) if rows else None
