"""How often one visitor may do something (SEC-8). Counted in the cache, and generous: behind one address sits a whole campus.

When the cache does not answer, everything is allowed: a limit protects the house, it must not lock out people.
"""

from __future__ import annotations

import hashlib
import logging

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
