"""Panels of the profile that rest on this app's own facts: open tasks, documents, and
records that were merged into this one."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from hiring import access, person
from hiring.models import Candidate, Document, MergeRecord, Task, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared

TASKS = "hiring/_panel_tasks.html"


@prepared
def tasks_of(candidate: Given) -> QuerySet[Task]:
    rows = Task.objects.filter(candidate=candidate, done_at=None)
    return rows.select_related("assignee").order_by("due_on", "pk")[:20]


@prepared
def documents_of(user: User, candidate: Given) -> QuerySet[Document]:
    rows = Document.objects.filter(access.documents_visible_to(user), candidate=candidate)
    return rows.order_by("-uploaded_at", "-pk")[:20]


@prepared
def merges_of(user: User, candidate: Given) -> QuerySet[MergeRecord]:
    rows = MergeRecord.objects.visible_to(user).standing().filter(survivor=candidate)
    return rows.defer("snapshot").select_related("other", "by").order_by("-at", "-pk")[:20]


@panel("right", 60)
def tasks(asked: Asked) -> Panel:
    """Always there, also empty: it fills itself when a task is added."""
    return Panel(TASKS, open_tasks(asked.user, asked.candidate))


def open_tasks(user: User, candidate: Candidate) -> dict[str, Any]:
    """What colleagues have promised to do about this person, first due first."""
    return {
        "candidate": candidate,
        "tasks": tasks_of(candidate=candidate.pk) if person.has(candidate, "tasks") else [],
        "today": timezone.localdate(),
        "may_write": access.can_write_notes(user, candidate),
    }


def _documents(user: User, candidate: Candidate) -> list[Document]:
    return documents_of(user, candidate=candidate.pk) if person.has(candidate, "documents") else []


@panel("left", 60)
def profile(asked: Asked) -> Panel | None:
    """What the newest résumé says, in brief; asked for by itself once the page stands."""
    if not any(row.kind == Document.Kind.RESUME for row in asked.once(_documents)):
        return None
    return Panel("hiring/_panel_profile.html", {"candidate": asked.candidate})


@panel("right", 80)
def documents(asked: Asked) -> Panel | None:
    user, candidate = asked.user, asked.candidate
    context = {
        "candidate": candidate,
        "documents": asked.once(_documents),
        "kinds": [(kind.value, kind.label) for kind in Document.CHOSEN],
        "may_add": access.can_edit_candidate(user, candidate),
    }
    return Panel("hiring/_panel_documents.html", context)


@panel("right", 90)
def merges(asked: Asked) -> Panel | None:
    """The records that became one with this one, each of which can be parted from it again."""
    if not person.has(asked.candidate, "merges"):
        return None
    rows = merges_of(asked.user, candidate=asked.candidate.pk)
    return Panel("hiring/_panel_merges.html", {"merges": rows}) if rows else None


@panel("right", 85)
def people_like(asked: Asked) -> Panel | None:
    """A way to people whose work is like this person's; they are looked for when it comes into view."""
    if not access.can_browse_candidates(asked.user):
        return None
    return Panel("hiring/_panel_people_like.html", {"candidate": asked.candidate})


person.kept["tasks"] = lambda: Task.objects.filter(candidate=OuterRef("pk"), done_at=None)
person.kept["documents"] = lambda: Document.objects.filter(candidate=OuterRef("pk"))
person.kept["merges"] = lambda: MergeRecord.objects.standing().filter(survivor=OuterRef("pk"))
