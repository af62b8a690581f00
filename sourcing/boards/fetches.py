"""The log of who fetched a feed: enough to see that a board reads us, nothing about any person.

Whole answers are a row each. Answers that carried nothing come by the thousand, from readers that ask every minute: they are
counted in the cache and written once in ten minutes.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.core.cache import cache
from django.utils import timezone

from sourcing.boards.models import Board, BoardFetch

logger = logging.getLogger(__name__)

KEPT_ROWS = 200
KEPT_DAYS = 90
QUIET_SECONDS = 600
FAMILIES = (
    ("indeed", "Indeed"), ("linkedin", "LinkedIn"), ("jooble", "Jooble"), ("adzuna", "Adzuna"), ("talent", "Talent.com"),
    ("neuvoo", "Talent.com"), ("googlebot", "Google"), ("bingbot", "Bing"), ("feedly", "Feed reader"), ("inoreader", "Feed reader"),
    ("feedbin", "Feed reader"), ("newsblur", "Feed reader"), ("thunderbird", "Feed reader"), ("curl", "curl"), ("wget", "Wget"),
    ("python", "Python"), ("java/", "Java"), ("go-http", "Go"), ("okhttp", "Java"), ("node", "Node.js"), ("mozilla", "A browser"),
)  # fmt: skip


def family(user_agent: str) -> str:
    """The kind of program; of what it says of itself nothing else is kept."""
    said = user_agent.lower()
    return next((name for sign, name in FAMILIES if sign in said), "Another program" if said else "Unnamed")


def whole(board: Board, agent: str, *, jobs: int, size: int, is_whole: bool) -> None:
    """A feed went out, or as much of it as the reader took."""
    BoardFetch.objects.create(
        board=board, at=timezone.now(), status=200, jobs=jobs, size=size, agent=agent, is_whole=is_whole
    )
    _forget(board)


def counted(board: Board, agent: str, *, status: int) -> None:
    """An answer that is not a whole feed. Written when nothing of its kind was for ten minutes, with all that were counted since."""
    key = f"boards:quiet:{board.pk}:{status}:{agent}"
    try:
        is_first = cache.add(f"{key}:now", 1, timeout=QUIET_SECONDS)
        if not is_first:
            cache.add(key, 0, timeout=KEPT_DAYS * 24 * 3600)
            cache.incr(key)
            return
        times = 1 + int(cache.get(key) or 0)
        cache.delete(key)
    except Exception as error:  # whatever the cache's client raises: a log is not worth a write at every question
        logger.warning("board_fetch_not_counted", extra={"board": board.key, "error": type(error).__name__})
        return
    BoardFetch.objects.create(board=board, at=timezone.now(), status=status, agent=agent, times=times)
    _forget(board)


def latest(board: Board, most: int = 30) -> list[BoardFetch]:
    return list(BoardFetch.objects.of(board)[:most])


def last_of_each() -> dict[int, BoardFetch]:
    """The last fetch of every board that was answered with a feed or “nothing new”."""
    rows = BoardFetch.objects.filter(status__in=(200, 304)).order_by("board_id", "-at", "-pk").distinct("board_id")
    return {row.board_id: row for row in rows}


def _forget(board: Board) -> None:
    """The log stays small: the last rows of a board, and none older than three months."""
    rows = BoardFetch.objects.of(board)
    oldest = rows.values_list("at", flat=True)[KEPT_ROWS : KEPT_ROWS + 1].first()
    limit = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    rows.order_by().filter(at__lte=max(oldest, limit) if oldest else limit).delete()
