"""A clock that the loader sets: every verb asks `timezone.now()` through the module, and so does the audit chain."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
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


def working(when: dt.datetime, chance: random.Random) -> dt.datetime:
    """Some time in working hours of that day, or of the next day people work."""
    while when.weekday() > 4:
        when += dt.timedelta(days=1)
    return when.replace(hour=chance.randint(7, 15), minute=chance.randint(0, 59), second=chance.randint(0, 59))


def ago(now: dt.datetime, days: float, chance: random.Random) -> dt.datetime:
    """In working hours about so many days before `now`, and not after it: on a Monday night, two days ago was Friday."""
    when = now - dt.timedelta(days=days)
    while when.weekday() > 4:
        when -= dt.timedelta(days=1)
    return min(working(when, chance), now)


@contextlib.contextmanager
def running(clock: Clock) -> Iterator[Clock]:
    """Inside, the whole process lives in the clock's time."""
    real = timezone.now
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real
