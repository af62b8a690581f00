"""Feeds as their readers fetch them: streamed, packed, and not sent again when nothing has changed (JOB-25, JOB-29)."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from hiring.http import public
from sourcing.boards import choosing, fetches, keeping, planning, streaming
from sourcing.boards.answering import agent_of, headers_of, not_changed
from sourcing.boards.models import Board
from sourcing.boards.registry import FORMATS
from sourcing.boards.shapes import Feed


@public
@require_safe
def feed(request: HttpRequest, key: str, token: str) -> HttpResponseBase:
    """The feed of a board, at the address that was handed to it. A revoked address leads nowhere."""
    board = keeping.board_of(key)
    if board is None or FORMATS[key].is_open:
        raise Http404
    if not constant_time_compare(board.token, token):
        fetches.counted(board, agent_of(request), status=404)
        return HttpResponse("This feed has moved. Ask for its new address.\n", status=404, content_type="text/plain")
    return _answer(request, board)


@public
@require_safe
def open_feed(request: HttpRequest, key: str) -> HttpResponseBase:
    """A feed for anybody; it does not exist while it is off."""
    board = keeping.board_of(key)
    if board is None or not FORMATS[key].is_open or FORMATS[key].is_paged or not board.is_on:
        raise Http404
    return _answer(request, board)


# --- a whole feed ---------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, board: Board) -> HttpResponseBase:
    now = planning.state(board)
    headers = headers_of(board, now)
    form = FORMATS[board.key]
    if (known := not_changed(request, headers)) is not None:
        fetches.counted(board, agent_of(request), status=304)
        return known
    if request.method == "HEAD":
        return HttpResponse(content_type=form.content_type, headers=headers)
    plan = planning.plan(board, now) if choosing.sends(board) else planning.Plan()
    said = Feed(board, len(plan.sent), planning.changed_at(board, now), keeping.address_of(board))
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "").lower()
    body = _counted(streaming.pieces(said, plan), board, agent_of(request), is_packed=is_packed)
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    response = StreamingHttpResponse(body, content_type=form.content_type, headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _counted(pieces: Iterator[tuple[str, int]], board: Board, agent: str, *, is_packed: bool) -> Iterator[bytes]:
    """The stream as it goes out, and a line in the log when it ends, however it ends."""
    jobs = size = 0
    is_whole = False

    def plain() -> Iterator[bytes]:
        nonlocal jobs
        for text, count in pieces:
            yield text.encode("utf-8", "replace")
            jobs += count

    try:
        for part in streaming.squeezed(plain()) if is_packed else plain():
            yield part
            size += len(part)
        is_whole = True
    finally:
        fetches.whole(board, agent, jobs=jobs, size=size, is_whole=is_whole)
