"""Panels on the candidate's profile and drawer. Each floor adds its own; the profile asks them in order.

A registry rather than one request a panel: the page arrives whole, without layout jumps and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from hiring.models import Candidate, User

Column = Literal["left", "right"]
Found = TypeVar("Found")


@dataclass
class Asked:
    """Who looks at whom. Panels that need the same rows ask `once`: the first one loads them, the others share."""

    user: User
    candidate: Candidate
    _loaded: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def once(self, load: Callable[[User, Candidate], Found]) -> Found:
        """What `load(user, candidate)` returns, loaded at most once for this page."""
        if load not in self._loaded:
            self._loaded[load] = load(self.user, self.candidate)
        found: Found = self._loaded[load]
        return found


@dataclass
class Panel:
    """A template and what it shows. `action` is the one thing to do next, offered in the page's head: {label, url, method, key}.

    `decide` is a template of the decisions that stand at the foot of the drawer. A panel with nothing to show yet names its
    way in by `add`, a template too: such panels share one quiet row at the end of their column.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    action: dict[str, str] | None = None
    decide: str = ""
    add: str = ""


Build = Callable[[Asked], Panel | None]
panels: list[tuple[Column, int, Build]] = []


def panel(column: Column, order: int) -> Callable[[Build], Build]:
    """Register a panel for a column. Lower `order` stands higher; None leaves it out."""

    def register(build: Build) -> Build:
        panels.append((column, order, build))
        return build

    return register


def for_candidate(asked: Asked) -> dict[Column, list[Panel]]:
    """The panels of each column, in order, as far as there is something to show."""
    shown: dict[Column, list[Panel]] = {"left": [], "right": []}
    for column, _, build in sorted(panels, key=lambda entry: entry[1]):
        if built := build(asked):
            shown[column].append(built)
    return shown
