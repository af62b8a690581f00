"""The browser a visitor comes back with: a cookie that holds a random secret and nothing else.

It is set only for somebody who has begun an application, to bring them back to it, so nothing has to be asked for it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Cookies know no ports: two installations on one machine keep theirs apart.
COOKIE = "__Secure-apply" if settings.HTTPS else f"apply_{urlsplit(settings.SITE_URL).port or 80}"
SECRET = re.compile(r"[A-Za-z0-9_-]{22,44}")
LASTS = 90 * 24 * 3600

Answer = TypeVar("Answer", bound=HttpResponseBase)


def secret_of(request: HttpRequest) -> str:
    """What the browser brought; empty when it brought none."""
    found = request.COOKIES.get(COOKIE, "")
    return found if SECRET.fullmatch(found) else ""


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """What is stored of it (SEC-5)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def remember(response: Answer, secret: str) -> Answer:
    response.set_cookie(
        COOKIE, secret, max_age=LASTS, path="/careers/", secure=settings.HTTPS, httponly=True, samesite="Lax"
    )
    return response
