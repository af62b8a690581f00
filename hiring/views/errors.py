"""What people see when something cannot be shown. Each page says what to do next and carries the number found in the logs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme

from hiring import problems

BARE = "<!doctype html><title>Something went wrong</title><h1>Something went wrong on our side</h1><p>Please try again in a minute.</p>"


SAID = {400: "This request could not be read.", 403: "You may not do this.", 404: "There is no such address."}


def _page(request: HttpRequest, status: int, template: str, **context: str) -> HttpResponse:
    if request.path.startswith(problems.UNDER):
        return problems.problem(status, SAID[status])
    if request.headers.get("HX-Request"):
        # Nothing to swap: static/js/requests.js says it in a toast, and the page with what was typed stays.
        return HttpResponse(status=status)
    came_from = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    if safe and came_from != request.build_absolute_uri():
        context["back"] = came_from
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    try:
        return _page(request, 400, "400.html")
    except Exception:  # a host we do not answer for: nothing about the request can be trusted, not even for the frame
        return HttpResponse(
            "<!doctype html><title>Not understood</title><h1>We could not read this request</h1>", status=400
        )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "403.html", reason=str(exception) if exception.args else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "404.html")


def too_many(request: HttpRequest) -> HttpResponse:
    """Signing in, or asking for mail about it, too often in a minute: every one of those limits forgets within a minute."""
    response = _page(request, 429, "429.html")
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session nor frame: any of them may be what failed."""
    if request.path.startswith(problems.UNDER):
        return problems.problem(500, "Something went wrong on our side. Nothing was kept; try again in a minute.")
    number = getattr(request, "request_id", "")
    try:
        try:
            stylesheet = static("css/app.css")
        except ValueError:
            stylesheet = ""
        return HttpResponse(render_to_string("500.html", {"number": number, "stylesheet": stylesheet}), status=500)
    except Exception:
        return HttpResponse(BARE, status=500)
