"""The shape of a route's rule. tests/<app>/routes.py fills ROUTES; tests/test_matrix.py walks every role through every route.

A route of the URL configuration without a rule fails the test: deny by default has to be written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = frozenset({"admin", "recruiter", "coordinator", "hiring_manager", "interviewer", "compliance_officer"})


@dataclass(frozen=True)
class Rule:
    """Who gets in, and what the others get.

    `args` builds the URL's arguments from the world fixture (tests/conftest.py: `world.job`, `world.application`, `world.candidate`, ...).
    `allowed` are roles that get past the door (any status below 400, or 405/409/422 for a POST without data);
    all other signed-in roles get `others` (404 not visible, 403 not allowed). The world's manager and interviewer are on the job's team.
    `outsider` is what a hiring manager of no team gets. Without an account: the sign-in page, unless `public`.
    `agency`: a page of the portal, for whoever came in as an agency and for no colleague. An agency gets in there and where the public
    does, and is refused everywhere else.
    `by_key`: a route of the API, which everybody tries with an access key of theirs; without one it answers 401. `sends_json`: `data`
    is its body.
    """

    args: Callable[[Any], list[Any]] = field(default=lambda world: [])
    allowed: frozenset[str] = EVERYBODY
    others: int = 403
    outsider: int | None = None
    method: str = "get"
    data: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    public: bool = False
    by_key: bool = False
    agency: bool = False
    sends_json: bool = False
