"""The list of people: searched, narrowed by facets that edit the search, completed while typing, and explained."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_safe

from hiring import access, bulk, explaining, facets, passages, search, search_log, standings
from hiring.http import StaffRequest, is_swap, page_or_part, tell
from hiring.models import Candidate, Job
from hiring.query import QueryError, edits, marking, said
from hiring.query.fields import all_open_to, fields

PAGE = 50
TEMPLATE = "hiring/candidate_list.html"


@require_safe
def candidate_list(request: StaffRequest) -> HttpResponse:
    """Everybody one may see who matches the search. What was typed stays, also when it cannot be understood."""
    _may_browse(request)
    text = _text(request)
    sort = request.GET.get("sort", "")
    problem: QueryError | None = None
    try:
        found = search.find(text, request.user, after=request.GET.get("after", ""), sort=sort, size=PAGE)
    except QueryError as caught:
        found, problem = search.Results(), caught
    job = _job(request)
    if text and problem is None:
        shown = [row.pk for row in found.rows]
        search_log.keep(text, request.user, shown, job=job, total=found.total, is_estimate=found.is_estimate)
    _dress(request, found)
    context: dict[str, Any] = {
        "q": text,
        "asked": _asked(request),
        "problem": problem,
        "offer": edits.put_right(text, problem, request.user) if problem else "",
        "at_fault": _at_fault(text, problem),
        "found": found,
        "rows": found.rows,
        "next": found.next,
        "total": found.total,
        "is_estimate": found.is_estimate,
        "chips": edits.chips(found.node),
        "for_job": job,
        "sort": found.sort,
        "sorts": [(key, label) for key, label in search.SORTS.items() if key != "best" or text],
        "is_first": not request.GET.get("after"),
        "actions": bulk.offered(request.user),
        "may_create": access.can_add_candidates(request.user),
        "may_import": access.can_import(request.user),
    }
    if "facets" in request.GET and problem is None:
        context |= {"column": facets.column(text, request.user), "keep": _kept(request)}
    if request.htmx.target == "find-page":  # a chip or a facet: the box above changes too
        return page_or_part(request, TEMPLATE, "page", context)
    response = page_or_part(request, TEMPLATE, "list", context)
    return tell(response, request, "searched") if is_swap(request) else response


@require_GET
def candidate_facets(request: StaffRequest) -> HttpResponse:
    """The facet column of a search, asked for once its people are there."""
    _may_browse(request)
    try:
        column = facets.column(_text(request), request.user)
    except QueryError:
        column = facets.Column([])  # the list has said what is wrong
    return render(request, f"{TEMPLATE}#facets", {"column": column, "keep": _kept(request), "q": _text(request)})


@require_GET
def candidate_complete(request: StaffRequest) -> HttpResponse:
    """Fields and values for what stands before the cursor (`at`) of a search that is being typed."""
    _may_browse(request)
    text = _typed(request.GET.get("q", ""))[: search.LONGEST_QUERY]
    at = request.GET.get("at", "")
    place = int(at) if at.isdecimal() and len(at) < 6 else len(text)
    return render(request, "hiring/query_completions.html", {"completions": edits.complete(text, place, request.user)})


@require_GET
def candidate_check(request: StaffRequest) -> HttpResponse:
    """Beside a search that is being typed where no list shows it: what is wrong with it, or how many match."""
    _may_browse(request)
    text = _typed(request.GET.get("q", request.GET.get("text", ""))).strip()
    result = said.Said()
    try:
        if text:
            found = search.find(text, request.user, size=1)
            total = 0 if found.similar else found.total
            result = said.Said(text, total=total, is_estimate=found.is_estimate)
    except QueryError as problem:
        result = said.wrong(text, problem, request.user)
    return render(request, "hiring/query_said.html", {"said": result})


@require_GET
def search_help(request: StaffRequest) -> HttpResponse:
    """What can be written into a search: every field this person may use, their organisation's own included, with examples."""
    _may_browse(request)
    known = all_open_to(request.user)
    context = {
        "fields": [one for one in known if one.name in fields],
        "own": [one for one in known if one.name not in fields],
    }
    return page_or_part(request, "hiring/search_help.html", "help", context)


@require_GET
def candidate_why(request: StaffRequest, pk: int) -> HttpResponse:
    """Why this person is among those a search finds."""
    _may_browse(request)
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    text, reasons, problem = _text(request), [], None
    try:
        reasons = explaining.why(text, request.user, candidate, sort=request.GET.get("sort", ""))
    except QueryError as caught:
        problem = caught
    context = {"candidate": candidate, "q": text, "reasons": reasons, "problem": problem}
    return page_or_part(request, "hiring/candidate_why.html", "reasons", context)


def _may_browse(request: StaffRequest) -> None:
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied


def _text(request: StaffRequest) -> str:
    return _typed(request.GET.get("q", "")).strip()


def _typed(text: str) -> str:
    """What a database takes of it: no letter of value zero, which no keyboard has."""
    return text[: search.LONGEST_QUERY + 1].replace("\x00", " ")


def _job(request: StaffRequest) -> Job | None:
    """The job somebody searches for, when they came from one."""
    asked = facets.ids([request.GET.get("for", "")])
    return Job.objects.visible_to(request.user).filter(pk__in=asked).first() if asked else None


def _dress(request: StaffRequest, found: search.Results) -> None:
    """What a row shows beyond the person: where they stand, the passage, and marks in the short texts."""
    stands = standings.of_people(request.user, [row.pk for row in found.rows])
    wanted = marking.words(found.node)
    for row in found.rows:
        row.key = str(row.pk)  # type: ignore[attr-defined]  # a number would be asked how the reader writes it
        row.passage = found.passages.get(row.pk)  # type: ignore[attr-defined]
        row.stands = stands.get(row.pk, [])  # type: ignore[attr-defined]
        row.marked = {  # type: ignore[attr-defined]
            "name": passages.mark(row.name, wanted),
            "headline": passages.mark(row.headline, wanted),
            "location": passages.mark(row.location, wanted),
        }


def _at_fault(text: str, problem: QueryError | None) -> tuple[str, str, str] | None:
    """The query in three pieces: before the mistake, the mistake, after it."""
    if problem is None:
        return None
    start, end = problem.start, min(problem.end, problem.start + 80)
    return text[max(start - 60, 0) : start], text[start:end], text[end : end + 60]


def _asked(request: StaffRequest) -> str:
    """The list as a query string without its page: what an act on all matches is about."""
    params = request.GET.copy()
    for key in ("after", "facets"):
        params.pop(key, None)
    return params.urlencode()


def _kept(request: StaffRequest) -> str:
    """What a facet's link keeps of the address beside the query, as its end."""
    kept = {key: request.GET[key] for key in ("sort", "for", "facets") if request.GET.get(key)}
    return f"&{urlencode(kept)}" if kept else ""
