"""The interview plan of a job: its kits by stage."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from interviews import plan
from interviews.forms import KitForm
from interviews.models import InterviewKit
from pipeline.assistant import switching


@require_safe
def plan_page(request: StaffRequest, pk: int) -> HttpResponse:
    """Which interviews each stage holds; for everybody on the job, to change for those who may edit it."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    stages = list(job.stages.standing().prefetch_related("kits"))
    context = {"job": job, "stages": stages, "may_edit": access.can_edit_job(request.user, job)}
    return render(request, "interviews/plan.html", context)


@require_http_methods(["GET", "POST"])
def kit_create(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    _demand_edit(request, job)
    stages = {str(stage.pk): stage for stage in job.stages.standing()}
    usual = stages.get(request.GET.get("stage", "")) or next(
        (s for s in stages.values() if s.kind == "interview"), None
    )
    form = KitForm(request.POST or None, job=job, initial={"stage": usual})
    if request.method == "POST" and form.is_valid():
        try:
            kit = plan.add(job, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", no.sentence)
        else:
            say(request, f"{kit} is in the plan.")
            return redirect("interviews:plan", job.pk)
    return render(request, "interviews/kit_form.html", {"job": job, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def kit_edit(request: StaffRequest, pk: int) -> HttpResponse:
    kit = _kit(request, pk)
    fields = {name: getattr(kit, name) for name in ("name", "stage", "minutes", "focus", "questions")}
    form = KitForm(request.POST or None, job=kit.job, initial=fields)
    if request.method == "POST" and form.is_valid():
        try:
            plan.edit(kit, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", no.sentence)
        else:
            say(request, "Saved.")
            return redirect("interviews:plan", kit.job_id)
    ideas_url = reverse("interviews:kit_ideas", args=[kit.pk]) if switching.is_on(kit.job) else ""
    context = {"job": kit.job, "kit": kit, "form": form, "ideas_url": ideas_url}
    return render(request, "interviews/kit_form.html", context, status=422 if form.errors else 200)


@require_POST
def kit_shift(request: StaffRequest, pk: int) -> HttpResponse:
    kit = _kit(request, pk)
    plan.shift(kit, up=request.POST.get("to") == "up", by=request.user)
    return redirect("interviews:plan", kit.job_id)


@require_POST
def kit_remove(request: StaffRequest, pk: int) -> HttpResponse:
    kit = _kit(request, pk)
    plan.remove(kit, by=request.user)
    say(request, f"{kit.name} is out of the plan.")
    return redirect("interviews:plan", kit.job_id)


def _kit(request: StaffRequest, pk: int) -> InterviewKit:
    kits = InterviewKit.objects.filter(job__in=Job.objects.visible_to(request.user))
    kit = get_object_or_404(kits.select_related("job", "stage"), pk=pk)
    _demand_edit(request, kit.job)
    return kit


def _demand_edit(request: StaffRequest, job: Job) -> None:
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
