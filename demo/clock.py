"""A clock that the loader sets: every verb asks `timezone.now()` through the module, and so does the audit chain."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.utils import timezone


class Clock:
    """Says the time it was set to. It only goes forward: history is written in order."""

    def __init__(self, start: dt.datetime) -> None:
        self.at = start

    def now(self) -> dt.datetime:
        return self.at

    def set(self, at: dt.datetime) -> None:
        self.at = max(self.at, at)


@contextlib.contextmanager
def running(clock: Clock) -> Iterator[Clock]:
    """Inside, the whole process lives in the clock's time."""
    real = timezone.now
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real
