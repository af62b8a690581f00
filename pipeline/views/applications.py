"""Decisions on one application: move, undo, reject, restore, withdraw, stop the mail, add to a job."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import access, custom_fields
from hiring.errors import Refused
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.http import StaffRequest, go, page_or_part, say
from hiring.models import Candidate, Job
from hiring.panels import Asked
from pipeline import moves, panels, starting
from pipeline.forms.moving import AddToJobForm, MoveForm
from pipeline.models import Application
from pipeline.stages import settled, standing
from pipeline.views import answer, ended, find_to_decide, next_url

MOVE = "pipeline/application_move.html"
ADD = "pipeline/application_create.html"


@require_http_methods(["GET", "POST"])
def application_move(request: StaffRequest, pk: int) -> HttpResponse:
    application = find_to_decide(request, pk)
    if request.method == "GET" and not application.is_active:
        return ended.page(request, application, f"Move {application.candidate.name}")
    if request.method == "GET":
        form = MoveForm(application=application)
        to = panels.next_of(application.stage, standing(application.job))
        form.initial["to"] = (to or application.stage).pk  # most who come here mean the next one
        return render(request, MOVE, _move_page(request, application, form))
    form = MoveForm(request.POST, application=application)
    if not form.is_valid():
        return render(request, MOVE, _move_page(request, application, form), status=422)
    application = moves.move(application, by=request.user, **form.cleaned_data)
    return _moved(request, application)


@require_POST
def application_advance(request: StaffRequest, pk: int, seen: int) -> HttpResponse:
    """On to the next stage from the one the person was looking at."""
    application = find_to_decide(request, pk)
    stages = settled(application.job)
    from_stage = next((stage for stage in stages if stage.pk == seen), application.stage)
    to = panels.next_of(from_stage, [stage for stage in stages if not stage.retired_at])
    if to is None:
        raise Refused("This is the last stage. From here an offer leads to a hire.")
    return _moved(request, moves.move(application, to, by=request.user, seen=from_stage))


@require_POST
def application_undo(request: StaffRequest, pk: int) -> HttpResponse:
    application = moves.undo_move(find_to_decide(request, pk), by=request.user)
    return answer(request, application, f"{application.candidate.name} is back in {application.stage}")


@require_POST
def application_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    application = moves.withdraw(find_to_decide(request, pk), by=request.user)
    undo = reverse("pipeline:application_restore", args=[application.pk])
    return answer(request, application, f"{application.candidate.name} has withdrawn", undo=undo)


@require_GET
def candidate_applications(request: StaffRequest, pk: int) -> HttpResponse:
    """The panel alone, for when something about it has changed."""
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    panel = panels.applications(Asked(request.user, candidate))
    return render(request, panels.TEMPLATE, panel.context if panel else {})


@require_http_methods(["GET", "POST"])
def application_create(request: StaffRequest, pk: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    jobs = Job.objects.visible_to(request.user).filter(access.jobs_movable_by(request.user), status=Job.Status.OPEN)
    jobs = jobs.exclude(pk__in=Application.objects.active().filter(candidate=candidate).values("job")).order_by("title")
    form = AddToJobForm(request.POST or None, jobs=jobs, job=request.GET.get("job", ""))
    custom = CustomFieldsForm(request.POST or None, kind="application", user=request.user)
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        job: Job = form.cleaned_data["job"]
        with transaction.atomic():
            application = starting.open_application(
                candidate,
                job,
                by=request.user,
                stage=form.stage(),
                source=form.cleaned_data["source"],
                resume=candidate.documents.filter(kind="resume").order_by("-uploaded_at").first(),
            )
            custom_fields.set_values(application, request.user, custom.values())
        say(request, f"{candidate.name} is in {application.stage} for {job}")
        return go(request, next_url(request, candidate.get_absolute_url()))
    context = {
        "candidate": candidate,
        "form": form,
        "custom": custom,
        "no_jobs": not jobs.exists(),
        "next": next_url(request, ""),
    }
    return page_or_part(request, ADD, "drawer", context, status=422 if form.errors or custom.errors else 200)


def _moved(request: StaffRequest, application: Application) -> HttpResponse:
    undo = reverse("pipeline:application_undo", args=[application.pk])
    return answer(request, application, f"Moved {application.candidate.name} to {application.stage}", undo=undo)


def _move_page(request: StaffRequest, application: Application, form: MoveForm) -> dict[str, Any]:
    return {"application": application, "form": form, "next": next_url(request, "")}
