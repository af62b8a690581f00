"""Files that come in pieces, so that a broken connection costs one piece: the core of the tus protocol 1.0.0 with creation,
expiration and termination. Without scripts a file comes with the form, as ever.

Every answer is bounded by what one network address may do (SEC-8); the key in an address is signed, random, and opens nothing
but this one unfinished file.
"""

from __future__ import annotations

import base64
import binascii

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hiring import limits
from hiring.documents import checks, drafts, prefilling
from hiring.errors import Refused
from hiring.http import public
from hiring.models import DraftFile

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
BEGUN_AN_HOUR, PIECES_AN_HOUR, READINGS_AN_HOUR = 300, 12_000, 300
TOO_MANY = "Many files came from your network just now. Send this one with the form."
CUT_OFF = "The piece did not arrive whole."


@public
@never_cache
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Begin an upload: its size and its name. The answer's Location is where the pieces go."""
    if request.method == "OPTIONS":
        return _answer(
            204,
            {
                "Tus-Version": VERSION,
                "Tus-Extension": "creation,expiration,termination",
                "Tus-Max-Size": str(checks.MAX_BYTES),
            },
        )
    if not limits.allows("upload", _address(request), most=BEGUN_AN_HOUR, seconds=3600):
        return _answer(429, said=TOO_MANY)
    size = _number(request.headers.get("Upload-Length"))
    if size is None:
        return _answer(400, said="Say how large the file is.")
    try:
        row = drafts.begin(_name(request.headers.get("Upload-Metadata", "")), size, sent_from=_address(request))
    except Refused as refused:
        return _answer(413 if size > checks.MAX_BYTES else 422, said=refused.sentence)
    return _answer(201, {"Location": reverse("careers:upload", args=[drafts.key_of(row)]), **_standing(row)})


@public
@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """HEAD says how much is here, PATCH brings the next piece, DELETE takes the file back."""
    row = _row(key)
    if request.method == "HEAD":
        return _answer(200, {"Upload-Length": str(row.size), **_standing(row)})
    if request.method == "DELETE":
        drafts.drop(key)
        return _answer(204)
    if not limits.allows("upload-piece", _address(request), most=PIECES_AN_HOUR, seconds=3600):
        return _answer(429, said=TOO_MANY)
    return _piece(request, row)


def _piece(request: HttpRequest, row: DraftFile) -> HttpResponse:
    offset, length = _number(request.headers.get("Upload-Offset")), _number(request.headers.get("Content-Length"))
    if request.content_type != PIECE_TYPE:
        return _answer(415, said="A piece is sent as it is.")
    if offset is None or not length or length > drafts.LARGEST_PIECE:
        return _answer(413 if length else 400, said="Say where the piece begins, and send it whole.")
    try:
        data = request.read(length)
    except OSError:  # the connection broke; whoever sent it asks how much is here
        return _answer(400, said=CUT_OFF)
    if len(data) != length:
        return _answer(400, said=CUT_OFF)
    try:
        row = drafts.add(row, offset, data)
        if row.received == row.size:
            drafts.complete(row)
    except drafts.OutOfStep as step:
        return _answer(409, {"Upload-Offset": str(step.received)})
    except Refused as refused:
        return _answer(422, said=refused.sentence)
    return _answer(204, _standing(row))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest, key: str) -> HttpResponse:
    """What a file says of its person, to fill in a form with: POST asks for it, GET looks whether it is there."""
    row = _row(key)
    if request.method == "POST" and limits.allows("prefill", _address(request), most=READINGS_AN_HOUR, seconds=3600):
        prefilling.ask(row)
    is_over = row.reading not in (DraftFile.Reading.DUE, DraftFile.Reading.READING)
    return JsonResponse({"is_over": is_over, "fields": prefilling.filled(row.person)})


def _row(key: str) -> DraftFile:
    row = drafts.find_row(key)
    if row is None:
        raise Http404
    return row


def _standing(row: DraftFile) -> dict[str, str]:
    lasts = drafts.lasts() if row.is_whole else drafts.UNFINISHED_LASTS
    return {"Upload-Offset": str(row.received), "Upload-Expires": http_date((row.touched_at + lasts).timestamp())}


def _answer(status: int, headers: dict[str, str] | None = None, *, said: str = "") -> HttpResponse:
    return HttpResponse(
        said,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Tus-Resumable": VERSION, **(headers or {})},
    )


def _name(metadata: str) -> str:
    """The file's name out of `filename <base64>, …`; empty when it cannot be told."""
    for pair in metadata.split(","):
        field, _, value = pair.strip().partition(" ")
        if field == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError, ValueError):
                return ""
    return ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
