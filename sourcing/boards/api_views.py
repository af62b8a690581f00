"""The public JSON API: the same postings for a web site of one's own, page by page, with the filters of the career site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from hiring import cursors
from hiring.http import public
from sourcing.boards import choosing, fetches, keeping, planning
from sourcing.boards.adverts import Advert
from sourcing.boards.answering import agent_of, headers_of, not_changed
from sourcing.boards.formats.public_api import shape
from sourcing.boards.registry import FORMATS
from sourcing.boards.texts import as_json
from sourcing.careers import listing
from sourcing.careers.asked import asked

PAGE, LARGEST_PAGE = 30, 100
OFF = "This list is switched off."


@public
@require_safe
def api_jobs(request: HttpRequest) -> HttpResponseBase:
    """The public API: open jobs, newest first, a page at a time; `next` leads on until it is null."""
    board = keeping.board_of("api")
    if board is None or not board.is_on:
        return _json({"error": OFF}, status=404)
    if (wrong := _wrong(request)) is not None:
        return wrong
    wanted, size, after = asked(request), int(request.GET.get("limit") or PAGE), request.GET.get("after", "")
    now = planning.state(board)
    headers = headers_of(board, now, vary=request.META.get("QUERY_STRING", ""))
    if (known := not_changed(request, headers)) is not None:
        fetches.counted(board, agent_of(request), status=304)
        return known
    fetches.counted(board, agent_of(request), status=200)
    rows = listing.matching(wanted).filter(pk__in=choosing.chosen(board).values("pk"))
    page = listing.find(wanted, after=after, size=size, within=rows)
    source = planning.source_of(board)
    data = {
        "count": rows.count(),
        "jobs": [shape(Advert(posting, source), whole=False) for posting in page.postings],
        "next": _next(request, page.older),
    }
    return _json(data, headers)


@public
@require_safe
def api_job(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One open job with its description; 404 for what was never public or is no more."""
    board = keeping.board_of("api")
    if board is None or not board.is_on:
        return _json({"error": OFF}, status=404)
    found = choosing.chosen(board).with_places().prefetch_related("translations").filter(slug=slug).first()
    if found is None:
        return _json({"error": "There is no open job at this address."}, status=404)
    headers = headers_of(board, planning.state(board), vary=slug)
    known = not_changed(request, headers)
    return known if known is not None else _json(shape(Advert(found, planning.source_of(board))), headers)


def _wrong(request: HttpRequest) -> HttpResponse | None:
    """What cannot be answered, said to whoever writes the program."""
    limit = request.GET.get("limit", "")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= LARGEST_PAGE):
        return _json({"error": f"limit is a whole number from 1 to {LARGEST_PAGE}."}, status=400)
    after = request.GET.get("after", "")
    if after and cursors.read(after) is None:
        return _json({"error": "after is what an earlier page gave as part of its next."}, status=400)
    for name in ("department", "location"):
        if request.GET.get(name) and getattr(asked(request), name) is None:
            return _json({"error": f"{name} is a whole number."}, status=400)
    return None


def _next(request: HttpRequest, older: str) -> str | None:
    if not older:
        return None
    query = {name: value for name, value in request.GET.items() if name != "after"} | {"after": older}
    return f"{settings.SITE_URL}{reverse('careers:api_jobs')}?{urlencode(query)}"


def _json(data: dict[str, Any], headers: dict[str, str] | None = None, *, status: int = 200) -> HttpResponse:
    headers = headers or {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    return HttpResponse(as_json(data), status=status, content_type=FORMATS["api"].content_type, headers=headers)
