"""Views of tables: keeping one, changing its name and readers, and which one opens first."""

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
from pipeline.models import TableView
from pipeline.table import kept
from pipeline.table.asking import Place, Question
from pipeline.table.forms import TableViewForm
from pipeline.views import find_job, next_url
from pipeline.views.table import address, find_everywhere

LIST, FORM = "pipeline/view_list.html", "pipeline/view_form.html"


@require_safe
def views(request: StaffRequest) -> HttpResponse:
    """One's own views and the shared ones, and which of them open first."""
    find_everywhere(request)
    rows = list(TableView.objects.visible_to(request.user).select_related("owner", "job"))
    first = kept.first_anywhere(request.user)
    return render(request, LIST, {"rows": [(row, row.pk in first) for row in rows]})


@require_http_methods(["GET", "HEAD", "POST"])
def view_create(request: StaffRequest) -> HttpResponse:
    """Keep the table that the address describes."""
    place = _place(request)
    question = Question.read(request.GET, place, kept.chosen(place))
    form = TableViewForm(request.POST or None, place=place, **_sharing(request, place.job))
    if request.method == "POST" and form.is_valid():
        try:
            view = kept.save(place, question, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, f"“{view}” is kept.")
            return redirect(address(place, {"view": view.pk, **question.as_query()}))
    context = {
        "form": form,
        "place": place,
        "job": place.job,
        "view": None,
        "back": address(place, question.as_query()),
    }
    return render(request, FORM, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Another name, or other readers."""
    view = _mine(request, pk)
    initial = {"name": view.name, "is_shared": view.is_shared}
    place = Place(request.user, view.job)
    form = TableViewForm(
        request.POST or None, initial=initial, place=place, is_kept=True, **_sharing(request, view.job)
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept.rename(view, **form.cleaned_data)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, "Saved.")
            return redirect("pipeline:views")
    context = {"form": form, "place": place, "job": view.job, "view": view, "back": reverse("pipeline:views")}
    return render(request, FORM, context, status=422 if form.errors else 200)


@require_POST
def view_update(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a view be the table as it is now."""
    view = _mine(request, pk)
    place = _place(request)
    if not kept.here(place).filter(pk=view.pk).exists():
        raise Refused("This view belongs to another table.")
    question = Question.read(request.GET, place, kept.chosen(place))
    kept.save(place, question, view.name, is_shared=view.is_shared, of_job=view.job_id is not None, view=view)
    say(request, f"“{view}” is what you see now.")
    return redirect(address(place, {"view": view.pk, **question.as_query()}))


@require_POST
def view_remove(request: StaffRequest, pk: int) -> HttpResponse:
    view = _mine(request, pk)
    kept.remove(view)
    say(
        request,
        f"The view “{view}” is gone. The applications are not.",
        undo=reverse("pipeline:view_restore", args=[pk]),
    )
    return redirect(next_url(request, reverse("pipeline:views")))


@require_POST
def view_restore(request: StaffRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(kept.removed_by(request.user), pk=pk)
    kept.restore(view)
    say(request, f"“{view}” is back.")
    return redirect(next_url(request, reverse("pipeline:views")))


@require_POST
def view_first(request: StaffRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(TableView.objects.visible_to(request.user), pk=pk)
    first = request.POST.get("first") == "1"
    kept.open_first(view, request.user, first=first)
    say(request, f"“{view}” opens first for you." if first else f"“{view}” no longer opens by itself.")
    return redirect(next_url(request, reverse("pipeline:views")))


def _place(request: StaffRequest) -> Place:
    """The table it is about: `of` names a job."""
    job = request.GET.get("of", "")
    if job.isdecimal() and len(job) < 10:
        return Place(request.user, find_job(request, int(job)))
    return find_everywhere(request)


def _mine(request: StaffRequest, pk: int) -> TableView:
    view = get_object_or_404(TableView.objects.visible_to(request.user).select_related("job"), pk=pk)
    if view.owner_id != request.user.pk:
        raise PermissionDenied
    return view


def _sharing(request: StaffRequest, job: Job | None) -> dict[str, bool]:
    """Of one job whoever may open its pipeline may share a view with those who may, too; for all jobs not everybody."""
    widely = access.can_share_table_views(request.user)
    return {"may_share": widely or job is not None, "may_share_widely": widely}
