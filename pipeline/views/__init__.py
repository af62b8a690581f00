"""What the browser asks for, by area; here what all areas share."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from hiring import access, masks
from hiring.http import StaffRequest, go, is_swap, say, tell
from hiring.models import Job, User
from hiring.prepared import Given, prepared
from pipeline.models import Application


@prepared
def job_seen(user: User, pk: Given) -> QuerySet[Job]:
    return Job.objects.visible_to(user).for_row().filter(pk=pk)


def find_job(request: StaffRequest, pk: int) -> Job:
    """The job, for people who may see who applied to it."""
    job = job_seen.first(request.user, pk=pk)
    if job is None:
        raise Http404
    if not access.can_see_pipeline(request.user, job):
        raise PermissionDenied
    masks.within(job.pk)
    return job


@prepared
def to_decide(user: User, pk: Given) -> QuerySet[Application]:
    return Application.objects.for_card().visible_to(user).filter(pk=pk)


def find_to_decide(request: StaffRequest, pk: int) -> Application:
    """The application, for people who may decide on it."""
    application = to_decide.first(request.user, pk=pk)
    if application is None:
        raise Http404
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
