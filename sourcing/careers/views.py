"""The career site as visitors and search engines meet it. Nobody signs in here, and nothing needs a script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from hiring.http import shared as for_all
from sourcing.careers import facts, languages, lists, origin, posting_page, remembering, shared
from sourcing.careers.asked import asked
from sourcing.careers.listing import Wanted


@for_all
@remembering.follows
@languages.spoken
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Open jobs, newest first; the words and filters are in the address."""
    return _list(request, "careers/home.html", asked(request), facts.site())


@for_all
@remembering.follows
@languages.spoken
@require_safe
def department(request: HttpRequest, key: str) -> HttpResponse:
    """The open jobs of one department."""
    return _part(request, "department", key)


@for_all
@remembering.follows
@languages.spoken
@require_safe
def location(request: HttpRequest, key: str) -> HttpResponse:
    """The open jobs at one place."""
    return _part(request, "location", key)


def _part(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    site = facts.site()
    part = lists.part_of(kind, key, site)
    if part.url != request.path:
        return redirect(part.url + origin.carry(request))
    return _list(request, "careers/part.html", part.wanted, site, part)


def _list(
    request: HttpRequest, template: str, wanted: Wanted, site: facts.Facts, part: lists.Part | None = None
) -> HttpResponse:
    found = lists.look(request, wanted, part)

    def build() -> HttpResponse:
        return render(request, template, lists.context(request, wanted, found, site, part))

    return shared.answer(request, (found, shared.marks(found.ids), site, part), build)


@for_all
@remembering.follows
@require_safe
def posting(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """One job, whole in the first answer (JOB-19); its form is a page of its own, since this one is the same for everybody.

    A job that was public once and is no more is gone: 410.
    """
    made_of = shared.mark_of(slug)
    if made_of is None:
        return _not_public(_posting(request, slug, language))
    return shared.answer(request, made_of, lambda: _posting(request, slug, language))


def _posting(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """In a language it has no words in, the original is where to go (JOB-16)."""
    found = posting_page.posting_of(request, slug)
    if not posting_page.is_open_to(request, found):
        with translation.override(languages.ours(found.language)):
            return posting_page.gone(request, found)
    if language and not (languages.speak(found, language) and found.spoken):
        return redirect(found.get_absolute_url() + origin.carry(request))
    with translation.override(languages.ours(languages.language_of(found))):
        return render(request, "careers/posting.html", posting_page.page(request, found))


def _not_public(response: HttpResponse) -> HttpResponse:
    """An internal posting, or one that has ended, is in no index and in no shared cache."""
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
