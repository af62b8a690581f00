"""Applications as a table: of a job, or of all one may see; its columns and its files."""

from __future__ import annotations

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hiring import access, bulk, events, exports, limits, sheets
from hiring.errors import Refused
from hiring.http import StaffRequest, go, page_or_part
from hiring.models import Job, Source, User
from pipeline import sub_status
from pipeline.models import Application, TableView
from pipeline.screening import narrowing
from pipeline.table import files, kept, rows
from pipeline.table.asking import KEPT, STATUSES, WEIGHED_UP_TO, Place, Question
from pipeline.table.columns import NAME, Column
from pipeline.views import find_job
from pipeline.views.board import frame

PAGE = "pipeline/table.html"
FILES_AN_HOUR = 60
ONCE = ("after", "as", "choose")
"""What of an address belongs to one request and is not carried on."""


@require_safe
def table(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A job's applications. `?as=csv` or `?as=xlsx` hands out all of them, as they are seen."""
    return _table(request, Place(request.user, find_job(request, pk)))


@require_safe
def applications(request: StaffRequest) -> HttpResponseBase:
    """The applications of all jobs whose pipeline one may open."""
    return _table(request, find_everywhere(request))


@require_POST
def table_columns(request: StaffRequest, pk: int) -> HttpResponse:
    return _choose(request, Place(request.user, find_job(request, pk)))


@require_POST
def applications_columns(request: StaffRequest) -> HttpResponse:
    return _choose(request, find_everywhere(request))


def find_everywhere(request: StaffRequest) -> Place:
    if not access.can_browse_applications(request.user):
        raise PermissionDenied
    return Place(request.user)


def address(place: Place, query: Mapping[str, Any]) -> str:
    said = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"{place.url}?{said}" if said else place.url


def of(request: StaffRequest) -> dict[str, str]:
    """The address of the table without what belongs to one request."""
    return {name: str(value) for name, value in request.GET.items() if name not in ONCE}


def view_here(request: StaffRequest, place: Place) -> TableView | None:
    """The view that the address names, if it may be opened on this table."""
    pk = request.GET.get("view", "")
    return kept.here(place).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None


# --- the page -------------------------------------------------------------------------------------------------------


def _table(request: StaffRequest, place: Place) -> HttpResponseBase:
    view = view_here(request, place) if request.GET else kept.first_of(place)
    if view and not set(of(request)) & set(KEPT):
        opened = kept.opened(view, place)
        return go(request, address(place, {"view": view.pk, **opened.asks}))
    question = Question.read(request.GET, place, kept.chosen(place))
    if wanted := request.GET.get("as"):
        return _file(request, place, question, wanted)
    context = _page(request, place, question, view) | (
        frame(request, place.job, question.filters) if place.job else _bar(request, question)
    )
    return page_or_part(request, PAGE, "rows", context | {"attention": None})


def _page(request: StaffRequest, place: Place, question: Question, view: TableView | None) -> dict[str, Any]:
    page, user = rows.page(place, question), request.user
    may_move = bool(place.job and access.can_move(user, place.job))
    actions = bulk.offered(user, on_board=True) if may_move else [] if place.job else _people_acts(user)
    return {
        "place": place,
        "question": question,
        "page": page,
        "heads": [_head(request, place, page, place.columns[key]) for key in question.columns],
        "statuses": STATUSES,
        "stage_name": dict(place.stages).get(question.stage, ""),
        "views": list(kept.here(place)),
        "view": view,
        "left_out": kept.opened(view, place).left_out if view else [],
        "is_changed": bool(view and kept.is_changed(view, place, question)),
        "is_mine": bool(view and view.owner_id == user.pk),
        "may_export": access.can_export(user),
        "may_move": may_move,
        "actions": actions,
        "may_write": access.can_write_mail(user),
        "picks": "pick" if place.job else "candidate",
        "may_pick": may_move or bool(actions),
        "here": urlencode(of(request)),
        "back": address(place, of(request)),
        "seen": f"{timezone.now().timestamp():.6f}-0",
        "chooser": _chooser(place, question),
        "is_choosing": request.GET.get("choose") == "1",
        "columns_url": reverse("pipeline:table_columns", args=[place.job.pk])
        if place.job
        else reverse("pipeline:applications_columns"),
        "keep_url": _keep_url(place, question),
        "walked": [column.label for column in place.columns.values() if rows.may_order(place, column, is_many=True)],
        "most_weighed": WEIGHED_UP_TO,
    }


def _people_acts(user: User) -> list[bulk.Kind]:
    return bulk.offered(user) if access.can_add_candidates(user) else []


def _head(request: StaffRequest, place: Place, page: rows.Page, column: Column) -> dict[str, Any]:
    """A column's head: its name, where it leads, and which way round it orders the table now."""
    found: dict[str, Any] = {"label": column.label, "is_number": column.is_number, "sorted": "", "url": ""}
    if column.sort is None or not rows.may_order(place, column, page.is_many):
        return found
    sort = page.sort
    by = column.sort.first + column.key
    if sort.removeprefix("-") == column.key:
        found["sorted"] = "descending" if sort.startswith("-") else "ascending"
        by = column.key if sort.startswith("-") else f"-{column.key}"
    return found | {"url": f"?{urlencode({**of(request), 'sort': by})}"}


def _chooser(place: Place, question: Question) -> list[dict[str, Any]]:
    """All columns: those shown first, in their order, then the rest as they come."""
    shown = [key for key in question.columns if key != NAME]
    rest = [key for key in place.columns if key not in question.columns]
    last = len(shown) - 1
    found = [
        {"column": place.columns[key], "is_shown": True, "is_first": at == 0, "is_last": at == last}
        for at, key in enumerate(shown)
    ]
    return found + [{"column": place.columns[key], "is_shown": False} for key in rest]


def _keep_url(place: Place, question: Question) -> str:
    of_job = {"of": place.job.pk} if place.job else {}
    return f"{reverse('pipeline:view_create')}?{urlencode({**of_job, **question.as_query()})}"


def _bar(request: StaffRequest, question: Question) -> dict[str, Any]:
    """The filters of the table of all jobs."""
    return {
        "filters": question.filters,
        "owners": list(
            User.objects.filter(is_active=True, candidates__isnull=False).distinct().order_by("full_name")[:100]
        ),
        "standings": list(sub_status.KINDS.values()),
        "sources": list(Source.objects.filter(is_active=True)),
        "meets": [(narrowing.MUSTS, narrowing.MEETS[narrowing.MUSTS])],
        "kept": [(name, value) for name, value in of(request).items() if name != "q"],
        "switch_query": "",
    }


# --- columns --------------------------------------------------------------------------------------------------------


def _choose(request: StaffRequest, place: Place) -> HttpResponse:
    """Show these columns in this order. While a view is open they are part of the address; else they are remembered."""
    query = of(request)
    columns = _ordered(request.POST) if "usual" not in request.POST else []
    if query.get("view"):
        query["cols"] = (
            ",".join(place.known(columns)) if columns else ",".join(place.usual(query.get("status", "active")))
        )
    else:
        query.pop("cols", None)
        kept.choose(place, columns)
        query.setdefault("status", "active")  # an address that says nothing opens the first view
    is_going_on = "up" in request.POST or "down" in request.POST
    return redirect(address(place, {**query, "choose": "1"}) + "#columns" if is_going_on else address(place, query))


def _ordered(posted: QueryDict) -> list[str]:
    """The columns that were ticked, in the order of the list, one of them moved up or down."""
    ticked = set(posted.getlist("column"))
    columns = [key for key in posted.getlist("order") if key in ticked and key != NAME]
    for way, step in (("up", -1), ("down", 1)):
        key = posted.get(way, "")
        if key in columns:
            at = columns.index(key)
            columns.insert(max(at + step, 0), columns.pop(at))
    return [NAME, *columns]


# --- files ----------------------------------------------------------------------------------------------------------


def _file(request: StaffRequest, place: Place, question: Question, wanted: str) -> HttpResponseBase:
    """All rows as a file, for those who may take lists of people away; that they left is in the audit chain."""
    if not access.can_export(request.user):
        raise PermissionDenied
    if wanted not in exports.FORMATS:
        raise Http404
    if not limits.allows("export", str(request.user.pk), most=FILES_AN_HOUR, seconds=3600):
        raise Refused(f"You took {FILES_AN_HOUR} files in an hour. Wait a little.")
    most = files.XLSX_AT_MOST if wanted == "xlsx" else files.AT_MOST
    ids = rows.ids(place, question, most + 1)
    if len(ids) > most:
        other = " Narrow the table, or take it as CSV." if wanted == "xlsx" else " Narrow the table."
        raise Refused(f"An {exports.FORMATS[wanted]} file holds at most {most:,} rows here.{other}")
    _audit(place)
    heads, lines = files.heads(place, question), files.lines(place, question, ids)
    name = f"{place.job.requisition_id if place.job else 'all'}-applications-{timezone.localdate():%Y-%m-%d}.{wanted}"
    if wanted == "csv":
        answer = StreamingHttpResponse(sheets.csv_lines(heads, lines), content_type=exports.TYPES["csv"])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(file, heads, lines)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=exports.TYPES["xlsx"])


def _audit(place: Place) -> None:
    if place.job:
        events.sensitive_read.send(Job, action="exported", table=Job._meta.db_table, object_id=place.job.pk)
    else:
        events.sensitive_read.send(Application, action="exported", table=Application._meta.db_table, object_id="all")
