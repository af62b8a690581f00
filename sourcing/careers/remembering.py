"""Being remembered from one visit to the next, by those who agreed to it (PRIV-22, ePrivacy).

Off unless REMEMBER_VISITORS_DAYS says for how long. Then a visitor who came by an advert is asked once; until they say yes there
is no cookie about it, a no is kept so that nobody is asked twice, and a browser that says "do not sell or share" (GPC) has
answered already. What is kept is the first and the last touch, signed: no number by which anybody could be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

SECURE = "__Secure-" if settings.SESSION_COOKIE_SECURE else ""  # SEC-6; not __Host-: they are for the career site alone
LEAVE, TOUCHES = f"{SECURE}career_leave", f"{SECURE}career_touches"
SALT = "careers.remembered"
PATH = "/careers/"
NO_LASTS_DAYS = 180

View = Callable[..., HttpResponse]


def is_on() -> bool:
    return settings.REMEMBER_VISITORS_DAYS > 0


def answer_of(request: HttpRequest) -> str:
    """What the visitor said: yes, no, or nothing yet."""
    if not is_on() or request.headers.get("Sec-GPC") == "1":
        return "no"
    said = request.COOKIES.get(LEAVE, "")
    return said if said in ("yes", "no") else ""


def of(request: HttpRequest) -> dict[str, Any]:
    """The touches of earlier visits; none without leave, whatever the browser sends."""
    if answer_of(request) != "yes":
        return {}
    try:
        found = signing.loads(request.COOKIES.get(TOUCHES, ""), salt=SALT, max_age=_seconds())
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def context(request: HttpRequest, token: str) -> dict[str, Any]:
    """Asked are only those of whom there is something to remember."""
    return {
        "asks_leave": bool(token) and answer_of(request) == "",
        "remembers": is_on(),
        "leave_days": settings.REMEMBER_VISITORS_DAYS,
    }


def settle(response: HttpResponse, answer: str, touches: dict[str, Any]) -> None:
    """Keep the answer; with a yes also the touches, with a no none any more."""
    _set(response, LEAVE, answer, _seconds() if answer == "yes" else NO_LASTS_DAYS * 86_400)
    if answer == "yes" and touches:
        _set(response, TOUCHES, signing.dumps(touches, salt=SALT, compress=True), _seconds())
    elif answer == "no":
        response.delete_cookie(TOUCHES, path=PATH, samesite="Lax")


def follows(view: View) -> View:
    """For pages of the career site: where leave stands, a new touch joins the remembered ones."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if is_on() and not response.get("Cache-Control", "").startswith("public"):
            patch_vary_headers(response, ["Cookie", "Sec-GPC"])
            _keep(request, response)
        return response

    return page


def _keep(request: HttpRequest, response: HttpResponse) -> None:
    from sourcing.careers import origin

    if answer_of(request) == "yes" and origin.touch_of(request):
        _set(response, TOUCHES, signing.dumps(origin.of(request), salt=SALT, compress=True), _seconds())


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def _seconds() -> int:
    return int(settings.REMEMBER_VISITORS_DAYS) * 86_400
