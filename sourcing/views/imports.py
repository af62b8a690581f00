"""The import wizard: choose a file, say what it holds, see what would happen, run it, read what became of it, take it back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hiring import access, cursors
from hiring.errors import Refused
from hiring.http import StaffRequest, go, is_swap, page_or_part, say
from sourcing.imports import batches, filing, own_fields, reporting, suspecting
from sourcing.imports.forms import MapForm, ShapeForm, SuspectForm, SuspectsForm, UploadForm, WhoseForm
from sourcing.imports.lines import Line
from sourcing.imports.models import ImportBatch

SHOWN = 30
ROWS = 50
Status = ImportBatch.Status


@require_GET
def import_list(request: StaffRequest) -> HttpResponse:
    _must_import(request)
    found = ImportBatch.objects.visible_to(request.user).select_related("by", "source").defer("sample", "mapping")
    if cursor := cursors.read(request.GET.get("after", "")):
        found = found.filter(created_at__lte=cursor[0]).exclude(created_at=cursor[0], pk__gte=cursor[1])
    rows = list(found[: SHOWN + 1])
    more = cursors.write(rows[SHOWN - 1].created_at, rows[SHOWN - 1].pk) if len(rows) > SHOWN else ""
    return render(request, "sourcing/import_list.html", {"batches": rows[:SHOWN], "next_after": more})


@require_http_methods(["GET", "HEAD", "POST"])
def import_create(request: StaffRequest) -> HttpResponse:
    _must_import(request)
    form = UploadForm(request.POST or None, request.FILES or None) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, "sourcing:import_map", batches.take(form.cleaned_data["file"], by=request.user).pk)
        except Refused as refused:
            form.add_error("file", refused.sentence)
    return render(request, "sourcing/import_create.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def import_map(request: StaffRequest, pk: int) -> HttpResponse:
    """What the columns are. POST with `reread` reads the file another way; without, the check begins."""
    batch = _batch(request, pk)
    if batch.is_at_work or batch.has_run:
        return go(request, batch)
    again = "reread" in request.POST
    shape_form = ShapeForm(request.POST if again else None, batch=batch)
    if again and shape_form.is_valid():
        try:
            batches.reread(batch, shape_form.chosen())
            return go(request, "sourcing:import_map", batch.pk)
        except Refused as refused:
            shape_form.add_error(None, refused.sentence)
    form = MapForm(request.POST if request.method == "POST" and not again else None, batch=batch, user=request.user)
    if form.is_bound and form.is_valid():
        return go(request, batches.start_check(batch, **form.arguments()))
    shown = _columns(batch, form, own_fields.hidden_places(batch, request.user))
    context = {"batch": batch, "form": form, "shape_form": shape_form, "columns": shown}
    return render(request, "sourcing/import_map.html", context, status=422 if form.errors or shape_form.errors else 200)


def _columns(batch: ImportBatch, form: MapForm, hidden: set[int]) -> list[dict[str, Any]]:
    return [
        {
            "header": header,
            "field": form[f"column_{place}"],
            "is_hidden": place in hidden,
            "values": [row[place] for row in batch.sample if place < len(row) and row[place]][:3],
        }
        for place, header in enumerate(batch.headers)
    ]


@require_GET
def import_page(request: StaffRequest, pk: int) -> HttpResponse:
    """The batch as it stands: progress, what the check foresees, or what became of it. A swap gets only the progress."""
    batch = _batch(request, pk)
    if batch.status == Status.MAPPING:
        return go(request, "sourcing:import_map", batch.pk)
    if batch.is_at_work:
        return page_or_part(request, "sourcing/import_progress.html", "progress", {"batch": batch})
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "progress":
        return go(request, batch)  # the work is done: the whole page is another one now
    if batch.status == Status.FAILED:
        return render(request, "sourcing/import_failed.html", {"batch": batch})
    show = request.GET.get("show", "")
    hidden = own_fields.hidden_places(batch, request.user)
    context = {"batch": batch, **reporting.page(batch, show, request.GET.get("after", ""), size=ROWS, hidden=hidden)}
    template = "sourcing/import_check.html" if batch.status == Status.CHECKED else "sourcing/import_result.html"
    return render(request, template, context)


@require_POST
def import_run(request: StaffRequest, pk: int) -> HttpResponse:
    return go(request, batches.start_run(_batch(request, pk)))


@require_POST
def import_suspects(request: StaffRequest, pk: int) -> HttpResponse:
    """What becomes of all rows that look like somebody."""
    batch = _batch(request, pk)
    form = SuspectsForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose what becomes of them.")
    suspecting.choose_for_all(batch, **form.cleaned_data)
    return go(request, f"{batch.get_absolute_url()}?show=suspected")


@require_POST
def import_suspect(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """What becomes of one of them. A swap gets the row."""
    batch = _batch(request, pk)
    row = get_object_or_404(batch.rows.select_related("batch", "candidate").exclude(suspects=[]), number=number)
    form = SuspectForm(request.POST, row=row)
    if not form.is_valid():
        raise Refused("Choose what becomes of this row.")
    suspecting.choose(row, **form.arguments())
    hidden = own_fields.hidden_places(batch, request.user)
    if is_swap(request):
        row = batch.rows.select_related("candidate").get(pk=row.pk)
        reporting.describe(batch, [row], hidden)
        return render(request, "sourcing/_import_row.html", {"batch": batch, "row": row})
    return go(request, f"{batch.get_absolute_url()}?show=suspected&after={number - 1}#row-{number}")


@require_POST
def import_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop where it is; `undo` takes back what is done, too."""
    return go(request, batches.stop(_batch(request, pk), undo="undo" in request.POST))


@require_POST
def import_undo(request: StaffRequest, pk: int) -> HttpResponse:
    return go(request, batches.start_undo(_batch(request, pk), by=request.user))


@require_POST
def import_discard(request: StaffRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    batches.throw_away(batch)
    say(request, f"{batch.name} is thrown away. Nobody was imported.")
    return go(request, "sourcing:imports")


@require_http_methods(["GET", "HEAD", "POST"])
def import_whose(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """Say whose one file is."""
    batch = _batch(request, pk)
    row = get_object_or_404(batch.rows, number=number, result="needs")
    form = WhoseForm(
        request.POST or None, initial={"name": row.name, "email": next(iter(Line.of(row.line).emails), "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = filing.complete(row, by=request.user, **form.cleaned_data)
            say(request, f"{done.name} is {'in' if done.candidate_id else 'ready to be imported'}.")
            return go(request, f"{batch.get_absolute_url()}?show=needs")
        except Refused as refused:
            form.add_error(None, refused.sentence)
    context = {"batch": batch, "row": row, "form": form}
    return render(request, "sourcing/import_whose.html", context, status=422 if form.errors else 200)


@require_GET
def import_report(request: StaffRequest, pk: int) -> StreamingHttpResponse:
    """Every row with its own columns, the result and what was wrong: mend it and import it again."""
    batch = _batch(request, pk)
    response = StreamingHttpResponse(
        reporting.lines(batch, request.GET.get("show", ""), hidden=own_fields.hidden_places(batch, request.user)),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _must_import(request: StaffRequest) -> None:
    if not access.can_import(request.user):
        raise PermissionDenied


def _batch(request: StaffRequest, pk: int) -> ImportBatch:
    _must_import(request)
    found = ImportBatch.objects.visible_to(request.user).select_related("by", "source", "owner", "pool", "undone_by")
    return get_object_or_404(found, pk=pk)
