"""A posting's page with its form: who may see it, and what is shown; the same for looking at it and for what is sent."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from hiring.models import Posting
from sourcing.careers import listing, origin, reading, unsent
from sourcing.careers.form import ApplyForm
from sourcing.careers.words import terms


def posting_of(request: HttpRequest, slug: str) -> Posting:
    """A posting that is or once was public. Drafts, internal and confidential ones do not exist out here, but internal ones for colleagues.

    Who asks is looked at only where it is not public.
    """
    found = get_object_or_404(Posting.objects.with_places().prefetch_related("translations"), slug=slug)
    of = Posting.objects.filter(pk=found.pk)
    if of.public().exists() or of.readable_by(request.user).exists():
        return found
    was_public = found.first_published_at is not None and found.first_published_at <= timezone.now()
    if not was_public or found.job.confidential or found.audience == Posting.Audience.COLLEAGUES:
        raise Http404
    return found


def gone(request: HttpRequest, found: Posting) -> HttpResponse:
    context = {
        "posting": found,
        "place": terms(found).place,
        "rows": [(posting, terms(posting)) for posting in listing.alike(found)],
        **origin.context(request),
    }
    return render(request, "careers/gone.html", context, status=410)


def page(request: HttpRequest, found: Posting, form: ApplyForm, *, focus: bool = False) -> dict[str, Any]:
    """All a posting's page shows."""
    return reading.page_of(found) | {
        "form": form,
        "focus": focus,
        "days_kept": unsent.days(),
        "notices": form.notices.read,
        "job_count": Posting.objects.public().count(),
        **origin.context(request),
    }
