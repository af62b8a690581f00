"""Pools and sequences on the candidate's profile."""

from __future__ import annotations

from hiring import access
from hiring.panels import Asked, Panel, panel
from sourcing.models import Enrollment, PoolMember, TalentPool


@panel("right", 40)
def pools_and_sequences(asked: Asked) -> Panel | None:
    """Where the person is kept warm, with a way in and out. For those who source."""
    user, candidate = asked.user, asked.candidate
    if not access.can_source(user):
        return None
    members = list(PoolMember.objects.filter(candidate=candidate).select_related("pool").order_by("pool__name"))
    paths = list(Enrollment.objects.filter(candidate=candidate).select_related("sequence").order_by("-enrolled_at")[:5])
    context = {
        "candidate": candidate,
        "members": members,
        "enrollments": paths,
        "pools": list(TalentPool.objects.visible_to(user).exclude(pk__in=[member.pool_id for member in members])),
        "may_enroll": not any(path.state in Enrollment.LIVE for path in paths),
    }
    return Panel("sourcing/panel.html", context, add="" if members or paths else "sourcing/_add.html")
