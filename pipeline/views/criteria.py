"""What a job asks of people: its criteria, drafts from the posting, and earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from pipeline.models import CriterionKind, Need
from pipeline.screening import criteria, showing, suggesting
from pipeline.screening.criteria import Criteria
from pipeline.screening.forms import CriterionForm, comparable

TEMPLATE = "pipeline/criteria.html"


@require_safe
def job_criteria(request: StaffRequest, pk: int) -> HttpResponse:
    """The criteria to read, for everybody on the job; to change, for those who may edit it."""
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    held = criteria.of_job(job)
    form = None
    if access.can_edit_job(request.user, job):
        form = _asked_for(request, job, held)
    return _page(request, job, held, form)


@require_POST
def criterion_add(request: StaffRequest, pk: int) -> HttpResponse:
    job = _editable(request, pk)
    kind, question = request.POST.get("kind", ""), _question(job, request.POST.get("question", ""))
    if kind not in CriterionKind.values or (kind == CriterionKind.ANSWER and question is None):
        raise Http404
    form = CriterionForm(request.POST, kind=kind, question=question)
    if form.is_valid():
        try:
            criteria.add(job, form.criterion, by=request.user)
        except Refused as no:
            form.add_error(next(iter(form.fields)), no.sentence)
        else:
            say(request, f"“{form.criterion.says}” is asked now.")
            return redirect(_address(job))
    return _page(request, job, criteria.of_job(job), form, status=422)


@require_POST
def criterion_change(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    job = _editable(request, pk)
    held = criteria.of_job(job)
    old = held.find(key)
    form = CriterionForm(request.POST, kind=old.kind, question=_question_of(job, old), criterion=old)
    if form.is_valid():
        try:
            criteria.change(job, key, form.criterion, by=request.user)
        except Refused as no:
            form.add_error(next(iter(form.fields)), no.sentence)
        else:
            say(request, "Saved.")
            return redirect(_address(job))
    return _page(request, job, held, form, editing=key, status=422)


@require_POST
def criterion_shift(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    job = _editable(request, pk)
    criteria.shift(job, key, up=request.POST.get("to") == "up", by=request.user)
    return redirect(f"{_address(job)}#criterion-{key}")


@require_POST
def criterion_remove(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    job = _editable(request, pk)
    said = criteria.of_job(job).find(key).says
    criteria.remove(job, key, by=request.user)
    say(request, f"“{said}” is no longer asked.")
    return redirect(_address(job))


@require_POST
def drafts_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept or drop drafts, or bring back a dropped one."""
    job = _editable(request, pk)
    act, keys = request.POST.get("act", ""), request.POST.getlist("key")
    need = request.POST.get("need", "")
    if act == "drop":
        gone = suggesting.drop(job, keys, by=request.user)
        say(
            request, f"“{gone[0].criterion.says}” is dropped." if len(gone) == 1 else f"{len(gone)} drafts are dropped."
        )
    elif act == "back":
        suggesting.bring_back(job, keys[0] if keys else "", by=request.user)
    else:
        before = len(criteria.of_job(job).criteria)
        now = suggesting.accept(job, keys, by=request.user, need=need if need in Need.values else "")
        say(request, f"{len(now.criteria) - before} more asked now.")
    return redirect(f"{_address(job)}#drafts")


def _editable(request: StaffRequest, pk: int) -> Job:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    return job


def _address(job: Job) -> str:
    return reverse("pipeline:criteria", args=[job.pk])


def _question(job: Job, key: str) -> Mapping[str, Any] | None:
    return next((one for one in comparable(job.posting.questions) if one["key"] == key), None)


def _question_of(job: Job, one: criteria.Criterion) -> Mapping[str, Any] | None:
    """The question of a criterion as the form asks it now, or as the criterion remembers it."""
    if one.kind != CriterionKind.ANSWER:
        return None
    kept = {
        "key": one.asks["question"],
        "label": one.asks["label"],
        "type": "multi",
        "options": one.asks.get("accept") or [],
    }
    if one.asks.get("least") is not None:
        kept["type"] = "number"
    return _question(job, one.asks["question"]) or kept


def _asked_for(request: StaffRequest, job: Job, held: Criteria) -> CriterionForm | None:
    """The form that is open: of a new criterion by its kind, or of one that is changed."""
    kind, key = request.GET.get("add", ""), request.GET.get("edit", "")
    if key:
        old = next((one for one in held.criteria if one.key == key), None)
        return CriterionForm(kind=old.kind, question=_question_of(job, old), criterion=old) if old else None
    if kind not in CriterionKind.values:
        return None
    question = _question(job, request.GET.get("question", ""))
    return CriterionForm(kind=kind, question=question) if kind != CriterionKind.ANSWER or question else None


def _page(
    request: StaffRequest, job: Job, held: Criteria, form: CriterionForm | None, *, editing: str = "", status: int = 200
) -> HttpResponse:
    may_edit = access.can_edit_job(request.user, job)
    sees_people = access.can_see_pipeline(request.user, job)
    editing = editing or (request.GET.get("edit", "") if form else "")
    context = {
        "job": job,
        "held": held,
        "groups": showing.groups(held.criteria, showing.counts(job, held) if sees_people else {}),
        "form": form,
        "editing": editing,
        "kinds": showing.kinds(),
        "adds": request.GET.get("add", ""),
        "questions": comparable(job.posting.questions),
        "may_edit": may_edit,
        "drafts": suggesting.waiting(job, held.criteria) if may_edit else [],
        "dropped": suggesting.dropped(job, held.criteria) if may_edit else [],
        "needs": Need.choices,
        "versions": list(job.criteria_versions.select_related("by").defer("criteria")[: showing.VERSIONS_AT_MOST]),
        "progress": showing.progress(job) if sees_people else None,
    }
    return render(request, TEMPLATE, context, status=status)
