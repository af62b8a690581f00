"""What happens around every request: an id for the logs, sign-in by default, and `Refused` turned into an answer."""

from __future__ import annotations

import ipaddress
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from hiring import access, context, guests, logs, masks, person
from hiring.errors import LinkGone, Refused
from hiring.http import go, is_swap, tell
from hiring.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
NUL = ("NUL (0x00)", "\\u0000 cannot be converted")
"""How a text or JSON column says that it cannot hold the character NUL."""


def come_from(request: HttpRequest) -> str:
    """The address somebody comes from. Behind our proxy that is the last one it wrote down: with the proxy's own, everybody
    would share the limits on signing in, and one stranger's guesses would keep all colleagues out."""
    if not settings.BEHIND_PROXY:
        return str(request.META.get("REMOTE_ADDR", ""))
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last))
    except ValueError:
        return str(request.META.get("REMOTE_ADDR", ""))


class RequestContextMiddleware:
    """Give the request an id and remember, for logs and audit, through which door and from where a change comes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        request.request_id = request_id  # type: ignore[attr-defined]
        door = "admin" if request.path.startswith("/admin/") else "page"
        request.META["REMOTE_ADDR"] = come_from(request)
        with context.acting(door=door, request_id=request_id, ip=request.META["REMOTE_ADDR"]):
            began = time.monotonic()
            response = self.get_response(request)
            logs.request_finished(request, response, time.monotonic() - began)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]  # with the key a program came by
        return response


def page_before(request: HttpRequest) -> str:
    """Path and query of the page of ours one comes from; the first page when that cannot be told."""
    came_from = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


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
        if getattr(view, "is_shared", False):
            request.colleague, request.user = request.user, AnonymousUser()  # type: ignore[attr-defined]
            return None  # the session stays unread: what it holds is in no page that others get
        if request.user.is_authenticated:
            context.set_actor(request.user.pk)
            access.remember_teams(request.user)
            masks.look_as(request.user)
            timezone.activate(request.user.zone)  # times are shown and read on the clock of whoever works with them
        if getattr(view, "is_public", False) or view.__module__.startswith(("allauth.", "django.contrib.admin")):
            return None
        if request.user.is_authenticated:
            return None
        if guests.is_one(request):
            raise PermissionDenied  # whoever has a sign-in, though none for this, is not asked for another one
        looks_only = request.method in {"GET", "HEAD"}
        if not request.headers.get("HX-Request"):
            # After signing in one lands on a page: an address that only takes forms has none, the page before it has.
            return redirect_to_login(request.get_full_path() if looks_only else page_before(request))
        if not looks_only:
            return HttpResponse(
                status=401
            )  # the page stays, with what was typed; static/js/requests.js says what to do
        # The session ended under an open page: send the whole page to the sign-in, not a fragment into a panel.
        return HttpResponse(
            status=204,
            headers={"HX-Redirect": redirect_to_login(request.headers.get("HX-Current-URL", "/"))["Location"]},
        )

    def process_template_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response


class RefusedMiddleware:
    """A verb said no: a swap gets 409 and a toast, a page goes back where it came from with a message. So did the database, to
    a character no text may hold: nobody types it, and whoever sends it is told."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and not request.headers.get("HX-Request"):
            # The address of a form, opened as a page: say so instead of nothing at all.
            page = render(request, "405.html", {"back": page_before(request)}, status=405)
            page["Allow"] = response["Allow"]
            response = page
        if request.user.is_authenticated and "Cache-Control" not in response:
            add_never_cache_headers(response)  # SEC-9: personal pages are not stored
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ValueError | DataError) and any(words in str(exception) for words in NUL):
            exception = Refused(
                "What was sent holds a character that cannot be kept (NUL). Take it out and send it again."
            )
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


class OldAddressMiddleware:
    """Whatever hangs on the number of a record that was merged into another one leads to the same page of the survivor.

    A form that was open while the merge was made is sent there again by the browser, with all that was typed and its files
    (307); `merged` in the address lets pages that would write over the survivor's facts show them first.
    """

    NUMBER = re.compile(r"(/candidates?/)([0-9]{1,18})(?=/)")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        found = self.NUMBER.search(request.path) if isinstance(exception, Http404) else None
        if found is None or not isinstance(request.user, User):
            return None
        survivor = person.survivor(request.user, int(found[2]))
        if survivor is None:
            return self._hidden(request, int(found[2]))
        address = f"{request.path[: found.start(2)]}{survivor}{request.path[found.end(2) :]}"
        query = request.GET.copy()
        if request.method in {"GET", "HEAD"}:
            return HttpResponseRedirect(f"{address}?{query.urlencode()}" if query else address)
        query["merged"] = found[2]
        response = HttpResponseRedirect(f"{address}?{query.urlencode()}")
        response.status_code = 307
        return response

    def _hidden(self, request: HttpRequest, candidate: int) -> HttpResponse | None:
        """Somebody one may not know yet: the page that hides them, in place of theirs."""
        if request.method not in {"GET", "HEAD"} or not isinstance(request.user, User):
            return None
        address = masks.address_instead(request.user, candidate)
        return go(request, address) if address else None
