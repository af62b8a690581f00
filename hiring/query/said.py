"""What is said beside a search while it is typed: what is wrong with it and where, or how many match."""

from __future__ import annotations

from dataclasses import dataclass

from hiring.models import User
from hiring.query.edits import put_right
from hiring.query.errors import QueryError

BEFORE, HERE, AFTER = 60, 80, 60


@dataclass(frozen=True)
class Said:
    """Without `message` the search can be read; `total` None: more than anybody counted."""

    text: str = ""
    message: str = ""
    before: str = ""
    here: str = ""
    after: str = ""
    offer: str = ""
    total: int | None = None
    is_estimate: bool = False


def wrong(text: str, problem: QueryError, user: User) -> Said:
    """The search in three pieces, the mistake in the middle, and what may have been meant."""
    start, end = problem.start, min(problem.end, problem.start + HERE)
    before, after = text[max(start - BEFORE, 0) : start], text[end : end + AFTER]
    return Said(text, problem.message, before, text[start:end], after, put_right(text, problem, user))
