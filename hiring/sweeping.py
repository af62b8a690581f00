"""Going over what is due, one row after the other: a row that fails is logged and holds up none of those behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)

Row = TypeVar("Row")
Result = TypeVar("Result")


def each(what: str, rows: Iterable[Row], do: Callable[[Row], Result]) -> list[Result]:
    """What `do` says of each row or id that went through; the others are due again at the next sweep."""
    done = []
    for row in rows:
        try:
            done.append(do(row))
        except Exception:  # whatever it is, it is this row's trouble
            logger.exception("sweep_left_one", extra={"what": what, "id": getattr(row, "pk", row)})
    return done
