"""Where a visitor came from (JOB-18): first and last touch, carried in addresses and a hidden field.

No cookie is set for it, so nothing has to be asked; only who agreed to be remembered has one (remembering.py). The token is
signed, because it is stored as fact with the application; a forged, cut or old one is simply no origin. It never changes
content or canonical address.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from sourcing.careers import languages, remembering

TOUCHES = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "source", "ref", "gh_src", "lever-source", "via",
)  # fmt: skip
LONGEST = 100
SALT = "careers.origin"
FIELD = "o"
EMPLOYEE = "employee"
"""Who of us came by the internal board (sourcing/internal/board.py): told by its addresses, and true only of whoever sends it."""
CAME_FROM = "from"
HOST = re.compile(r"[a-z0-9.-]{1,100}")
CARRIED = dt.timedelta(days=30)  # an address that somebody keeps or hands on says nothing about them for ever


def of(request: HttpRequest) -> dict[str, Any]:
    """{"first": touch, "last": touch}; empty when the visitor came by themselves."""
    return _in_all(request, remembering.of(request))


def of_address(request: HttpRequest) -> dict[str, Any]:
    """The same without what a cookie remembers, which comes along by itself: a page that carries nothing is everybody's."""
    return _in_all(request)


def _in_all(request: HttpRequest, *remembered: dict[str, Any]) -> dict[str, Any]:
    known = [*remembered, read(request.POST.get(FIELD) or request.GET.get(FIELD) or "")]
    touches = [one for origin in known for one in (origin.get("first"), origin.get("last")) if one]
    if touch := touch_of(request):
        touches.append(touch)
    if not touches:
        return {}
    in_order = sorted(touches, key=lambda one: str(one.get("at", "")))
    return {"first": in_order[0], "last": in_order[-1]} | _employee(request, known)


def _employee(request: HttpRequest, known: list[dict[str, Any]]) -> dict[str, int]:
    """Carried for whoever looks, so that a page is the same for everybody; counted only where the very colleague sends the form."""
    named = next((one[EMPLOYEE] for one in known if isinstance(one.get(EMPLOYEE), int)), None)
    is_sent = request.method == "POST"
    return {EMPLOYEE: named} if named and (not is_sent or request.user.pk == named) else {}


def write(origin: dict[str, Any]) -> str:
    return signing.dumps(origin, salt=SALT, compress=True) if origin else ""


def read(token: str) -> dict[str, Any]:
    if not token or len(token) > 4_000:
        return {}
    try:
        found = signing.loads(token, salt=SALT, max_age=CARRIED)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def carry(request: HttpRequest) -> str:
    """What links inside the career site append, so that the first touch survives to the form; empty for most visitors."""
    return _query(write(of_address(request)), languages.asked(request))


def to_form(request: HttpRequest, language: str) -> str:
    """What the link to a form carries: its language as well, where that is not the posting's own."""
    return _query(write(of_address(request)), language)


def _query(token: str, language: str) -> str:
    """With the language that was asked for, so that it is asked for on the next page as well."""
    said = [("lang", language), (FIELD, token)]
    query = urlencode([(name, value) for name, value in said if value])
    return f"?{query}" if query else ""


def context(request: HttpRequest) -> dict[str, Any]:
    """What every page of the career site needs: what its links carry, what its form holds, and whether to ask for leave."""
    token = write(of_address(request))
    language = languages.asked(request)
    said = {"carry": _query(token, language), "origin": token, "asked_language": language}
    return said | remembering.context(request, token)


def touch_of(request: HttpRequest) -> dict[str, str]:
    """What the address and the page before it say about how this visit came to be; nothing of other parameters is kept."""
    touch = {key: _clean(request.GET[key]) for key in TOUCHES if request.GET.get(key)}
    touch = {key: value for key, value in touch.items() if value}
    from_host = urlsplit(request.headers.get("Referer", "")).hostname or _named(request)
    if from_host and from_host != request.get_host().partition(":")[0]:
        touch["referrer"] = _clean(from_host)
    if touch:
        touch |= {"path": request.path[:LONGEST], "at": timezone.now().isoformat(timespec="seconds")}
    return touch


def _named(request: HttpRequest) -> str:
    """The host that static/js/careers.js names, where a cache answered and we never saw where somebody came from."""
    said = request.GET.get(CAME_FROM, "").lower()
    return said if HOST.fullmatch(said) else ""


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
