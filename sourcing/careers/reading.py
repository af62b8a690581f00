"""What the page of a posting says, for whoever reads it: the public, colleagues, and the editor that shows it beforehand."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator

from hiring.models import Posting
from hiring.postings import plain, zone_of
from pipeline import status
from pipeline.models import Stage
from sourcing.careers import languages, markup
from sourcing.careers.words import terms


def is_public(posting: Posting) -> bool:
    """Of one that can be read at all: whether it is for everybody by now."""
    return posting.public_from is not None and posting.public_from <= timezone.now()


def page_of(posting: Posting) -> dict[str, Any]:
    """In the language it was asked to speak (sourcing/careers/languages.py)."""
    has = set(Stage.objects.filter(job=posting.job_id).values_list("kind", flat=True)) | {Stage.Kind.APPLIED}
    code, own = languages.language_of(posting), languages.of_page()
    return {
        "posting": posting,
        "terms": terms(posting),
        "last_day": markup.last_day(posting),
        "steps": [(kind.value, str(title)) for kind, title in status.STEPS.items() if kind in has],
        "canonical": languages.address_of(posting),
        "language": code,
        "direction": languages.direction(code),
        "own_lang": "" if code == own["page_language"] else own["page_language"],
        **own,
        "languages": languages.versions(posting),
        "is_public": is_public(posting),
        "opens": f"{posting.public_from.astimezone(zone_of(posting)):%-d %B %Y, %H:%M}" if posting.public_from else "",
        "site_url": settings.SITE_URL,
        "text": markup.text(posting),
        "in_short": Truncator(plain(posting.description)).words(28),
        "markup": markup.script(posting),
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
