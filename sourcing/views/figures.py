"""The page and the files behind a number of sourcing (sourcing/counted.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from hiring import access, events, masks, sheets
from hiring.http import StaffRequest
from pipeline.models import Application
from sourcing import counted
from sourcing.counted import Counted

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Crumbs = Sequence[tuple[str, str]]


def answer(request: StaffRequest, found: Counted, *, crumbs: Crumbs) -> HttpResponseBase:
    """The rows a page at a time; `?as=csv` or `?as=xlsx` hands all of them out, to those who may take lists of people away."""
    may_export = access.can_export(request.user)
    if wanted := request.GET.get("as"):
        if not may_export:
            raise PermissionDenied
        events.sensitive_read.send(
            Application, action="exported", table=Application._meta.db_table, object_id=found.key
        )
        rows = masks.read_by(request.user, counted.as_rows(found))
        return as_file(wanted, found.title, counted.HEADS, rows)
    page = counted.page(found, after=request.GET.get("after", ""))
    context = {"counted": found, "page": page, "crumbs": crumbs, "may_export": may_export}
    return render(request, "sourcing/figure.html", context)


def as_file(wanted: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponseBase:
    """A table as CSV, line by line, or as a whole XLSX file."""
    name = slugify(title)[:60] or "table"
    if wanted == "csv":
        lines = StreamingHttpResponse(sheets.csv_lines(heads, rows), content_type="text/csv; charset=utf-8")
        lines["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return lines
    if wanted != "xlsx":
        raise Http404
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(file, heads, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
