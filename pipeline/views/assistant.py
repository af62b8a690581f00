"""The writing assistant's pages: its switch on a job, the drafts beside an application, and what is done with them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, semantic
from hiring.errors import Refused
from hiring.http import StaffRequest, go, is_swap, page_or_part, say
from hiring.models import Candidate, Job
from hiring.semantic.model import NAME as LOCAL_MODEL
from pipeline.assistant import drafts, material, server, shown, switching, using
from pipeline.forms.assistant import WishForm
from pipeline.models import Application, AssistantDraft
from pipeline.views import next_url

JOB = "pipeline/assistant_job.html"
SUMMARY = "pipeline/assistant_summary.html"
MESSAGE = "pipeline/assistant_message.html"
SHOWN = 25
Kind = AssistantDraft.Kind


# ---------- On the job ----------


@require_safe
def assistant_job(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the assistant may be asked about this job, what is sent where, drafts of criteria, and what was asked so far."""
    job = _job(request, pk)
    return page_or_part(request, JOB, "criteria", _of_job(request, job))


@require_POST
def assistant_switch(request: StaffRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not access.can_switch_assistant(request.user, job):
        raise PermissionDenied
    made = switching.switch(job, on=request.POST.get("on") == "1", by=request.user)
    say(request, "The assistant may be asked about this job." if made.is_on else "The assistant is off for this job.")
    return go(request, "pipeline:assistant_job", job.pk)


@require_POST
def assistant_criteria(request: StaffRequest, pk: int) -> HttpResponse:
    job = _job(request, pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    drafts.ask(Kind.CRITERIA, job, by=request.user)
    if is_swap(request):
        return page_or_part(request, JOB, "criteria", _of_job(request, job))
    return redirect("pipeline:assistant_job", job.pk)


def _job(request: StaffRequest, pk: int) -> Job:
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_see_pipeline(request.user, job):
        raise PermissionDenied
    return job


def _of_job(request: StaffRequest, job: Job) -> dict[str, Any]:
    may_edit = access.can_edit_job(request.user, job)
    asked = AssistantDraft.objects.visible_to(request.user).for_page().filter(job=job)
    return {
        "job": job,
        "is_set_up": server.is_set_up(),
        "host": server.host(),
        "is_on": switching.is_on(job),
        "switch": switching.newest(job),
        "may_switch": access.can_switch_assistant(request.user, job),
        "may_ask": may_edit,
        "may_see_use": access.can_see_assistant_use(request.user),
        "purposes": shown.PURPOSES,
        "slot": shown.of_slot(request.user, Kind.CRITERIA, job),
        "asked": asked.order_by("-pk")[:SHOWN],
    }


# ---------- Beside an application ----------


@require_http_methods(["GET", "POST"])
def application_summary(request: StaffRequest, pk: int) -> HttpResponse:
    """The summary of an application, with what is sent for it; POST asks for one."""
    application = _application(request, pk)
    if request.method == "POST":
        if not access.can_move(request.user, application.job):
            raise PermissionDenied
        drafts.ask(Kind.SUMMARY, application.job, by=request.user, application=application)
        if not is_swap(request):
            return redirect(next_url(request, request.path))
    return page_or_part(request, SUMMARY, "summary", _of_application(request, application))


def _application(request: StaffRequest, pk: int) -> Application:
    found = Application.objects.visible_to(request.user).for_card()
    application = get_object_or_404(found.select_related("job__department", "job__location"), pk=pk)
    if not access.can_see_pipeline(request.user, application.job):
        raise PermissionDenied
    return application


def _of_application(request: StaffRequest, application: Application) -> dict[str, Any]:
    context = {"application": application, "one": shown.summary_of(request.user, application), "host": server.host()}
    if is_swap(request):
        return context
    try:
        draft = AssistantDraft(kind=Kind.SUMMARY, job=application.job, application=application)
        return context | {"sent": material.of(draft)}
    except Refused as no:
        return context | {"nothing": no.sentence}


# ---------- A message ----------


@require_http_methods(["GET", "POST"])
def assistant_message(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a message to a person drafted: what to say, about which job. What comes back only fills the form of a message."""
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_write_mail(request.user):
        raise PermissionDenied
    jobs = shown.jobs_of(request.user, candidate)
    form = WishForm(request.POST or None, jobs=jobs)
    if request.method == "POST" and form.is_valid():
        wish, job = form.cleaned_data["wish"], form.cleaned_data["job"]
        drafts.ask(
            Kind.MESSAGE,
            job,
            by=request.user,
            candidate=candidate,
            about=_mine(request, candidate),
            brief={"wish": wish},
        )
        return go(request, "pipeline:assistant_message", candidate.pk)
    slot = shown.message_of(request.user, candidate)
    if slot.latest and not form.is_bound:
        form = WishForm(None, jobs=jobs, initial={"wish": slot.latest.brief.get("wish", ""), "job": slot.latest.job_id})
    context = {"candidate": candidate, "jobs": jobs, "form": form, "slot": slot, "host": server.host()}
    return page_or_part(request, MESSAGE, "draft", context, status=422 if form.errors else 200)


def _mine(request: StaffRequest, candidate: Candidate) -> str:
    return f"{request.user.pk}:{candidate.pk}"


# ---------- How it is used ----------


@require_safe
def assistant_use(request: StaffRequest) -> HttpResponse:
    """What the assistant was asked, by job: how often, with what success, at what cost (AI-1, AI-13)."""
    if not access.can_see_assistant_use(request.user):
        raise PermissionDenied
    page = using.of_everybody(request.user, since=request.GET.get("since", ""))
    return render(
        request, "pipeline/assistant_use.html", page | {"local": {"is_on": semantic.is_on(), "model": LOCAL_MODEL}}
    )


# ---------- What a person does with a draft ----------


@require_POST
def draft_keep(request: StaffRequest, pk: int) -> HttpResponse:
    draft = drafts.keep(_draft(request, pk), by=request.user)
    return _answer(request, draft, "Kept. It stays marked as written by a machine.")


@require_POST
def draft_discard(request: StaffRequest, pk: int) -> HttpResponse:
    draft = drafts.discard(_draft(request, pk), by=request.user)
    return _answer(request, draft, "Put away.")


@require_POST
def draft_again(request: StaffRequest, pk: int) -> HttpResponse:
    draft = drafts.again(_draft(request, pk), by=request.user)
    return _answer(request, draft, "")


def _draft(request: StaffRequest, pk: int) -> AssistantDraft:
    """A draft the person may decide on: as whoever could have asked for it, and of messages only their own."""
    seen = AssistantDraft.objects.for_page().filter(job__in=Job.objects.visible_to(request.user))
    draft = get_object_or_404(seen.select_related("application", "candidate", "job__posting"), pk=pk)
    may = access.can_edit_job if draft.kind in (Kind.CRITERIA, Kind.QUESTIONS) else access.can_move
    is_theirs = draft.kind != Kind.MESSAGE or draft.asked_by_id == request.user.pk
    if not is_theirs or not may(request.user, draft.job):
        raise PermissionDenied
    return draft


def _answer(request: StaffRequest, draft: AssistantDraft, said: str) -> HttpResponse:
    if is_swap(request) and draft.kind == Kind.SUMMARY and draft.application_id:
        application = _application(request, draft.application_id)
        return page_or_part(request, SUMMARY, "summary", _of_application(request, application))
    if is_swap(request) and draft.kind == Kind.CRITERIA:
        return page_or_part(request, JOB, "criteria", _of_job(request, _job(request, draft.job_id)))
    if said:
        say(request, said)
    return go(request, next_url(request, "") or _home(draft))


def _home(draft: AssistantDraft) -> str:
    if draft.kind == Kind.SUMMARY:
        return reverse("pipeline:application_summary", args=[draft.application_id])
    if draft.kind == Kind.MESSAGE:
        return reverse("pipeline:assistant_message", args=[draft.candidate_id])
    return reverse("pipeline:assistant_job", args=[draft.job_id])
