"""A posting's page with its form: who may see it, and what is shown; the same for looking at it and for what is sent."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import Truncator

from hiring import legal
from hiring.models import LegalText, Posting
from hiring.postings import plain
from pipeline import status
from pipeline.models import Stage
from sourcing.careers import listing, markup, origin, unsent
from sourcing.careers.form import ApplyForm
from sourcing.careers.words import terms


def posting_of(slug: str) -> Posting:
    """A posting that is or once was public. Drafts, internal and confidential ones do not exist out here."""
    published = Posting.objects.filter(first_published_at__isnull=False, job__confidential=False)
    return get_object_or_404(published.select_related("job__department", "job__location"), slug=slug)


def gone(request: HttpRequest, found: Posting) -> HttpResponse:
    context = {
        "posting": found,
        "rows": [(posting, terms(posting)) for posting in listing.alike(found)],
        **origin.context(request),
    }
    return render(request, "careers/gone.html", context, status=410)


def page(request: HttpRequest, found: Posting, form: ApplyForm, *, focus: bool = False) -> dict[str, Any]:
    """All a posting's page shows."""
    has = set(Stage.objects.filter(job=found.job_id).values_list("kind", flat=True)) | {Stage.Kind.APPLIED}
    return {
        "posting": found,
        "terms": terms(found),
        "last_day": markup.last_day(found),
        "steps": [(kind.value, title) for kind, title in status.STEPS.items() if kind in has],
        "form": form,
        "focus": focus,
        "days_kept": unsent.days(),
        "notice": legal.current(LegalText.Kind.APPLICATION_NOTICE),
        "canonical": settings.SITE_URL + found.get_absolute_url(),
        "site_url": settings.SITE_URL,
        "text": markup.text(found),
        "in_short": Truncator(plain(found.description)).words(28),
        "markup": markup.script(found),
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "job_count": Posting.objects.public().count(),
        **origin.context(request),
    }
