"""A posting's page with its form: who may see it, and what is shown; the same for looking at it and for what is sent."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from hiring.models import Posting
from hiring.prepared import Given, prepared
from sourcing.career_site import look
from sourcing.careers import languages, listing, origin, reading, unsent
from sourcing.careers.form import ApplyForm
from sourcing.careers.words import terms


def posting_of(request: HttpRequest, slug: str) -> Posting:
    """A posting that is or once was public. Drafts, internal and confidential ones do not exist out here, but internal ones for colleagues.

    Who asks is looked at only where it is not public.
    """
    found = get_object_or_404(Posting.objects.with_places().prefetch_related("translations"), slug=slug)
    return _unless_hidden(found, request)


def applied_for(request: HttpRequest, slug: str) -> Posting:
    """The same for whoever sends something: one question, and nothing that only a page shows."""
    found = by_slug.first(slug=slug)
    if found is None:
        raise Http404
    return _unless_hidden(found, request)


@prepared
def by_slug(slug: Given) -> QuerySet[Posting]:
    return Posting.objects.filter(slug=slug).select_related("job__department", "job__location")


def _unless_hidden(found: Posting, request: HttpRequest) -> Posting:
    now = timezone.now()
    if is_open_to(request, found):
        return found
    was_public = found.first_published_at is not None and found.first_published_at <= now
    if not was_public or found.job.confidential or found.audience == Posting.Audience.COLLEAGUES:
        raise Http404
    return found


def is_open_to(request: HttpRequest, found: Posting) -> bool:
    """Whether whoever asks may read it and apply for it now; who that is matters only where it is not public."""
    now = timezone.now()
    if found.is_public(now) or not found.is_live(now):
        return found.is_public(now)
    who = getattr(request, "colleague", request.user)
    return bool(who.is_authenticated and who.is_active)


def gone(request: HttpRequest, found: Posting) -> HttpResponse:
    context = {
        "posting": found,
        "place": terms(found).place,
        **languages.of_page(),
        "rows": [(posting, terms(posting)) for posting in listing.alike(found)],
        "look": look.current(),
        **origin.context(request),
    }
    return render(request, "careers/gone.html", context, status=410)


def page(request: HttpRequest, found: Posting) -> dict[str, Any]:
    """All a posting's page shows."""
    code = languages.ours(languages.language_of(found))
    return reading.page_of(found) | {
        "apply_url": found.apply_url + origin.to_form(request, "" if code == languages.ours(found.language) else code),
        "rows": [(other, terms(other)) for other in listing.alike(found)],
        "look": look.current(),
        **origin.context(request),
    }


def form_page(request: HttpRequest, found: Posting, form: ApplyForm, *, focus: bool = False) -> dict[str, Any]:
    """All the page with its form shows."""
    own = languages.of_page()
    return {
        "posting": found,
        "terms": terms(found),
        "form": form,
        "lang_query": f"?lang={own['page_language']}",
        "own_lang": "",
        **own,
        "focus": focus,
        "days_kept": unsent.days(),
        "notices": form.notices.read,
        "look": look.current(),
        **origin.context(request),
    }
