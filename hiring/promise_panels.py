"""Promises to come back to somebody, on the profile and on Today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access, person, today
from hiring.models import Promise, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared

PANEL = "hiring/_panel_promises.html"
SHOWN = 10


@prepared
def promises_to(user: User, candidate: Given) -> QuerySet[Promise]:
    """Those that stand, and the last few that are settled."""
    about = Promise.objects.visible_to(user).filter(candidate=candidate)
    return about.select_related("owner", "department", "location", "came_true_job", "settled_by").order_by(
        "settled_at", "due_on", "-pk"
    )[:SHOWN]


@panel("right", 38)
def promises(asked: Asked) -> Panel | None:
    """What we have promised the person, with a way to say that it is done."""
    candidate = asked.candidate
    found = promises_to(asked.user, candidate=candidate.pk) if person.has(candidate, "promises") else []
    may_write = access.can_write_notes(asked.user, asked.candidate)
    context = {
        "candidate": asked.candidate,
        "standing": [one for one in found if one.stands],
        "settled": [one for one in found if not one.stands],
        "may_write": may_write,
        "today": timezone.localdate(),
    }
    if found:
        return Panel(PANEL, context)
    return Panel(PANEL, context, add="hiring/_promise_add.html") if may_write else None


def _due(user: User, owner: Any, day: Any) -> QuerySet[Promise]:
    due = Q(due_on__lte=day) | Q(came_true_at__isnull=False)
    return Promise.objects.visible_to(user).filter(due, owner=owner, status=Promise.Status.OPEN)


@prepared
def first_due(user: User, owner: Given, day: Given) -> QuerySet[Promise]:
    return _due(user, owner, day).select_related("candidate", "came_true_job").order_by("due_on", "pk")[: SHOWN + 1]


person.kept["promises"] = lambda: Promise.objects.filter(candidate=OuterRef("pk"))


@today.group(72)
def promises_due(user: User) -> today.Group | None:
    """Promises whose day has come or whose job has opened, and that nobody has settled."""
    local_day = timezone.now().astimezone(user.zone).date()
    rows = first_due(user, owner=user.pk, day=local_day)
    if not rows:
        return None
    total = _due(user, user.pk, local_day).count() if len(rows) > SHOWN else len(rows)
    return today.Group("promises", "Promises due", [_line(one, local_day) for one in rows[:SHOWN]], total)


def _line(promise: Promise, local_day: dt.date) -> today.Line:
    opened = promise.came_true_job
    days = (local_day - promise.due_on).days if promise.due_on else 0
    return today.Line(
        name=promise.candidate.name,
        initials=promise.candidate.initials,
        note=f"{promise.text} ({opened.title} has opened)" if opened else promise.text,
        url=reverse("candidate", args=[promise.candidate_id]),
        action="Kept",
        post=reverse("promise_settle", args=[promise.pk]),
        due=f"{days} day{'' if days == 1 else 's'} late" if days > 0 else "Today",
        late=days > 0,
    )
