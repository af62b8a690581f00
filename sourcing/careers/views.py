"""The career site as visitors and search engines meet it. Nobody signs in here, and nothing needs a script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hiring.http import public
from sourcing.careers import languages, lists, origin, posting_page, remembering
from sourcing.careers.asked import asked


@public
@remembering.follows
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open jobs, newest first; the words and filters are in the address."""
    return _indexable(render(request, "careers/home.html", lists.context(request, asked(request))))


@public
@remembering.follows
@require_safe
def department(request: HttpRequest, key: str) -> HttpResponse:
    """The open jobs of one department."""
    return _part(request, "department", key)


@public
@remembering.follows
@require_safe
def location(request: HttpRequest, key: str) -> HttpResponse:
    """The open jobs at one place."""
    return _part(request, "location", key)


def _part(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    part = lists.part_of(kind, key)
    if part.url != request.path:
        return redirect(part.url + origin.carry(request))
    return _indexable(render(request, "careers/part.html", lists.context(request, part.wanted, part)))


@public
@remembering.follows
@require_safe
def posting(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """One job, whole in the first answer (JOB-19); its form is a page of its own, since this one is the same for everybody.

    A job that was public once and is no more is gone: 410.

    In a language it has no words in, the original is where to go (JOB-16).
    """
    found = posting_page.posting_of(request, slug)
    if not posting_page.is_open_to(request, found):
        return posting_page.gone(request, found)
    if language and not (languages.speak(found, language) and found.spoken):
        return redirect(found.get_absolute_url() + origin.carry(request))
    answer = render(request, "careers/posting.html", posting_page.page(request, found))
    return _indexable(answer) if found.is_public(timezone.now()) else _for_colleagues(answer)


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
