"""Today: what needs me now, and my day as a line.

Each floor adds its groups to `groups` and its appointments to `days`; the page asks them in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from hiring.models import User


@dataclass
class Line:
    """One thing to do. `note` is the middle column, `due` the right one; `late` paints it and puts it first."""

    name: str
    note: str
    url: str
    action: str
    initials: str = ""
    icon: str = ""  # what stands in the circle of a line that is about no person
    due: str = ""
    due_at: dt.datetime | None = None
    late: bool = False
    kind: str = ""  # a stage kind, for the dot before the note
    stage: str = ""  # the word beside that dot
    post: str = ""  # an address that does `action` right here
    drawer: bool = False  # open `url` in the drawer (`url` + "drawer/") instead of leaving the page

    def __post_init__(self) -> None:
        words = self.name.split()
        self.initials = self.initials or "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


@dataclass
class Group:
    """A heading with its lines; `total` counts all of them, `lines` holds those shown (at most ten)."""

    key: str
    title: str
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    all_url: str = ""
    all_label: str = "All"
    short: str = ""  # the title on the jump chip, when it is too long there
    late: int = 0  # how many of all are late; counted from the lines when not given

    def __post_init__(self) -> None:
        self.total = max(self.total, len(self.lines))
        self.late = self.late or sum(line.late for line in self.lines)
        self.lines.sort(key=lambda line: not line.late)  # stable: within late and not late, as the floor ordered them


@dataclass
class Appointment:
    """One thing on the line of the day. `warning` says what is missing for it."""

    start: dt.datetime
    title: str
    note: str = ""
    url: str = ""
    kind: str = ""  # a stage kind, for the dot
    state: str = ""  # "done" fills the dot
    warning: str = ""
    end: dt.datetime | None = None
    brief_url: str = ""


LOOK_AHEAD = dt.timedelta(days=14)

groups: list[tuple[int, Callable[[User], Group | None]]] = []


def group(order: int) -> Callable[[Callable[[User], Group | None]], Callable[[User], Group | None]]:
    """Register a group for the page. Lower `order` stands higher; None or no lines leaves it out."""

    def register(build: Callable[[User], Group | None]) -> Callable[[User], Group | None]:
        groups.append((order, build))
        return build

    return register


def for_user(user: User) -> list[Group]:
    built = [build(user) for _, build in sorted(groups, key=lambda entry: entry[0])]
    return [group for group in built if group and group.lines]


days: list[Callable[[User, dt.datetime, dt.datetime], list[Appointment]]] = []
"""Functions from (user, from, until) to that person's appointments in between."""


def day_of(user: User) -> list[Appointment]:
    """The appointments of the user's calendar day, in order."""
    start = _midnight(user)
    return _between(user, start, start + dt.timedelta(days=1))


def next_of(user: User) -> Appointment | None:
    """The first appointment after today, within the next two weeks."""
    tomorrow = _midnight(user) + dt.timedelta(days=1)
    return next(iter(_between(user, tomorrow, tomorrow + LOOK_AHEAD)), None)


def _midnight(user: User) -> dt.datetime:
    return timezone.now().astimezone(user.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _between(user: User, start: dt.datetime, end: dt.datetime) -> list[Appointment]:
    found = [entry for build in days for entry in build(user, start, end)]
    return sorted(found, key=lambda entry: entry.start)
