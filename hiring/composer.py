"""What can be written on a candidate's profile. The tabs note, call and task are this app's; mail registers itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from hiring import access
from hiring.models import Candidate, Job, Note, User
from hiring.panels import Asked


def _no_more(asked: Asked) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Tab:
    """`template` is a form of its own, rendered below the tabs with `candidate`, `user` and what `context` adds."""

    key: str
    label: str
    icon: str
    template: str
    may: Callable[[User, Candidate], bool]
    context: Callable[[Asked], dict[str, Any]] = _no_more
    order: int = 50


tabs: dict[str, Tab] = {}


def register(tab: Tab) -> Tab:
    tabs[tab.key] = tab
    return tab


def for_user(user: User, candidate: Candidate) -> list[Tab]:
    return sorted((tab for tab in tabs.values() if tab.may(user, candidate)), key=lambda tab: tab.order)


jobs_of: list[Callable[[Asked], list[Job]]] = []
"""The jobs somebody is in process for, as far as the user sees them: floors above tell."""


def jobs(asked: Asked) -> list[Job]:
    """The jobs a note about this person may be about now."""
    return [job for ask in jobs_of for job in ask(asked)]


def _visibilities(asked: Asked) -> dict[str, Any]:
    return {"visibilities": Note.Visibility.choices, "visibility": Note.Visibility.TEAM, "jobs": jobs(asked)}


def _due(asked: Asked) -> dict[str, Any]:
    colleagues = User.objects.filter(is_active=True).exclude(pk=asked.user.pk)
    return {"due_on": timezone.localdate() + dt.timedelta(days=1), "colleagues": colleagues}


register(Tab("note", "Note", "note", "hiring/_composer_note.html", access.can_write_notes, _visibilities, 10))
register(Tab("call", "Call", "phone", "hiring/_composer_call.html", access.can_write_notes, _visibilities, 30))
register(Tab("task", "Task", "checkbox", "hiring/_composer_task.html", access.can_write_notes, _due, 40))
