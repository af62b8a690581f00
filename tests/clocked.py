"""Runs a module of ours with a clock that a test may move: `python -m tests.clocked celery -A hiring worker`.

The file that TEST_CLOCK names holds the seconds to add. It is read at every look, so days pass in a running process, too.
Everything that asks what time it is asks timezone.now(), which is what makes this the only place to touch.
"""

from __future__ import annotations

import datetime as dt
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

real_now = timezone.now


def moved(file: Path) -> Callable[[], dt.datetime]:
    def now() -> dt.datetime:
        return real_now() + dt.timedelta(seconds=float(file.read_text()))

    return now


class Clock:
    """The test's hand on the clock. Shared with other processes through the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.ahead = dt.timedelta()
        self.go_on()

    def go_on(self, **passed: float) -> None:
        """Let time pass: `go_on(days=3)`."""
        self.ahead += dt.timedelta(**passed)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(self.ahead.total_seconds()))
        fresh.replace(self.file)

    def go_to(self, moment: dt.datetime) -> None:
        self.go_on(seconds=(moment - real_now() - self.ahead).total_seconds())


if __name__ == "__main__":
    timezone.now = moved(Path(os.environ["TEST_CLOCK"]))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
