"""The first page: what needs me now."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hiring import access, frame, today
from hiring.http import StaffRequest, page_or_part
from hiring.models import Job


@require_GET
def today_page(request: StaffRequest) -> HttpResponse:
    groups = today.for_user(request.user)
    day = today.day_of(request.user)
    now = timezone.localtime()
    page = {
        "groups": groups,
        "waiting": sum(group.total for group in groups),
        "late": sum(group.late for group in groups),
        "before": [entry for entry in day if entry.start <= now],
        "after": [entry for entry in day if entry.start > now],
        "appointments": len(day),
        "next": None if day else today.next_of(request.user),
        "now": now,
        "first_steps": [] if groups or day else _first_steps(request),
    }
    return page_or_part(request, "hiring/today.html", "waiting", page)


def _first_steps(request: StaffRequest) -> list[frame.Link]:
    """Where to begin, for those who could begin something, as long as there is no job they can see."""
    if not access.can_create_jobs(request.user) or Job.objects.visible_to(request.user).exists():
        return []
    return frame.Frame(request).add
