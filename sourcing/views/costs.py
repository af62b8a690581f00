"""What sources cost: by hand, by list, and the report of what came of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, events
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from sourcing.costs import entering, lists, report
from sourcing.costs.forms import CostForm, ListForm
from sourcing.costs.models import CostBatch, SourceCost
from sourcing.views import figures

SIZE = 50


@require_safe
def source_report(request: StaffRequest) -> HttpResponseBase:
    """Applications, qualified, hires and costs by source and period."""
    _must_distribute(request)
    jobs = _jobs(request)
    asked = report.read(request.user, request.GET, jobs)
    found = report.lines(asked)
    if wanted := request.GET.get("as"):
        if not access.can_export(request.user):
            raise PermissionDenied
        events.sensitive_read.send(SourceCost, action="exported", table=SourceCost._meta.db_table, object_id="report")
        return figures.as_file(
            wanted, f"sources {asked.first} to {asked.last}", report.HEADS, report.as_rows(asked, found)
        )
    context = {
        "asked": asked,
        "lines": found,
        "jobs": jobs,
        "definitions": report.DEFINITIONS,
        "may_export": access.can_export(request.user),
    }
    return render(request, "sourcing/source_report.html", context)


@require_safe
def source_figure(request: StaffRequest, source: str, what: str) -> HttpResponseBase:
    """The applications behind a number of the report."""
    _must_distribute(request)
    asked = report.read(request.user, request.GET, _jobs(request))
    counted = report.counted(asked, what, source)
    if counted is None:
        raise Http404
    crumbs = [
        ("Sources", reverse("sourcing:sources")),
        ("Report", f"{reverse('sourcing:source_report')}?{asked.query}"),
    ]
    return figures.answer(request, counted, crumbs=crumbs)


@require_safe
def cost_list(request: StaffRequest) -> HttpResponse:
    """Costs, the latest entered first; of one source and period when the report leads here."""
    _must_distribute(request)
    found = SourceCost.objects.visible_to(request.user).select_related("source", "job", "created_by", "batch")
    is_of_report = bool(request.GET.get("source"))
    if is_of_report:
        asked = report.read(request.user, request.GET, _jobs(request))
        found = report.costs(asked).select_related("source", "job", "created_by", "batch")
        found = found if request.GET["source"] == "all" else found.filter(source=_number(request.GET["source"]))
    else:
        found = found.standing()
    if after := _number(request.GET.get("after", "")):
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: SIZE + 1])
    context = {
        "rows": rows[:SIZE],
        "next": rows[SIZE - 1].pk if len(rows) > SIZE else "",
        "asked": asked if is_of_report else None,
        "batches": CostBatch.objects.visible_to(request.user).exclude(state=CostBatch.State.DISCARDED)[:10],
    }
    return render(request, "sourcing/cost_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_create(request: StaffRequest) -> HttpResponse:
    _must_distribute(request)
    last = SourceCost.objects.visible_to(request.user).order_by("-pk").first()
    initial = {"source": request.GET.get("source", ""), "currency": last.currency if last else "EUR"}
    form = CostForm(request.POST or None, jobs=_jobs(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            cost = entering.enter(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            say(request, f"Entered for {cost.source}.", undo=reverse("sourcing:cost_remove", args=[cost.pk]))
            return redirect("sourcing:costs")
    return _form(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_edit(request: StaffRequest, pk: int) -> HttpResponse:
    cost = _cost(request, pk)
    if cost.removed_at:
        raise Refused("It was taken out. Enter it anew.")
    form = CostForm(request.POST or None, jobs=_jobs(request), cost=cost)
    if request.method == "POST" and form.is_valid():
        try:
            entering.change(cost, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            say(request, "Saved.")
            return redirect("sourcing:costs")
    return _form(request, form, cost)


@require_POST
def cost_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a cost out, or put it back."""
    cost = _cost(request, pk)
    if request.POST.get("back") or cost.removed_at:
        entering.put_back(cost, by=request.user)
        say(request, "It counts again.")
    else:
        entering.remove(cost, by=request.user)
        say(request, "Taken out.", undo=reverse("sourcing:cost_remove", args=[cost.pk]))
    return redirect("sourcing:costs")


@require_http_methods(["GET", "HEAD", "POST"])
def cost_upload(request: StaffRequest) -> HttpResponse:
    """Read a list, to look at before it is entered."""
    _must_distribute(request)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            batch = lists.read(upload, upload.name, by=request.user)
        except Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect(batch)
    return render(request, "sourcing/cost_upload.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def cost_batch(request: StaffRequest, pk: int) -> HttpResponseBase:
    """What was read of a list: what can be entered, and every row that cannot, with why. `?as=csv` hands those out."""
    batch = _batch(request, pk)
    wrong = [line for line in batch.lines if line["problem"]]
    if wanted := request.GET.get("as"):
        rows = [
            [str(line["number"]), *(line["said"].get(key, "") for key in lists.COLUMNS), line["problem"]]
            for line in wrong
        ]
        return figures.as_file(wanted, f"{batch.name} problems", ["row", *lists.COLUMNS, "problem"], rows)
    context = {
        "batch": batch,
        "wrong": wrong[:200],
        "wrong_count": len(wrong),
        "fine": len(batch.lines) - len(wrong),
        "rows": batch.costs.visible_to(request.user).standing().select_related("source", "job")[:200],
    }
    return render(request, "sourcing/cost_batch.html", context)


@require_POST
def cost_batch_act(request: StaffRequest, pk: int, act: str) -> HttpResponse:
    """Enter a list, take it back, or set it aside."""
    batch = _batch(request, pk)
    if act == "enter":
        done = entering.enter_batch(batch, by=request.user)
        undo = reverse("sourcing:cost_batch_act", args=[batch.pk, "undo"])
        say(request, f"{done.entered:,} cost{'' if done.entered == 1 else 's'} entered.", undo=undo)
    elif act == "undo":
        entering.undo_batch(batch, by=request.user)
        say(request, "The whole list is taken back.")
    elif act == "discard":
        entering.discard(batch, by=request.user)
        say(request, "Nothing of the list was entered.")
        return redirect("sourcing:costs")
    else:
        raise Http404
    return redirect(batch)


def _form(request: StaffRequest, form: CostForm, cost: SourceCost | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "cost": cost}
    return render(request, "sourcing/cost_form.html", context, status=422 if form.errors else 200)


def _jobs(request: StaffRequest) -> QuerySet[Job]:
    return Job.objects.visible_to(request.user).order_by("title", "pk")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _must_distribute(request: StaffRequest) -> None:
    if not access.can_distribute(request.user):
        raise PermissionDenied


def _cost(request: StaffRequest, pk: int) -> SourceCost:
    _must_distribute(request)
    return get_object_or_404(SourceCost.objects.visible_to(request.user).select_related("source", "job"), pk=pk)


def _batch(request: StaffRequest, pk: int) -> CostBatch:
    _must_distribute(request)
    return get_object_or_404(CostBatch.objects.visible_to(request.user).select_related("by"), pk=pk)
