"""The career site as visitors and search engines meet it. Nobody signs in here, and nothing needs a script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from hiring.http import public
from pipeline import intake
from sourcing.boards import keeping
from sourcing.careers import browser, languages, listing, origin, posting_page, reading, remembering, unsent
from sourcing.careers.asked import asked
from sourcing.careers.form import ApplyForm
from sourcing.careers.words import terms
from sourcing.community import joining


@public
@remembering.follows
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open jobs, newest first; the words and filters are in the address."""
    wanted = asked(request)
    page = listing.find(wanted, after=request.GET.get("after", ""))
    context = {
        "wanted": wanted,
        "rows": [(posting, terms(posting)) for posting in page.postings],
        "older": page.older,
        "is_first": not request.GET.get("after"),
        "count": listing.matching(wanted).count(),
        "departments": listing.departments(),
        "locations": listing.locations(),
        "canonical": settings.SITE_URL + reverse("careers:home"),
        "feeds": keeping.announced(),
        "has_community": joining.is_open(),
        **origin.context(request),
    }
    return _indexable(render(request, "careers/home.html", context))


@public
@remembering.follows
@require_safe
def posting(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """One job with its form, whole in the first answer (JOB-19). A job that was public once and is no more is gone: 410.

    In a language it has no words in, the original is where to go (JOB-16).
    """
    found = posting_page.posting_of(request, slug)
    if not intake.takes(found):
        return posting_page.gone(request, found)
    if language and not (languages.speak(found, language) and found.spoken):
        return redirect(found.get_absolute_url() + origin.carry(request))
    secret = browser.secret_of(request)
    kept = unsent.find(found, browser.digest(secret)) if secret else None
    form = ApplyForm(found, kept=kept)
    page = posting_page.page(request, found, form) | {"kept": kept}
    answer = render(request, "careers/posting.html", page)
    if not reading.is_public(found):
        return _for_colleagues(answer)
    if kept:
        add_never_cache_headers(answer)  # what they entered is for nobody else (SEC-9)
    return _indexable(answer)


def _indexable(response: HttpResponse) -> HttpResponse:
    """JOB-19: only the real site may be found; staging and previews say so."""
    if not settings.INDEXABLE:
        response["X-Robots-Tag"] = "noindex"
    return response


def _for_colleagues(response: HttpResponse) -> HttpResponse:
    """An internal posting is in no index and in no shared cache."""
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
