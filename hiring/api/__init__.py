"""The API over the candidate record (docs/api.md): the record's verbs and questions for programs, under the rules of the pages.

Nothing here is imported before somebody asks for an address under /api/v1/ (hiring/late_urls.py). Modules: `door` lets keys in
and says what is wrong, `once` keeps a retry from doubling, `shapes` is what goes in and out, the others are the operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hiring.models import User

routers: list[str] = ["hiring.api.writing", "hiring.api.catalogue"]
"""Modules whose `router` is part of the API, in the order they are documented (`writing` adds to that of `people`). Floors above append
theirs by name."""

applications_of: list[Callable[[User, Sequence[int]], Mapping[int, list[dict[str, Any]]]]] = []
"""From people to the applications of each that the user sees, as `shapes.ApplicationOut`: one query. The pipeline tells."""
