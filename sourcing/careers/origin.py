"""Where a visitor came from (JOB-18): first and last touch, carried in addresses and a hidden field.

No cookie is set for it, so nothing has to be asked. The token is signed, because it is stored as fact with the
application; a forged or cut one is simply no origin. It never changes content or canonical address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

TOUCHES = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "source", "ref", "gh_src", "lever-source",
)  # fmt: skip
LONGEST = 100
SALT = "careers.origin"
FIELD = "o"


def of(request: HttpRequest) -> dict[str, Any]:
    """{"first": touch, "last": touch}; empty when the visitor came by themselves."""
    carried = read(request.POST.get(FIELD) or request.GET.get(FIELD) or "")
    touch = _touch(request)
    if not touch:
        return carried
    return {"first": carried.get("first", touch), "last": touch}


def write(origin: dict[str, Any]) -> str:
    return signing.dumps(origin, salt=SALT, compress=True) if origin else ""


def read(token: str) -> dict[str, Any]:
    if not token or len(token) > 4_000:
        return {}
    try:
        found = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def carry(request: HttpRequest) -> str:
    """What links inside the career site append, so that the first touch survives to the form; empty for most visitors."""
    token = write(of(request))
    return f"?{FIELD}={token}" if token else ""


def _touch(request: HttpRequest) -> dict[str, str]:
    touch = {key: _clean(request.GET[key]) for key in TOUCHES if request.GET.get(key)}
    touch = {key: value for key, value in touch.items() if value}
    from_host = urlsplit(request.headers.get("Referer", "")).hostname or ""
    if from_host and from_host != request.get_host().partition(":")[0]:
        touch["referrer"] = _clean(from_host)
    if touch:
        touch |= {"path": request.path[:LONGEST], "at": timezone.now().isoformat(timespec="seconds")}
    return touch


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST]
