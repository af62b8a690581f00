"""Where a page of a list ends: a moment and an id, as text for a link. No list counts its way to a page (invariant 11)."""

from __future__ import annotations

import datetime as dt
import re

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SHAPE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


def write(at: dt.datetime, pk: int) -> str:
    return f"{(at - EPOCH) // dt.timedelta(microseconds=1)}-{pk}"


def read(text: str) -> tuple[dt.datetime, int] | None:
    """A cursor as it was given out; None for anything else, which means from the start."""
    shape = SHAPE.fullmatch(text)
    try:
        return (EPOCH + dt.timedelta(microseconds=int(shape[1])), int(shape[2])) if shape else None
    except OverflowError:
        return None
