"""An `include` whose module is imported when an address under it is first asked for, and not when the others are.

What only programs ask for needs libraries that take a quarter of a second to load; a page pays nothing for them.
"""

from __future__ import annotations

from typing import Any

from django.urls.resolvers import RoutePattern, URLResolver


class LateResolver(URLResolver):
    """Routes under a namespace of their own, so that naming the other routes never needs to look into this one."""

    def __init__(self, prefix: str, module: str, namespace: str) -> None:
        super().__init__(RoutePattern(prefix, is_endpoint=False), module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Asked when the routes of the whole site are indexed. Names in a namespace are looked up by another way."""

    def check(self) -> list[Any]:
        """Asked at the start of every command; tests/test_matrix.py walks these routes instead."""
        return []
