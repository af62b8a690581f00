"""What happens around every request: an id for the logs, sign-in by default, and `Refused` turned into an answer."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from hiring import access, context, logs
from hiring.errors import LinkGone, Refused
from hiring.http import is_swap, tell

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """Give the request an id and remember, for logs and audit, through which door and from where a change comes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        request.request_id = request_id  # type: ignore[attr-defined]
        door = "admin" if request.path.startswith("/admin/") else "page"
        with context.acting(door=door, request_id=request_id, ip=request.META.get("REMOTE_ADDR", "")):
            began = time.monotonic()
            response = self.get_response(request)
            logs.request_finished(request, response, time.monotonic() - began)
        response["X-Request-ID"] = request_id
        return response


class StaffOnlyMiddleware:
    """Deny by default: every view demands a signed-in colleague unless `hiring.http.public` says otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.user.is_authenticated:
            context.set_actor(request.user.pk)
            access.remember_teams(request.user)
            timezone.activate(request.user.zone)  # times are shown and read on the clock of whoever works with them
        if getattr(view, "is_public", False) or view.__module__.startswith(("allauth.", "django.contrib.admin")):
            return None
        if request.user.is_authenticated:
            return None
        if request.headers.get("HX-Request"):
            # The session ended under an open page: send the whole page to the sign-in, not a fragment into a panel.
            return HttpResponse(
                status=204,
                headers={"HX-Redirect": redirect_to_login(request.headers.get("HX-Current-URL", "/"))["Location"]},
            )
        return redirect_to_login(request.get_full_path())

    def process_template_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response


class RefusedMiddleware:
    """A verb said no: a swap gets 409 and a toast, a page goes back where it came from with a message."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            add_never_cache_headers(response)  # SEC-9: personal pages are not stored
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        if is_swap(request):
            return tell(
                HttpResponse(status=409, headers={"HX-Reswap": "none"}),
                request,
                "refused",
                toast=exception.sentence,
                tone="bad",
            )
        if isinstance(exception, LinkGone):
            return render(request, "410.html", {"sentence": exception.sentence}, status=410)
        came_from = request.META.get("HTTP_REFERER", "")
        same_site = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
        if request.method == "POST" and same_site:
            messages.error(request, exception.sentence)
            return redirect(came_from)
        return render(request, "409.html", {"sentence": exception.sentence}, status=409)
