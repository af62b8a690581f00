"""What this floor adds to the list of candidates: who is in a process, and where."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from hiring.facets import Facet, register
from hiring.models import User
from pipeline.models import Application


def _narrow(user: User, values: list[str]) -> Q:
    own = Application.objects.visible_to(user).filter(candidate=OuterRef("pk"))
    chosen = Q(pk__in=[])
    if "active" in values:
        chosen |= Q(Exists(own.active()))
    if "past" in values:
        chosen |= Q(Exists(own.exclude(status=Application.Status.ACTIVE)))
    if "none" in values:
        chosen |= ~Q(Exists(own))
    return chosen


register(
    Facet(
        "application",
        "Application",
        lambda user: [("active", "In a process now"), ("past", "Was in one"), ("none", "Never applied")],
        _narrow,
        5,
    )
)
