"""A posting in the language somebody asked for: its words, its own address, and how the languages point at each other (JOB-16)."""

from __future__ import annotations

from django.conf import settings
from django.conf.locale import LANG_INFO

from hiring.models import Posting


def speak(posting: Posting, code: str) -> bool:
    """Put the words of another language in place of the original's, for showing. False, and nothing done, where there are none."""
    if not code or code == posting.language:
        return code == posting.language
    found = next((one for one in posting.translations.all() if one.language == code), None)
    if found is None:
        return False
    posting.spoken = found
    posting.title, posting.description = found.title, found.description
    return True


def language_of(posting: Posting) -> str:
    """The language of the words it says now."""
    return posting.spoken.language if posting.spoken else posting.language


def direction(code: str) -> str:
    return "rtl" if LANG_INFO.get(code, LANG_INFO.get(code.split("-")[0], {})).get("bidi") else "ltr"


def address_of(posting: Posting) -> str:
    """Where these words are, of all addresses that show them: the canonical one."""
    return settings.SITE_URL + (posting.spoken or posting).get_absolute_url()


def versions(posting: Posting) -> list[tuple[str, str, str]]:
    """Each language it can be read in: code, its own name, address; the original first. One alone is none to choose from."""
    rows = list(posting.translations.all())
    if not rows:
        return []
    original = (posting.language, own_name(posting.language), settings.SITE_URL + posting.get_absolute_url())
    return [
        original,
        *((row.language, own_name(row.language), settings.SITE_URL + row.get_absolute_url()) for row in rows),
    ]


def own_name(code: str) -> str:
    """“Deutsch”."""
    return str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize()
