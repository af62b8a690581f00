"""People like somebody: a page of its own, and a few of them on the profile."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hiring import access, bulk, people_like, search_log
from hiring.http import StaffRequest, is_swap, page_or_part
from hiring.views.profile import find

PAGE = "hiring/people_like.html"
ON_THE_PROFILE = 3


@require_safe
def candidate_like(request: StaffRequest, pk: int) -> HttpResponse:
    """Those whose work is like this person's, within what the user may see."""
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied
    found = find(request, pk)
    if is_swap(request) and request.htmx.target == "people-like":
        shown = people_like.like_candidate(request.user, found, show=ON_THE_PROFILE)
        return render(request, "hiring/_panel_people_like.html", {"candidate": found, "shown": shown})
    narrow = request.GET.get("q", "")[: people_like.LONGEST_NARROW].strip()
    shown = people_like.like_candidate(
        request.user, found, narrow=narrow, show=people_like.size(request.GET.get("show", ""))
    )
    if not shown.problem:
        search_log.keep_ranking(f"people like record {found.pk}", narrow, request.user, shown.ids)
    context = {
        "candidate": found,
        "shown": shown,
        "actions": bulk.offered(request.user),
    }
    return page_or_part(request, PAGE, "like", context, status=422 if shown.problem else 200)
