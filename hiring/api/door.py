"""Who comes in: a program with the access key of a colleague, as that colleague. No cookie opens anything here, so no other
site can make a browser call us; what is refused is said as a problem (hiring/problems.py).
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from hiring import access, api_keys, context, limits, masks
from hiring.custom_fields import Invalid
from hiring.errors import Refused
from hiring.http import StaffRequest
from hiring.models import ApiKey
from hiring.problems import problem
from hiring.query import QueryError

logger = logging.getLogger(__name__)

LOOKS_ONLY = {"GET", "HEAD"}
GUESSES_A_MINUTE = 60  # of one address; behind it may stand many programs with a key that has just expired
NO_KEY = "Send an access key that is live: Authorization: Bearer tlk_… Keys are made on the page “Your account”."
TOO_MANY = "Too many calls. Come again after the seconds of Retry-After."


class ApiRequest(StaffRequest):
    """A request that came by a key: `user` is whose it is, `auth` the key."""

    auth: ApiKey


class TooMany(HttpError):
    def __init__(self, wait: int) -> None:
        super().__init__(429, TOO_MANY)
        self.wait = wait


class Unfit(Refused):
    """A body that cannot be carried out. `errors` says for each field why not."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class Key(HttpBearer):
    """The access key of a colleague. A key that may only read is refused everything that changes something."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = api_keys.opened_by(token.strip())
        if key is None:
            logger.warning("api_key_refused")
            if not limits.allows("api_key", request.META.get("REMOTE_ADDR", ""), most=GUESSES_A_MINUTE, seconds=60):
                raise TooMany(60)
            return None
        request.user = key.user
        request.request_id = context.came_by_key(key.pk, key.user_id)  # type: ignore[attr-defined]
        masks.look_as(key.user)
        allowance = limits.spend("api", str(key.pk), most=settings.API_CALLS_PER_MINUTE, seconds=60)
        request.allowance = allowance  # type: ignore[attr-defined]
        if allowance.left < 0:
            raise TooMany(allowance.seconds)
        if request.method not in LOOKS_ONLY and key.scope != ApiKey.Scope.WRITE:
            raise HttpError(403, "This key may only read. Make one that may also write.")
        access.remember_teams(key.user)
        timezone.activate(dt.UTC)
        api_keys.used(key)
        return key


View = Callable[..., HttpResponse]


def sealed(view: View) -> View:
    """What every answer has: it is kept by nobody (SEC-9), says what is left of the allowance, and is never a page.

    `is_public` only tells the middleware that signing in is no matter here: the key is asked for by `Key`, on every operation.
    """

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allowed = response["Allow"]
            response = problem(405, f"This address takes {allowed}.")
            response["Allow"] = allowed
        response.setdefault("Cache-Control", "private, no-store")
        if allowance := getattr(request, "allowance", None):
            response["RateLimit-Limit"] = str(allowance.most)
            response["RateLimit-Remaining"] = str(max(allowance.left, 0))
            response["RateLimit-Reset"] = str(allowance.seconds)
        return response

    enter.is_public = True  # type: ignore[attr-defined]
    return enter


def say_problems(api: NinjaAPI) -> None:
    """Turn what operations raise into problems."""
    for kind, say in PROBLEMS.items():
        api.add_exception_handler(kind, say)


def _no_key(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(401, NO_KEY, code="no_key")
    response["WWW-Authenticate"] = 'Bearer realm="Throughline"'
    return response


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = problem(error.status_code, error.message)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.wait)
    return response


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the shapes refuse. The value itself is not said again: it may be about a person, and answers get logged."""
    errors = [{"field": _field(one["loc"]), "message": one["msg"]} for one in error.errors]
    return problem(422, "Some of what was sent cannot be used.", code="invalid", errors=errors)


def _field(where: tuple[str | int, ...]) -> str:
    """`("body", "body", "emails", 0)` as `emails.0`, `("query", "size")` as `size`."""
    rest = where[2:] if where[0] in ("body", "form") and len(where) > 2 else where[1:]
    return ".".join(str(part) for part in rest) or str(where[0])


def _unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    errors = [{"field": field, "message": sentence} for field, sentence in error.errors.items()]
    return problem(422, "Some of what was sent cannot be used.", code="invalid", errors=errors)


def _custom(request: HttpRequest, error: Invalid) -> HttpResponse:
    return _unfit(request, Unfit({f"custom_fields.{key}": sentence for key, sentence in error.errors.items()}))


def _query(request: HttpRequest, error: QueryError) -> HttpResponse:
    place = {"start": error.start, "end": error.end} | ({"offer": error.offer} if error.offer else {})
    return problem(400, error.message, code="query", **place)


PROBLEMS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    AuthenticationError: _no_key,
    HttpError: _http,
    ValidationError: _invalid,
    Unfit: _unfit,
    Invalid: _custom,
    QueryError: _query,
    Refused: lambda request, error: problem(409, error.sentence, code="refused"),
    PermissionDenied: lambda request, error: problem(403, str(error) or "You may not do this."),
    Http404: lambda request, error: problem(404, "There is nothing at this address, or nothing you may see."),
}
