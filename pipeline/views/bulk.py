"""One decision over many applications, from the board's selection."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hiring import access
from hiring import acts as people_acts
from hiring import bulk as people_bulk
from hiring.errors import Refused
from hiring.forms.promises import KeepForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.matches import Matches
from hiring.models import Candidate, Job, Message
from pipeline import bulk as acts
from pipeline import feed, picking, rejection
from pipeline.filters import Filters
from pipeline.forms.moving import BulkMoveForm
from pipeline.forms.rejecting import RejectForm
from pipeline.models import Application, BulkAct
from pipeline.table import rows
from pipeline.table.asking import Place, Question
from pipeline.tasks import run_bulk_act
from pipeline.views import find_job, next_url

MOVE, REJECT, ACT = "pipeline/bulk_move.html", "pipeline/bulk_reject.html", "pipeline/bulk_act.html"
NAMED = 200  # failures shown by name on the result page


@require_POST
def bulk(request: StaffRequest, pk: int) -> HttpResponse:
    """Move or reject everybody selected, or do to the people what their list offers (tag, pool).

    Without what a decision takes (a stage, a reason), ask for it first.
    """
    job = find_job(request, pk)
    if not access.can_move(request.user, job):
        raise PermissionDenied
    if act := acts.confirmed(request.user, sent_with(request)["once"]):
        return go(request, act)  # sent twice: it is one act
    chosen = chosen_on(request, job)
    if not chosen:
        raise Refused("Nobody is selected.")
    if key := request.POST.get("action"):
        return _with_people(request, job, chosen, key)
    if request.POST.get("act") == "reject":
        return _reject(request, job, chosen)
    form = BulkMoveForm(request.POST if "to" in request.POST else None, job=job)
    if not form.is_valid():
        context = {"job": job, "form": form} | page_of(request, chosen)
        return render(request, MOVE, context, status=422 if form.errors else 200)
    return start(request, acts.start_move(job, chosen, form.cleaned_data["to"], by=request.user, **sent_with(request)))


@require_GET
def bulk_act(request: StaffRequest, pk: int) -> HttpResponse:
    """The result: how many, who not and why, and the way back. While it runs: how far it is."""
    act = _find(request, pk)
    back: BulkAct | None = getattr(act, "undone_by", None)
    context = {
        "act": act,
        "failed": _named(act),
        "unnamed": max(len(act.failed) - NAMED, 0),
        "handled": act.total - len(act.waiting),
        "may_undo": _may_undo(act),
        "back": back,
        "left_behind": _named(back) if back else [],
        "left_behind_unnamed": max(len(back.failed) - NAMED, 0) if back else 0,
    }
    return page_or_part(request, ACT, "progress", context)


def _named(act: BulkAct) -> list[tuple[str, str]]:
    """The first of those it could not be done for, by name, and why."""
    first = act.failed[:NAMED]
    people = Candidate.objects.filter(applications__in=[pk for pk, _ in first])
    names = dict(people.values_list("applications", "name"))
    return [(names.get(pk, "Somebody"), why.replace("{name}", names.get(pk, "This person"))) for pk, why in first]


@require_POST
def bulk_undo(request: StaffRequest, pk: int) -> HttpResponse:
    act = _find(request, pk)
    _demand(request, act)
    return start(request, acts.start_undo(act, by=request.user))


@require_POST
def bulk_stop(request: StaffRequest, pk: int) -> HttpResponse:
    act = _find(request, pk)
    _demand(request, act)
    acts.cancel(act)
    return go(request, act)


def _demand(request: StaffRequest, act: BulkAct) -> None:
    """Whoever stops an act or takes it back could have begun it: on the job they went to, too, and on the plan."""
    jobs = [act.job, act.to.job] if act.to else [act.job]
    may = all(access.can_move(request.user, job) for job in jobs)
    if not may or (act.retires_id and not access.can_edit_job(request.user, act.job)):
        raise PermissionDenied


def _with_people(request: StaffRequest, job: Job, chosen: list[int], key: str) -> HttpResponse:
    """What their list offers too is an act over people: carried out and taken back as such."""
    kind = people_bulk.kinds.get(key)
    if kind is None or not kind.on_board:
        raise BadRequest("action")
    if not kind.may(request.user):
        raise PermissionDenied
    once = _of_the_board(request, key)
    if act := people_acts.confirmed(request.user, once):
        return go(request, act)  # sent twice: it is one act
    theirs = Application.objects.visible_to(request.user).filter(job=job, pk__in=chosen)
    params = kind.read(request.POST, request.POST.get(f"value_{kind.key}", "").strip(), request.user)
    people = Matches.ticked(request.user, theirs.values_list("candidate", flat=True))
    try:
        act = people_acts.start(kind, people, params, once=once)
    except people_acts.AlreadyStarted as started:
        return go(request, started.act)
    if act.total > people_acts.AT_ONCE:
        return go(request, act)
    act = people_acts.run(act)
    undo = reverse("bulk_act_undo", args=[act.pk]) if people_acts.may_be_undone(act) else ""
    say(request, people_acts.said(act), undo=undo)
    return go(request, _back(request, job.pk))


def _reject(request: StaffRequest, job: Job, chosen: list[int]) -> HttpResponse:
    form = RejectForm(request.POST if "reason" in request.POST else None)
    keep = KeepForm(request.POST if "reason" in request.POST else None, user=request.user, needed=form.wants_keep)
    if form.is_bound and form.is_valid() & keep.is_valid():
        kept = keep.keep() if form.wants_keep else None
        return start(
            request,
            acts.start_rejection(job, chosen, by=request.user, keep=kept, **form.decision(), **sent_with(request)),
        )
    first = Application.objects.for_card().visible_to(request.user).filter(pk__in=chosen, job=job).first()
    letter = form.initial.get("template") if not form.is_bound else form.cleaned_data.get("template")
    context = {
        "job": job,
        "form": form,
        "keep": keep,
        "keeping": form.wants_keep,
        "first": first,
        "letter": rejection.merged(first, letter, by=request.user) if first and letter else None,
        "without_address": _without_address(chosen),
    } | page_of(request, chosen)
    return render(request, REJECT, context, status=422 if form.errors or keep.errors else 200)


def start(request: StaffRequest, act: BulkAct, *, back: str = "") -> HttpResponse:
    """Few are done within the request; many become a task with a page that shows its progress."""
    if act.total > acts.AT_ONCE:
        transaction.on_commit(lambda: run_bulk_act.delay(act.pk))
        return go(request, act)
    act = acts.run(act)
    if act.failed:
        return go(request, act)
    undo = reverse("pipeline:bulk_undo", args=[act.pk]) if _may_undo(act) else ""
    if is_swap(request):
        return tell(HttpResponse(status=204), request, "application-moved", toast=said(act), undo=undo)
    say(request, said(act), undo=undo)
    return go(request, back or _back(request, act.job_id))


def _back(request: StaffRequest, job_id: int) -> str:
    """The table people were picked in, else the board, both under their filters."""
    return next_url(request, f"{reverse('pipeline:board', args=[job_id])}?{request.GET.urlencode()}".rstrip("?"))


def said(act: BulkAct) -> str:
    people = f"{len(act.done):,} {'person' if len(act.done) == 1 else 'people'}"
    if act.kind == BulkAct.Kind.MOVE:
        return f"Moved {people} to {act.to}"
    if act.kind == BulkAct.Kind.REJECT:
        return f"Rejected {people}. {_mails(act)}"
    if act.kind == BulkAct.Kind.LETTER:
        return f"A letter to {people} waits, and can be stopped until it leaves."
    if act.kind == BulkAct.Kind.MAIL:
        return f"A mail to {people} waits, and can be stopped until it leaves."
    if act.kind == BulkAct.Kind.RETIRE and act.retires:
        return f"“{act.retires}” is out of the plan. {people} went on to {act.to}."
    if act.kind == BulkAct.Kind.TRANSFER and act.to:
        return f"{people} {'goes' if len(act.done) == 1 else 'go'} on for {act.to.job}"
    return f"Took it back for {people}"


def _mails(act: BulkAct) -> str:
    """How many mails wait because of a bulk rejection; people without an address get none."""
    mails = Message.objects.queued().filter(job=act.job_id, purpose="rejection", created_by=act.by_id)
    waiting = mails.filter(created_at__gte=act.at).count() if act.template_id else 0
    if not waiting:
        return "No mail is sent."
    return f"{waiting:,} mails wait and can be stopped." if waiting > 1 else "One mail waits and can be stopped."


def _may_undo(act: BulkAct) -> bool:
    left_the_plan = bool(act.retires and act.retires.retired_at)
    if act.kind == BulkAct.Kind.UNDO or not act.is_finished or not (act.done or left_the_plan):
        return False
    return getattr(act, "undone_by", None) is None  # which the page has read along; `start_undo` asks anew


def _find(request: StaffRequest, pk: int) -> BulkAct:
    acts_seen = BulkAct.objects.filter(job__in=Job.objects.visible_to(request.user))
    told = acts_seen.select_related("job", "by", "to__job", "reason", "retires", "undoes__to__job", "undone_by__by")
    act = get_object_or_404(told, pk=pk)
    if not access.can_see_pipeline(request.user, act.job):
        raise PermissionDenied
    return act


def sent_with(request: StaffRequest) -> dict[str, Any]:
    """What the page says of itself: its own id, and how fresh the board was that people were picked on."""
    try:
        once = uuid.UUID(request.POST.get("once", ""))
    except ValueError:
        once = None
    return {"once": once, "seen_at": feed.seen_at(request.POST.get("seen", ""))}


def _of_the_board(request: StaffRequest, key: str) -> uuid.UUID | None:
    """What names one press of a button on the board: its page, the act and what was chosen for it."""
    try:
        page = uuid.UUID(request.POST.get("page", ""))
    except ValueError:
        return None
    return uuid.uuid5(page, f"{key}:{request.POST.get(f'value_{key}', '')}")


def page_of(request: StaffRequest, chosen: list[int]) -> dict[str, Any]:
    """A page that asks before it is done carries an id of its own, the people in one field, and what the board knew of itself."""
    return {
        "once": request.POST.get("once") or uuid.uuid4(),
        "seen": request.POST.get("seen", ""),
        "next": next_url(request, ""),
        "number": len(chosen),
        "picked": picking.pack(chosen),
        "query": request.GET.urlencode(),
    }


def chosen_on(request: StaffRequest, job: Job) -> list[int]:
    """The applications picked one by one, whole columns under the filters of the URL as the board showed them, or all that a
    table shows."""
    filters, seen_at = Filters.read(request.GET), sent_with(request)["seen_at"]
    chosen = picking.picked(request.POST, job, request.user, filters, at_most=acts.AT_MOST, seen_at=seen_at)
    if request.POST.get("matching"):
        place = Place(request.user, job)
        chosen += rows.ids(place, Question.read(request.GET, place), acts.AT_MOST + 1)
        chosen = list(dict.fromkeys(chosen))
    if len(chosen) > acts.AT_MOST:
        raise Refused(f"More than {acts.AT_MOST:,} people at once are not possible. Narrow the selection.")
    return chosen


def _without_address(chosen: list[int]) -> int:
    people = Candidate.objects.filter(applications__in=chosen)
    with_one = people.filter(
        contact_points__kind="email", contact_points__is_live=True, contact_points__bounced_at=None
    )
    return people.distinct().count() - with_one.distinct().count()
