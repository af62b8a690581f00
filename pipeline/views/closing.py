"""Closing a job: a check list of what is open, who still waits for an answer, and what they are told."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, go, say
from hiring.models import Job, Opening, Posting
from pipeline import bulk, closing, rejection
from pipeline.forms.closing import AnswerForm, CloseForm, LetterForm
from pipeline.models import Application, BulkAct
from pipeline.tasks import run_bulk_act
from pipeline.views import find_job

PAGE = "pipeline/closing.html"
SHOWN = 50
NAMED = 20


@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """The check list; a POST closes the job, or answers those who were left when it closed."""
    job = find_job(request, pk)
    if request.method != "POST":
        return _page(request, job)
    _demand(request, job)
    why, answer = CloseForm(request.POST), AnswerForm(request.POST, job=job)
    is_closed, anybody = job.status == Job.Status.CLOSED, closing.waiting(job).exists()
    says_why, says_what = why.is_valid(), answer.is_valid()
    if not (says_why or is_closed) or not (says_what or not anybody):
        return _page(request, job, why=why, answer=answer if anybody else None, status=422)
    told = closing.Answer(**answer.cleaned_data) if anybody else None
    try:
        if is_closed:
            acts = closing.answer_waiting(job, told, by=request.user) if told else []
        else:
            acts = closing.close(job, by=request.user, reason=why.cleaned_data["why"], answer=told)
    except Refused as no:
        return _page(request, job, why=why, answer=answer if anybody else None, wrong=no.sentence, status=422)
    return started(request, job, acts, "Nobody was waiting." if is_closed else f"{job.title} is closed.")


@require_POST
def write(request: StaffRequest, pk: int) -> HttpResponse:
    """Send the letter to those who were turned down without a word."""
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    form = LetterForm(request.POST)
    if not form.is_valid():
        return _page(request, job, letter=form, status=422)
    acts = closing.write_to_untold(
        job, form.cleaned_data["template"], by=request.user, delay=form.cleaned_data["delay"]
    )
    return started(request, job, acts, "Nobody is left who can be written to.")


def started(request: StaffRequest, job: Job, acts: list[BulkAct], otherwise: str = "") -> HttpResponse:
    """Few are answered within the request; of many the page of the act says how far it is."""
    for act in acts:
        if act.total > bulk.AT_ONCE:
            transaction.on_commit(partial(run_bulk_act.delay, act.pk))
        else:
            bulk.run(act)
    if not acts:
        if otherwise:
            say(request, otherwise)
        return go(request, reverse("job_overview", args=[job.pk]))
    return go(request, max(acts, key=lambda act: act.total))


def _demand(request: StaffRequest, job: Job) -> None:
    if not (access.can_edit_job(request.user, job) and access.can_move(request.user, job)):
        raise PermissionDenied


def _page(
    request: StaffRequest,
    job: Job,
    *,
    why: CloseForm | None = None,
    answer: AnswerForm | None = None,
    letter: LetterForm | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    waiting, untold = closing.waiting(job), closing.untold(job)
    after = request.GET.get("after", "")
    shown = waiting.filter(pk__gt=int(after)) if after.isdecimal() and len(after) < 19 else waiting
    rows = list(shown.for_card()[: SHOWN + 1])
    answer = answer or AnswerForm(job=job)
    context: dict[str, Any] = {
        "job": job,
        "obstacles": closing.in_the_way(job),
        "may_close": access.can_edit_job(request.user, job) and access.can_move(request.user, job),
        "may_act": access.can_move(request.user, job),
        "openings": job.openings.filter(status=Opening.Status.OPEN).count(),
        "is_published": job.posting.status == Posting.Status.PUBLISHED,
        "waiting": waiting.count(),
        "rows": rows[:SHOWN],
        "next_after": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "unreachable": named(closing.unreachable(waiting)),
        "untold": named(closing.reachable(untold)),
        "untold_unreachable": named(closing.unreachable(untold)),
        "close_form": why or CloseForm(),
        "answer_form": answer,
        "letter": _sample(request, rows, answer),
        "letter_form": letter or LetterForm(),
        "wrong": wrong,
    }
    return render(request, PAGE, context, status=status)


def named(applications: Any) -> tuple[int, list[Application]]:
    """How many, and the first of them."""
    found = list(applications.select_related("candidate")[:NAMED])
    return (applications.count() if len(found) == NAMED else len(found)), found


def _sample(request: StaffRequest, rows: list[Application], form: AnswerForm) -> tuple[str, str] | None:
    """The letter as the first of them would get it."""
    chosen = form.initial.get("template") if not form.is_bound else form.cleaned_data.get("template")
    if not rows or chosen is None:
        return None
    try:
        return rejection.merged(rows[0], chosen, by=request.user)
    except Refused:
        return None
