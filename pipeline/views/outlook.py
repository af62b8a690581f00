"""The numbers of a job: the forecast, and the people behind each number, as a page and as a file."""

from __future__ import annotations

from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from hiring import access, events, masks, sheets
from hiring.http import StaffRequest, page_or_part
from hiring.models import Job, Message
from pipeline.models import Application
from pipeline.outlook import figures, health
from pipeline.views import find_job

FIGURE, FORECAST = "pipeline/figure.html", "pipeline/forecast.html"
SIZE = 50
WEEKS = (4, 8, 13, 26)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def forecast(request: StaffRequest, pk: int) -> HttpResponse:
    """When the open places may be filled, how sure that is, and what it is made of."""
    job = find_job(request, pk)
    outlook = health.outlook(job)
    labels = dict(job.stages.model.Kind.choices)
    rows = [
        (labels[kind], outlook.basis.here.get(kind, 0), outlook.basis.rates[kind], outlook.basis.days.get(kind, ()))
        for kind in outlook.basis.kinds
    ]
    table = (
        [(weeks, [round(100 * one) for one in outlook.forecast.at(7 * weeks)]) for weeks in WEEKS]
        if outlook.forecast
        else []
    )
    plan = [round(100 * one) for one in outlook.by_plan] if outlook.by_plan else None
    context = {"job": job, "outlook": outlook, "rows": rows, "table": table, "plan": plan}
    return page_or_part(request, FORECAST, "panel", context)


@require_safe
def figure(request: StaffRequest, pk: int, key: str) -> HttpResponseBase:
    """Whom a number counts. `?as=csv` or `?as=xlsx` hands them out, to those who may take lists of people away."""
    job = find_job(request, pk)
    found = figures.find(job, key)
    if found is None:
        raise Http404
    may_export = access.can_export(request.user)
    if wanted := request.GET.get("as"):
        if not may_export:
            raise PermissionDenied
        return _file(request, job, found, wanted)
    after = request.GET.get("after", "")
    rows = found.people.select_related("candidate", "stage", "reason").order_by("-pk")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    shown = list(rows[: SIZE + 1])
    context = {
        "job": job,
        "figure": found,
        "total": found.people.count(),
        "rows": _with_letters(shown[:SIZE]) if key == "letters" else shown[:SIZE],
        "may_stop": key == "letters" and access.can_move(request.user, job),
        "next_after": shown[SIZE - 1].pk if len(shown) > SIZE else "",
        "may_export": may_export,
        "statuses": Application.Status,
    }
    return render(request, FIGURE, context)


def _with_letters(rows: list[Application]) -> list[Application]:
    """Each with the mail that waits, in one query."""
    people = [row.candidate_id for row in rows]
    waiting = Message.objects.queued().filter(candidate__in=people, purpose="rejection").order_by("-not_before")
    by_application = {(mail.dedupe_key or "").split(":")[1]: mail for mail in waiting if mail.dedupe_key}
    for row in rows:
        row.letter = by_application.get(str(row.pk))  # type: ignore[attr-defined]
    return rows


def _file(request: StaffRequest, job: Job, found: figures.Figure, wanted: str) -> HttpResponseBase:
    """The people of a number as a table; that they left is in the audit chain."""
    name = f"{job.requisition_id}-{slugify(found.title)}"
    events.sensitive_read.send(Job, action="exported", table=Job._meta.db_table, object_id=job.pk)
    rows = masks.read_by(request.user, figures.as_rows(found.people), job=job.pk)
    if wanted == "csv":
        lines = sheets.csv_lines(figures.HEADS, rows)
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    if wanted != "xlsx":
        raise Http404
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(file, figures.HEADS, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
