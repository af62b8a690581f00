"""What stands under every outreach message: who writes, why we hold the data, and a way out (MAIL-6, MAIL-26, PRIV-4).

It is part of the stored text, so that what a colleague reads in the preview is what the person gets.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.template.loader import render_to_string

from hiring import legal, links
from hiring.models import Candidate, LegalText, PersonalLink

UNSUBSCRIBE = PersonalLink.Purpose.UNSUBSCRIBE


class Footers:
    """The footers of messages written together: links and notices are loaded for all of these people at once."""

    def __init__(self, candidates: Collection[Candidate]) -> None:
        found = PersonalLink.objects.filter(purpose=UNSUBSCRIBE, candidate__in=candidates, revoked_at=None)
        # One link a person, which never expires (MAIL-5); should there be two, the older one stays theirs.
        self._links = {link.candidate_id: link for link in found.order_by("-pk")}
        without = {candidate.pk: candidate for candidate in candidates if candidate.pk not in self._links}
        self._links.update({link.candidate_id: link for link in links.issue_many(UNSUBSCRIBE, without.values())})
        self._notices: dict[str, str] = {}

    def unsubscribe_url(self, candidate: Candidate) -> str:
        """The person's own way out."""
        return links.url(self._links[candidate.pk], "unsubscribe")

    def text(self, candidate: Candidate, notice: bool) -> str:
        return render_to_string("hiring/email/footer.txt", self._context(candidate, notice))

    def html(self, candidate: Candidate, notice: bool) -> str:
        return render_to_string("hiring/email/footer.html", self._context(candidate, notice))

    def _context(self, candidate: Candidate, notice: bool) -> dict[str, object]:
        return {
            "candidate": candidate,
            "organisation": settings.ORGANISATION_NAME,
            "address": settings.ORGANISATION_ADDRESS,
            "unsubscribe_url": self.unsubscribe_url(candidate),
            "notice": notice,
            "notice_text": self._notice(candidate.language[:2]) if notice else "",
            "source": candidate.source_note or (str(candidate.source) if candidate.source_id else ""),
        }

    def _notice(self, locale: str) -> str:
        if locale not in self._notices:
            words = legal.current(LegalText.Kind.SOURCING_NOTICE, locale=locale)
            self._notices[locale] = words.text if words else ""
        return self._notices[locale]


def unsubscribe_url(candidate: Candidate) -> str:
    """The person's own way out, by itself."""
    return Footers([candidate]).unsubscribe_url(candidate)
