"""Decisions on one application: move, undo, reject, restore, withdraw, stop the mail, add to a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, go, page_or_part, say
from hiring.models import Candidate, Job
from hiring.panels import Asked
from pipeline import moves, panels, rejection
from pipeline.forms import AddToJobForm, MoveForm, RejectForm
from pipeline.models import Application, Stage
from pipeline.views import answer, find_to_decide, next_url

MOVE = "pipeline/application_move.html"
REJECT = "pipeline/application_reject.html"
ADD = "pipeline/application_create.html"


@require_http_methods(["GET", "POST"])
def application_move(request: StaffRequest, pk: int) -> HttpResponse:
    application = find_to_decide(request, pk)
    if request.method == "GET":
        form = MoveForm(application=application)
        to = panels.next_of(application.stage, list(application.job.stages.all()))
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
    stages = list(application.job.stages.all())
    from_stage = next((stage for stage in stages if stage.pk == seen), application.stage)
    to = panels.next_of(from_stage, stages)
    if to is None:
        raise Refused("This is the last stage. From here an offer leads to a hire.")
    return _moved(request, moves.move(application, to, by=request.user, seen=from_stage))


@require_POST
def application_undo(request: StaffRequest, pk: int) -> HttpResponse:
    application = moves.undo_move(find_to_decide(request, pk), by=request.user)
    return answer(request, application, f"{application.candidate.name} is back in {application.stage}")


@require_http_methods(["GET", "POST"])
def application_reject(request: StaffRequest, pk: int) -> HttpResponse:
    """The decision with its reason, and the mail as this very person will get it. Opens in the drawer or as a page."""
    application = find_to_decide(request, pk)
    if request.method == "POST":
        form = RejectForm(request.POST)
        if form.is_valid():
            return _rejected(request, application, form)
        return render(request, REJECT, _reject_page(request, application, form), status=422)
    if "reason" in request.GET:  # asked by the page itself: how would the mail look?
        chosen = RejectForm(request.GET)
        chosen.is_valid()
        if "template" not in request.GET:  # the reason has changed: start from what goes with it
            chosen = RejectForm(reason=chosen.cleaned_data.get("reason"))
        return page_or_part(request, REJECT, "fields", _reject_page(request, application, chosen))
    return page_or_part(request, REJECT, "drawer", _reject_page(request, application, RejectForm()))


@require_POST
def application_restore(request: StaffRequest, pk: int) -> HttpResponse:
    application = rejection.restore(find_to_decide(request, pk), by=request.user)
    return answer(request, application, f"{application.candidate.name} is active again in {application.stage}")


@require_POST
def application_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    application = moves.withdraw(find_to_decide(request, pk), by=request.user)
    undo = reverse("pipeline:application_restore", args=[application.pk])
    return answer(request, application, f"{application.candidate.name} has withdrawn", undo=undo)


@require_POST
def rejection_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop the waiting mail; the decision stands."""
    application = find_to_decide(request, pk)
    if not rejection.stop_mail(application, by=request.user):
        raise Refused("No mail is waiting any more.")
    return answer(request, application, f"The mail to {application.candidate.name} is stopped")


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
    if request.method == "POST" and form.is_valid():
        job: Job = form.cleaned_data["job"]
        application = moves.open_application(
            candidate,
            job,
            by=request.user,
            stage=form.stage(),
            source=form.cleaned_data["source"],
            resume=candidate.documents.filter(kind="resume").order_by("-uploaded_at").first(),
        )
        say(request, f"{candidate.name} is in {application.stage} for {job}")
        return go(request, next_url(request, candidate.get_absolute_url()))
    context = {"candidate": candidate, "form": form, "no_jobs": not jobs.exists(), "next": next_url(request, "")}
    return page_or_part(request, ADD, "drawer", context, status=422 if form.errors else 200)


def _moved(request: StaffRequest, application: Application) -> HttpResponse:
    undo = reverse("pipeline:application_undo", args=[application.pk])
    return answer(request, application, f"Moved {application.candidate.name} to {application.stage}", undo=undo)


def _rejected(request: StaffRequest, application: Application, form: RejectForm) -> HttpResponse:
    application = rejection.reject(application, by=request.user, **form.cleaned_data)
    name, undo = application.candidate.name, reverse("pipeline:application_restore", args=[application.pk])
    waits = rejection.mail_of(application).filter(status="queued").exists()
    text = f"Rejected {name}. " + ("The mail waits and can be stopped." if waits else "No mail is sent.")
    return answer(request, application, text, undo=undo)


def _move_page(request: StaffRequest, application: Application, form: MoveForm) -> dict[str, Any]:
    stages: list[Stage] = list(application.job.stages.exclude(kind=Stage.Kind.HIRED))
    return {"application": application, "form": form, "stages": stages, "next": next_url(request, "")}


def _reject_page(request: StaffRequest, application: Application, form: RejectForm) -> dict[str, Any]:
    """The form beside the mail it would send. A missing field shows here, before anything is decided."""
    template, hours = _chosen(form)
    letter, problem = None, rejection.no_mail(application) if template else ""
    if template and not problem:
        try:
            letter = rejection.merged(application, template, by=request.user)
        except Refused as refusal:
            problem = refusal.sentence
    return {
        "application": application,
        "candidate": application.candidate,
        "form": form,
        "template": template,
        "letter": letter,
        "problem": problem,
        "leaves_at": rejection.leaves_at(application.candidate, by=request.user, delay=hours),
        "at_once": not hours,
        "next": next_url(request, ""),
    }


def _chosen(form: RejectForm) -> tuple[Any, dt.timedelta]:
    if not form.is_bound:
        return form.initial.get("template"), rejection.DELAY
    data = getattr(form, "cleaned_data", {})
    return data.get("template"), data.get("delay", rejection.DELAY)
