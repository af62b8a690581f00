"""What every answer to a reader carries: what it holds, since when, and how long it may be kept."""

from __future__ import annotations

import zlib

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date

from sourcing.boards import fetches, planning
from sourcing.boards.models import Board
from sourcing.boards.registry import FORMATS

SHARED_SECONDS = 30  # what a cache between us may keep: half of the minute in which a feed follows the site (JOB-13)


def headers_of(board: Board, now: planning.State, *, vary: str = "") -> dict[str, str]:
    """A weak tag, because the packed and the plain feed hold the same; `vary` is what else the answer depends on."""
    tag = f"{now.mark}-{_hash(vary)}" if vary else now.mark
    headers = {
        "ETag": f'W/"{tag}"',
        "Last-Modified": http_date(planning.changed_at(board, now).timestamp()),
        "Cache-Control": f"public, max-age={SHARED_SECONDS}",
    }
    if FORMATS[board.key].is_open:
        headers["Access-Control-Allow-Origin"] = "*"  # read by scripts of other sites; there is nothing to sign in for
    return headers | ({} if settings.INDEXABLE else {"X-Robots-Tag": "noindex"})


def _hash(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def not_changed(request: HttpRequest, headers: dict[str, str]) -> HttpResponseBase | None:
    """304 with the same headers, when the reader has what we would send."""
    known = get_conditional_response(
        request, etag=headers["ETag"], last_modified=parse_http_date(headers["Last-Modified"])
    )
    if known is not None:
        for name, value in headers.items():
            known[name] = value
        patch_vary_headers(known, ["Accept-Encoding"])
    return known


def agent_of(request: HttpRequest) -> str:
    return fetches.family(request.headers.get("User-Agent", ""))
