"""A call that is sent twice is carried out once (DATA-9): the answer is kept under the caller's `Idempotency-Key`, in the very
transaction that did the work, so that no crash parts the two.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from ninja import Schema
from ninja.errors import HttpError

from hiring.api.door import ApiRequest
from hiring.models import ApiAnswer

HEADER = "Idempotency-Key"
SHAPE = re.compile(r"[\x21-\x7e]{8,200}")
MISSING = f"Send {HEADER}: 8 to 200 characters of your choice, new for every call and the same when you send it again."
RUNNING = "This very call is being carried out. Send it again in a moment."
OTHER = f"This {HEADER} was used for another call. Choose a new one."


def once(request: ApiRequest, do: Callable[[], tuple[int, Schema]]) -> HttpResponse:
    """What `do` answers, a status and a body; or what it answered when this call came first.

    What raises is not kept: nothing was done, and the call may be sent again put right.
    """
    sent = request.headers.get(HEADER, "").strip()
    if not SHAPE.fullmatch(sent):
        raise HttpError(400, MISSING)
    key = request.auth
    call, asked = _digest(f"{key.pk}:{sent}".encode()), _digest(*_asked(request))
    with transaction.atomic():
        if not _alone(call):
            raise HttpError(409, RUNNING)
        kept = key.answers.filter(call=call).first()
        if kept and kept.asked != asked:
            raise HttpError(422, OTHER)
        if kept:
            return JsonResponse(kept.body, status=kept.status, headers={"Idempotency-Replayed": "true"})
        status, said = do()
        body = said.model_dump(mode="json")
        ApiAnswer.objects.create(key=key, call=call, asked=asked, status=status, body=body, at=timezone.now())
    return JsonResponse(body, status=status)


def _alone(call: str) -> bool:
    """Whether nobody else carries this call out right now; nobody begins to before our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [call])
        return bool(cursor.fetchone()[0])


def _asked(request: ApiRequest) -> list[bytes]:
    """What was sent, byte by byte; of a form with files its fields and the files' own digests."""
    parts = [request.method.encode() if request.method else b"", request.get_full_path().encode()]
    if not request.FILES and request.content_type != "multipart/form-data":
        return [*parts, request.body]
    for name, values in sorted(request.POST.lists()):
        parts += [f"{name}={value}".encode() for value in values]
    for name, files in sorted(request.FILES.lists()):
        for upload in files:
            parts += [f"{name}:{upload.name}".encode(), hashlib.sha256(upload.read()).digest()]
            upload.seek(0)
    return parts


def _digest(*parts: bytes) -> str:
    """Keyed, so that nobody can try out from the table whom a call was about."""
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return salted_hmac("hiring.api.once", joined, algorithm="sha256").hexdigest()
