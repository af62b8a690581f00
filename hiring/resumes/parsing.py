"""From a document's text to a profile. Never raises, whatever the text is, and takes time in proportion to its length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hiring.resumes import contacts
from hiring.resumes.page import open_page
from hiring.resumes.profile import Profile


def parse(text: str, *, regions: Sequence[str], today: dt.date) -> Profile:
    """Read a résumé. `regions` are the countries (ISO 3166) in whose way a phone number without country code is read,
    the likeliest first; `today` ends what lasts. Offsets in the profile are places in `text`."""
    page = open_page(text)
    return Profile(emails=contacts.emails(page), phones=contacts.phones(page, regions))
