"""The plan of a job: its stages, with what the floors above hang on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, jobs, jobs_panels
from hiring.errors import Refused
from hiring.http import StaffRequest, go, say
from hiring.models import Job
from pipeline import bulk as acts
from pipeline import plan as stages
from pipeline import retiring
from pipeline.forms.plan import NewStageForm, RetireForm, StageForm
from pipeline.models import Stage
from pipeline.views.bulk import sent_with, start

TEMPLATE, RETIRE = "pipeline/plan.html", "pipeline/stage_retire.html"
Rows = forms.formset_factory(StageForm, extra=0, max_num=stages.MAX_STAGES, absolute_max=stages.MAX_STAGES + 5)


@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, pk: int) -> HttpResponse:
    """Stages to read, for everybody on the job; to change, for those who may edit it."""
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if request.method != "POST":
        return _page(request, job)
    _demand_edit(request, job)
    return _save(request, job)


@transaction.atomic
def _save(request: StaffRequest, job: Job) -> HttpResponse:
    """What a colleague changed since the page was opened is not undone unseen."""
    jobs.locked(job)  # the plan as it stands, until this is written
    rows = Rows(request.POST, prefix="stages", form_kwargs={"known": _by_number(stages.with_people(job))})
    if not rows.is_valid():
        return _page(request, job, rows=rows, status=422)
    try:
        stages.edit(job, [stages.Wanted(**row.wanted()) for row in rows if row.cleaned_data], by=request.user)
    except Refused as no:
        return _page(request, job, rows=rows, wrong=no.sentence, status=422)
    say(request, "Saved.")
    return redirect("pipeline:plan", job.pk)


@require_POST
def stage_create(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    _demand_edit(request, job)
    form = NewStageForm(request.POST)
    if form.is_valid():
        try:
            made = stages.add(job, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", no.sentence)
        else:
            say(request, f"{made} is in the plan.")
            return redirect("pipeline:plan", job.pk)
    return _page(request, job, new=form, status=422)


@require_POST
def stage_shift(request: StaffRequest, pk: int) -> HttpResponse:
    stage = _stage(request, pk)
    stages.shift(stage, up=request.POST.get("to") == "up", by=request.user)
    return redirect("pipeline:plan", stage.job_id)


@require_POST
def stage_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take out a stage nobody ever stood in; for any other one, ask where its people go."""
    stage = _stage(request, pk)
    if retiring.has_history(stage):
        return redirect("pipeline:stage_retire", stage.pk)
    stages.remove(stage, by=request.user)
    say(request, f"{stage.name} is out of the plan.")
    return redirect("pipeline:plan", stage.job_id)


@require_http_methods(["GET", "POST"])
def stage_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Take out a stage in which people stand or stood: where they go, and what stays."""
    stage = _stage(request, pk)
    if act := acts.confirmed(request.user, sent_with(request)["once"]):
        return go(request, act)  # sent twice: it is one act
    form = RetireForm(request.POST if request.method == "POST" else None, stages=retiring.choices(stage))
    if form.is_valid():
        once = sent_with(request)["once"]
        act = acts.start_retiring(stage, form.cleaned_data["to"], by=request.user, once=once)
        return start(request, act, back=reverse("pipeline:plan", args=[stage.job_id]))
    context = {
        "job": stage.job,
        "stage": stage,
        "form": form,
        "people": retiring.people_in(stage).count(),
        "in_the_way": retiring.in_the_way(stage),
        "once": uuid.uuid4(),
    }
    return render(request, RETIRE, context, status=422 if form.errors else 200)


def _stage(request: StaffRequest, pk: int) -> Stage:
    visible = Stage.objects.filter(job__in=Job.objects.visible_to(request.user))
    stage = get_object_or_404(visible.select_related("job"), pk=pk)
    _demand_edit(request, stage.job)
    return stage


def _by_number(found: Iterable[Stage]) -> dict[str, Stage]:
    return {str(stage.pk): stage for stage in found}


def _demand_edit(request: StaffRequest, job: Job) -> None:
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied


def _page(
    request: StaffRequest,
    job: Job,
    *,
    rows: Any = None,
    new: NewStageForm | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    found = list(stages.with_people(job))
    known = [{"stage": s.pk, "name": s.name, "target_days": s.target_days, "limit": s.limit} for s in found]
    by_id = _by_number(found)
    rows = rows or Rows(initial=known, prefix="stages", form_kwargs={"known": by_id})
    context = {
        "job": job,
        "rows": rows,
        "stages": [(form, by_id.get(str(form["stage"].value()))) for form in rows],
        "new": new or NewStageForm(),
        "wrong": wrong,
        "may_edit": access.can_edit_job(request.user, job),
        "may_see_blind": access.can_see_pipeline(request.user, job),
        "panels": jobs_panels.build(jobs_panels.plan, request.user, job),
    }
    return render(request, TEMPLATE, context, status=status)
