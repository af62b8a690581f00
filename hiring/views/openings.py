"""The openings of a job: who filled which, when the others should start, and adding or cancelling them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hiring import access, approvals, jobs, openings
from hiring.errors import Refused
from hiring.forms.jobs import CancelForm, OpeningsForm, StartForm
from hiring.http import StaffRequest
from hiring.models import Approval, Job, Opening

PAGE = "hiring/job_openings.html"


def _job(request: StaffRequest, pk: int, *, to_edit: bool) -> Job:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if to_edit and not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return job


@require_GET
def job_openings(request: StaffRequest, pk: int) -> HttpResponse:
    return render(request, PAGE, _page(request, _job(request, pk, to_edit=False)))


@require_POST
def openings_add(request: StaffRequest, pk: int) -> HttpResponse:
    job = _job(request, pk, to_edit=True)
    form = OpeningsForm(request.POST)
    if form.is_valid():
        try:
            after = openings.add(job, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error("count", no.sentence)
        else:
            return _done(request, job, after, "Added.")
    return render(request, PAGE, {**_page(request, job), "form": form}, status=422)


@require_POST
def opening_start(request: StaffRequest, pk: int, opening: int) -> HttpResponse:
    job = _job(request, pk, to_edit=True)
    found = get_object_or_404(job.openings.select_related("job"), pk=opening)
    form = StartForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, {**_page(request, job), "wrong": found.pk, "wrong_form": form}, status=422)
    openings.put_off(found, form.cleaned_data["target_start"])
    messages.success(request, f"Saved the target start of {found}.")
    return redirect("job_openings", job.pk)


@require_POST
def opening_cancel(request: StaffRequest, pk: int, opening: int) -> HttpResponse:
    job = _job(request, pk, to_edit=True)
    found = get_object_or_404(job.openings.select_related("job"), pk=opening)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            after = openings.cancel(found, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error("reason", no.sentence)
        else:
            return _done(request, job, after, f"Cancelled {found}.")
    return render(request, PAGE, {**_page(request, job), "wrong": found.pk, "wrong_form": form}, status=422)


def _done(request: StaffRequest, before: Job, after: Job, said: str) -> HttpResponse:
    asked_again = before.status == Job.Status.OPEN and after.status == Job.Status.PENDING_APPROVAL
    messages.success(request, f"{said} The job has to be approved again." if asked_again else said)
    return redirect("job_openings", before.pk)


def _page(request: StaffRequest, job: Job) -> dict[str, Any]:
    found = list(job.openings.all())
    approval = approvals.current(jobs.KIND, job.pk)
    is_live = approval is not None and approval.status in (Approval.Status.PENDING, Approval.Status.APPROVED)
    votes = [vote for group in approval.groups.all() for vote in group.votes.all()] if approval and is_live else []
    filled = openings.filled_by(request.user, found)
    return {
        "job": job,
        "openings": [(one, filled.get(one.pk)) for one in found],
        "counts": {status: sum(one.status == status for one in found) for status in Opening.Status.values},
        "today": timezone.localdate(),
        "may_edit": access.can_edit_job(request.user, job) and job.status != Job.Status.CLOSED,
        "given": [vote for vote in votes if vote.decision],
        "form": OpeningsForm(initial={"target_start": job.target_date}),
    }
