"""People with a sign-in of their own who are no colleagues, such as those of an agency: what is for colleagues is closed to them.

Floors above register how such a session is known. It never makes anybody `request.user`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

kinds: dict[str, Callable[[HttpRequest], bool]] = {}


def is_one(request: HttpRequest) -> bool:
    """Whether whoever asks came in as a guest."""
    return any(known(request) for known in kinds.values())
