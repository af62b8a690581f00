"""What the browser asks for, by area; here what all areas share."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from hiring import access, masks
from hiring.http import StaffRequest, go, is_swap, say, tell
from hiring.models import Job
from pipeline.models import Application


def find_job(request: StaffRequest, pk: int) -> Job:
    """The job, for people who may see who applied to it."""
    job = get_object_or_404(Job.objects.visible_to(request.user).for_row(), pk=pk)
    if not access.can_see_pipeline(request.user, job):
        raise PermissionDenied
    masks.within(job.pk)
    return job


def find_to_decide(request: StaffRequest, pk: int) -> Application:
    """The application, for people who may decide on it."""
    application = get_object_or_404(Application.objects.for_card().visible_to(request.user), pk=pk)
    if not access.can_move(request.user, application.job):
        raise PermissionDenied
    masks.within(application.job_id)
    return application


def next_url(request: StaffRequest, default: str) -> str:
    """Where the person came from and wants to go back to; only ever an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours and wanted.startswith("/") else default


def answer(request: StaffRequest, application: Application, text: str, *, undo: str = "") -> HttpResponse:
    """What every decision answers: panels and boards hear of it, the person reads it, with a way back."""
    if is_swap(request):
        return tell(HttpResponse(status=204), request, "application-moved", toast=text, undo=undo)
    say(request, text, undo=undo)
    return go(request, next_url(request, application.get_absolute_url()))
