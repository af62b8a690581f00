"""What this floor adds to the facet column: where people stand, in the processes one may see."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from hiring.facets import Counted, Facet, given, register
from hiring.models import User
from pipeline.models import Application, Stage

LABELS: dict[str, str] = {
    **dict(Stage.Kind.choices),
    "rejected": "Rejected",
    "withdrawn": "Withdrawn",
    "hired": "Hired",
}


def _stages(user: User, people: Sequence[int]) -> Counted:
    """By the kind of stage while it runs, else by how it ended."""
    counts: dict[str, int] = {}
    rows = (
        Application.objects.visible_to(user).filter(candidate__any=given(people)).exclude(status="converted").order_by()
    )
    for status, kind, n in rows.values_list("status", "stage__kind").annotate(n=Count("candidate", distinct=True)):
        value = kind if status == Application.Status.ACTIVE else status
        counts[value] = counts.get(value, 0) + n
    return sorted(counts.items(), key=lambda pair: -pair[1])


register(Facet("stage", "Stage", _stages, is_one=True, order=40, name=lambda value: LABELS.get(value, value)))
