"""Saying yes or no to being kept in mind, from a letter and without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hiring import legal, staying
from hiring.errors import Refused
from hiring.http import public
from hiring.models import LegalText


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the words and changes nothing; yes and no are a button each, and either can be taken back here (PRIV-2)."""
    try:
        candidate = staying.open_link(token)
    except Refused as no:
        return render(request, "410.html", {"sentence": no.sentence}, status=410)
    words = legal.current(LegalText.Kind.POOL_CONSENT, locale=candidate.language)
    answer = request.POST.get("answer")
    if answer == "yes":
        staying.agree(candidate, locale=words.locale if words else "en", channel="letter")
    elif answer == "no":
        staying.refuse(candidate)
    if answer in ("yes", "no"):
        return redirect(f"{request.path}?said={answer}")
    page = {
        "candidate": candidate,
        "words": words,
        "agreed": staying.has_agreed(candidate),
        "said": request.GET.get("said", ""),
    }
    return render(request, "hiring/stay.html", page)
