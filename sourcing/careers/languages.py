"""A posting in the language somebody asked for: its words, its own address, and how the languages point at each other (JOB-16)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

from hiring.models import Posting

View = Callable[..., HttpResponse]
SITE = ("en", "de", "fr")
"""The languages the site's own words are in (locale/); postings may be in others besides."""
DAYS = {"en": "j F Y", "de": "j. F Y", "fr": "j F Y"}


def ours(code: str) -> str:
    """The language our own words are in beside words of this one."""
    base = code.lower().split("-")[0]
    return base if base in SITE else "en"


def asked(request: HttpRequest) -> str:
    """What the address asks for; empty where it does not, or asks for one we have no words in."""
    said = request.GET.get("lang", "").lower()
    return said if said in SITE else ""


def wanted(request: HttpRequest) -> str:
    """What the address asks for, else the browser's first language that we have words in."""
    if found := asked(request):
        return found
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        base = code.split("-")[0]
        if base in SITE:
            return str(base)
    return "en"


def spoken(view: View) -> View:
    """A page of our own words, in the language of whoever asks. Caches keep one for each."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(wanted(request)):
            response = view(request, *args, **kwargs)
        if not asked(request):
            patch_vary_headers(response, ["Accept-Language"])
        return response

    return page


def of_page() -> dict[str, Any]:
    """What a page needs to know of the language it is in."""
    code = ours(get_language() or "en")
    return {"page_language": code, "day_format": DAYS[code]}


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
