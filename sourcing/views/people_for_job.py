"""The sourcing tab of a job: people we know already who fit it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from hiring import access, bulk, people_like, search_log
from hiring.http import StaffRequest, page_or_part
from hiring.models import Job

PAGE = "sourcing/people_for_job.html"


@require_safe
def people_for_job(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who fit what the job asks for and are not on it, each with the reasons."""
    job = get_object_or_404(Job.objects.visible_to(request.user).for_row().select_related("posting"), pk=pk)
    if not access.can_source(request.user):
        raise PermissionDenied
    narrow = request.GET.get("q", "")[: people_like.LONGEST_NARROW].strip()
    shown = people_like.for_job(request.user, job, narrow=narrow, show=people_like.size(request.GET.get("show", "")))
    if not shown.problem:
        search_log.keep_ranking("people who fit the job", narrow, request.user, shown.ids, job=job)
    context = {
        "job": job,
        "shown": shown,
        "actions": bulk.offered(request.user),
        "may_add": job.is_open and access.can_move(request.user, job),
    }
    return page_or_part(request, PAGE, "like", context, status=422 if shown.problem else 200)
