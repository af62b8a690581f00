"""The way out of outreach: RFC 8058 one click for mail programs, a page with one button for people (MAIL-3 to MAIL-6)."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hiring import contact, links
from hiring.http import public
from hiring.models import PersonalLink, Suppression


@public
@csrf_exempt  # mail programs post without a cookie or token; the link itself is the proof (MAIL-3)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what the button will do and changes nothing (MAIL-4). POST acts at once, answers 200, and may be repeated.

    A token that is unknown, forged or foreign gets exactly the same answers (MAIL-5).
    """
    if request.method == "POST":
        _stop_outreach(token)
        return render(request, "hiring/unsubscribe.html", {"done": True})
    return render(request, "hiring/unsubscribe.html", {"done": False})


@transaction.atomic
def _stop_outreach(token: str) -> None:
    link = links.find(token, PersonalLink.Purpose.UNSUBSCRIBE)
    if link and link.candidate:
        contact.suppress_person(link.candidate, Suppression.Reason.UNSUBSCRIBE)
