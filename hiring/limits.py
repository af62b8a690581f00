"""How often one visitor may do something (SEC-8). Counted in the cache, and generous: behind one address sits a whole campus.

When the cache does not answer, everything is allowed: a limit protects the house, it must not lock out people.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass

from django.core.cache import cache

logger = logging.getLogger(__name__)


def allows(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more `what` by `who` in the current window; False once there were more than `most`."""
    key = f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    try:
        cache.add(key, 0, timeout=seconds)
        return bool(cache.incr(key) <= most)
    except Exception as error:  # whatever the cache's client raises
        logger.warning("limit_not_counted", extra={"limit": what, "error": type(error).__name__})
        return True


@dataclass(frozen=True)
class Allowance:
    """What is left of a window: of `most`, `left` more (below nought: one too many), until `seconds` from now."""

    most: int
    left: int
    seconds: int


def spend(what: str, who: str, *, most: int, seconds: int) -> Allowance:
    """Count one more `what` by `who` in the current window of the clock, and say what is left of it."""
    window, gone = divmod(int(time.time()), seconds)
    key = f"spent:{what}:{who}:{window}"
    try:
        cache.add(key, 0, timeout=2 * seconds)
        left = most - int(cache.incr(key))
    except Exception as error:  # as above
        logger.warning("limit_not_counted", extra={"limit": what, "error": type(error).__name__})
        left = most
    return Allowance(most, left, seconds - gone)
