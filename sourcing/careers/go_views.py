"""The short addresses of tracking links, and the visitor's word on being remembered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hiring.http import public
from sourcing.careers import origin, remembering
from sourcing.tracking import links, visits


@public
@never_cache
@require_safe
def go(request: HttpRequest, token: str) -> HttpResponse:
    """On to the posting. A browser's visit is counted: a number, and nothing about whose."""
    found = links.find(token)
    if found and request.method == "GET" and visits.is_a_person(request.headers):
        visits.count(found)
    response = redirect(links.leads_to(found))
    response["X-Robots-Tag"] = "noindex"
    return response


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remember(request: HttpRequest) -> HttpResponse:
    """What is kept of one's visits, and the way to say yes or no to it (PRIV-22). GET changes nothing."""
    if request.method != "POST" or request.POST.get("leave") not in ("yes", "no") or not remembering.is_on():
        here = {"answer": remembering.answer_of(request), "touches": remembering.of(request)}
        return render(request, "careers/remember.html", origin.context(request) | here | {"asks_leave": False})
    response = redirect(_back(request))
    remembering.settle(response, request.POST["leave"], origin.of(request))
    return response


def _back(request: HttpRequest) -> str:
    """To the page one was on, when it is one of the career site; SEC-11: nowhere else."""
    to, home = request.POST.get("next", ""), reverse("careers:home")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) and to.startswith(home)
    return to if is_ours else reverse("careers:remember")
