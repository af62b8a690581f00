"""What a program is told when something is wrong: `application/problem+json` (RFC 9457), with the number found in the logs."""

from __future__ import annotations

import http
from typing import Any

from django.http import JsonResponse

from hiring.context import acting_now

UNDER = "/api/v1/"


def problem(status: int, detail: str, *, code: str = "", **more: Any) -> JsonResponse:
    """`code` names the kind for programs, where the status alone does not; `more` are members beside the standard's."""
    said = {"type": "about:blank", "title": http.HTTPStatus(status).phrase, "status": status, "detail": detail}
    said |= {"code": code} if code else {}
    said |= {**more, "request_id": acting_now().request_id}
    return JsonResponse(
        said, status=status, content_type="application/problem+json", headers={"Cache-Control": "no-store"}
    )
