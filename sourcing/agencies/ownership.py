"""Who owns a person an agency presents: the rules, as a function of facts. `deciding.py` reads the facts and writes what follows.

1. While another agency owns the person, the submission counts for nothing.
2. While this agency owns them, they stay its own, until the same day: presenting somebody again prolongs nothing.
3. Somebody we do not know is owned by whoever presents them first, for the agency's window.
4. Somebody who is in process with us is not owned, nor is anybody with whom we were in touch within the window before.
5. Anybody else we know is as good as unknown: the window begins.

Earlier submissions are decided before later ones, whichever process carries them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sourcing.agencies.models import Submission

Outcome = Submission.Outcome


@dataclass(frozen=True)
class Owned:
    """A window of an agency, with its beginning and without its end."""

    agency: int
    starts_at: dt.datetime
    ends_at: dt.datetime

    def runs(self, at: dt.datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True)
class Known:
    """What we know of a person apart from what agencies did. `last_touch`: when either side was last heard of."""

    in_process: bool = False
    last_touch: dt.datetime | None = None


@dataclass(frozen=True)
class Verdict:
    outcome: str
    until: dt.datetime | None = None
    is_new: bool = False


def judge(agency: int, at: dt.datetime, window: dt.timedelta, known: Known | None, windows: Iterable[Owned]) -> Verdict:
    """What a submission of `agency` at `at` is worth. `until` is the end of the window it counts in, `is_new` that it begins one."""
    running = next((one for one in windows if one.runs(at)), None)
    if running and running.agency != agency:
        return Verdict(Outcome.OTHER)
    if running:
        return Verdict(Outcome.OWNED, running.ends_at)
    if known and known.in_process:
        return Verdict(Outcome.IN_PROCESS)
    if known and known.last_touch and known.last_touch > at - window:
        return Verdict(Outcome.KNOWN)
    return Verdict(Outcome.OWNED, at + window, is_new=True)
