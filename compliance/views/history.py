"""What a person's or a job's record said before: a page, a fragment of the profile, and the way back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from compliance import history
from compliance.models import AuditEntry
from hiring import access
from hiring.http import StaffRequest, go, page_or_part, say
from hiring.models import Candidate, Job

PAGE = "compliance/history.html"


@require_safe
def candidate_history(request: StaffRequest, pk: int) -> HttpResponse:
    candidate = _candidate(request, pk)
    may_edit = access.can_edit_candidate(request.user, candidate)
    page = history.of_candidate(candidate, request.user, before=_before(request), only=request.GET.get("fact", ""))
    return _shown(request, candidate, page, may_edit, reverse("compliance:candidate_back", args=[candidate.pk]))


@require_POST
def candidate_back(request: StaffRequest, pk: int) -> HttpResponse:
    candidate = _candidate(request, pk)
    if not access.can_edit_candidate(request.user, candidate):
        raise PermissionDenied
    return _take_back(request, candidate, "compliance:candidate_history")


@require_safe
def job_history(request: StaffRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    page = history.of_job(job, request.user, before=_before(request), only=request.GET.get("fact", ""))
    may_edit = access.can_edit_job(request.user, job)
    return _shown(request, job, page, may_edit, reverse("compliance:job_back", args=[job.pk]))


@require_POST
def job_back(request: StaffRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return _take_back(request, job, "compliance:job_history")


def _shown(
    request: StaffRequest, thing: Candidate | Job, page: history.Page, may_edit: bool, back: str
) -> HttpResponse:
    context = {
        "thing": thing,
        "page": page,
        "may_edit": may_edit,
        "back": back,
        "here": request.path,
        "is_later": "before" in request.GET,
    }
    return page_or_part(request, PAGE, "changes", context)


def _take_back(request: StaffRequest, thing: Candidate | Job, page: str) -> HttpResponse:
    """Make one fact what it was before one change. What the page did not offer, it does not take."""
    number, column = request.POST.get("entry", ""), request.POST.get("column", "")
    if not number.isdecimal() or len(number) > 18:
        raise PermissionDenied
    entry = get_object_or_404(
        AuditEntry.objects.filter(action__in=["update", "delete"]).select_related("payload"), pk=number
    )
    if column in history.PAY and isinstance(thing, Job) and not access.can_see_pay(request.user, thing):
        raise PermissionDenied
    label = history.take_back(thing, entry, column, by=request.user)
    say(request, f"{label} is what it was before.")
    return go(request, page, thing.pk)


def _candidate(request: StaffRequest, pk: int) -> Candidate:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_see_history(request.user):
        raise PermissionDenied
    return candidate


def _job(request: StaffRequest, pk: int) -> Job:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if not access.can_see_job_history(request.user, job):
        raise PermissionDenied
    return job


def _before(request: StaffRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
