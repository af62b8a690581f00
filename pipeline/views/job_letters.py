"""Which letters go out on a job: its own receipt, and its own rejection for a reason."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from pipeline import job_letters
from pipeline.forms.letters import JobLetterForm
from pipeline.views import find_job


@require_http_methods(["GET", "POST"])
def letters(request: StaffRequest, pk: int) -> HttpResponse:
    """The job's letters; a POST adds one."""
    job = find_job(request, pk)
    may_edit = access.can_edit_job(request.user, job)
    form = JobLetterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            try:
                job_letters.add(job, form.cleaned_data["template"], reason=form.reason, by=request.user)
            except Refused as no:
                form.add_error("template", no.sentence)
            else:
                say(request, "This letter goes out on this job now.")
                return redirect("pipeline:letters", job.pk)
    rows = job.letters.select_related("reason", "template")
    page = {"job": job, "form": form, "letters": rows, "may_edit": may_edit}
    return render(request, "pipeline/letters.html", page, status=422 if form.errors else 200)


@require_POST
def remove(request: StaffRequest, pk: int, letter: int) -> HttpResponse:
    job: Job = find_job(request, pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    found = get_object_or_404(job.letters.all(), pk=letter)
    job_letters.remove(found, by=request.user)
    say(request, "Here goes out again what goes out everywhere.")
    return redirect("pipeline:letters", job.pk)
