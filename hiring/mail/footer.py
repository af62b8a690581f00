"""What stands under every outreach message: who writes, why we hold the data, and a way out (MAIL-6, MAIL-26, PRIV-4).

It is part of the stored text, so that what a colleague reads in the preview is what the person gets.
"""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string

from hiring import legal, links
from hiring.models import Candidate, LegalText, PersonalLink


def unsubscribe_url(candidate: Candidate) -> str:
    """The person's own way out: one link a person, which never expires (MAIL-5)."""
    link = PersonalLink.objects.filter(
        purpose=PersonalLink.Purpose.UNSUBSCRIBE, candidate=candidate, revoked_at=None
    ).first()
    link = link or links.issue(PersonalLink.Purpose.UNSUBSCRIBE, candidate=candidate, valid_for=None)
    return links.url(link, "unsubscribe")


def text(candidate: Candidate, notice: bool) -> str:
    return render_to_string("hiring/email/footer.txt", _context(candidate, notice))


def html(candidate: Candidate, notice: bool) -> str:
    return render_to_string("hiring/email/footer.html", _context(candidate, notice))


def _context(candidate: Candidate, notice: bool) -> dict[str, object]:
    words = legal.current(LegalText.Kind.SOURCING_NOTICE, locale=candidate.language[:2])
    return {
        "candidate": candidate,
        "organisation": settings.ORGANISATION_NAME,
        "address": settings.ORGANISATION_ADDRESS,
        "unsubscribe_url": unsubscribe_url(candidate),
        "notice": notice,
        "notice_text": words.text if words else "",
        "source": candidate.source_note or (str(candidate.source) if candidate.source_id else ""),
    }
