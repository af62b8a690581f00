"""Putting a job on hold and reopening it, each with a check list: what goes on, what has changed, and who knows of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, jobs
from hiring.errors import Refused
from hiring.http import StaffRequest
from hiring.models import Job, Posting
from pipeline import closing, holding, news, reopening
from pipeline.forms.holding import HoldForm, NewsForm, ReopenForm
from pipeline.views import find_job
from pipeline.views.closing import named, started

SHOWN = 20


@require_http_methods(["GET", "POST"])
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    """What a hold means for this job; a POST puts it on hold. While it rests: what goes on, and who has not heard of it."""
    job = find_job(request, pk)
    found = holding.found_on(job)
    can_stop = [(name, kind.wish) for name, kind, _ in found if kind.stop]
    people = news.in_process(job).count()
    form = HoldForm(request.POST if request.method == "POST" else None, job=job, can_stop=can_stop, people=people)
    wrong = ""
    if request.method == "POST":
        _demand_editor(request, job)
        if form.is_valid():
            given = form.cleaned_data
            try:
                acts = holding.hold(
                    job,
                    by=request.user,
                    reason=given["reason"],
                    stop=given["stop"],
                    take_down=given["posting"] == "go",
                    word=form.word(),
                )
            except Refused as no:
                wrong = no.sentence
            else:
                messages.success(request, f"{job.title} is on hold. Nobody can apply until it is resumed.")
                return started(request, job, acts)
    page = _page(request, job, found, people) | {"form": form, "wrong": wrong}
    return render(request, "pipeline/holding.html", page, status=422 if wrong or form.errors else 200)


@require_POST
def tell(request: StaffRequest, pk: int) -> HttpResponse:
    """Write to those in process who have not heard that the job is on hold."""
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    form = NewsForm(request.POST)
    if not form.is_valid():
        page = _page(request, job, holding.found_on(job), news.in_process(job).count())
        return render(request, "pipeline/holding.html", page | {"news_form": form}, status=422)
    acts = holding.tell(job, form.cleaned_data["template"], by=request.user, delay=form.cleaned_data["delay"])
    return started(request, job, acts, "Nobody is left who can be written to.")


@require_http_methods(["GET", "POST"])
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """What has to be known before a closed job is taken up again; a POST makes it a draft with new openings."""
    job = find_job(request, pk)
    if request.method != "POST" and job.status != Job.Status.CLOSED:
        return redirect("job_overview", job.pk)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _demand_editor(request, job)
        if form.is_valid():
            job = jobs.reopen(job, by=request.user, **form.cleaned_data)
            messages.success(request, f"{job.title} is a draft again. It opens once it is approved.")
            return redirect("job_overview", job.pk)
        if job.status != Job.Status.CLOSED:
            raise Refused("This job is not closed.")
    standing = reopening.standing(job, request.user)
    sees_pay = access.can_see_pay(request.user, job)
    page = {
        "job": job,
        "form": form,
        "standing": standing,
        "changed": [change for change in standing.changed if sees_pay or change.label not in {"Pay", "Budget"}],
        "waiting": closing.waiting(job).count(),
        "turned_down": named(standing.turned_down),
        "may_edit": access.can_edit_job(request.user, job),
        "today": timezone.localdate(),
    }
    return render(request, "pipeline/reopening.html", page, status=422 if form.errors else 200)


def _demand_editor(request: StaffRequest, job: Job) -> None:
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied


def _page(request: StaffRequest, job: Job, found: list[Any], people: int) -> dict[str, Any]:
    is_held = job.status == Job.Status.ON_HOLD
    untold = news.untold(job)
    return {
        "job": job,
        "is_held": is_held,
        "change": job.status_changes.select_related("by").first() if is_held else None,
        "going_on": [(name, kind, things[:SHOWN], len(things)) for name, kind, things in found],
        "posting": job.posting,
        "is_published": job.posting.status == Posting.Status.PUBLISHED,
        "people": people,
        "untold": named(closing.reachable(untold)),
        "unreachable": named(closing.unreachable(untold)),
        "news_form": NewsForm(),
        "may_edit": access.can_edit_job(request.user, job),
        "may_act": access.can_move(request.user, job),
        "may_hold": Job.Status.ON_HOLD in jobs.ALLOWED[job.status],
    }
