"""Panels on the candidate's profile and drawer. Each floor adds its own; the profile asks them in order.

A registry rather than one request a panel: the page arrives whole, without layout jumps and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from hiring.models import Candidate, User

Column = Literal["left", "right"]


@dataclass
class Panel:
    """A template and what it shows. `action` is the one thing to do next, offered in the page's head: {label, url, method, key}."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    action: dict[str, str] | None = None


Build = Callable[[User, Candidate], Panel | None]
panels: list[tuple[Column, int, Build]] = []


def panel(column: Column, order: int) -> Callable[[Build], Build]:
    """Register a panel for a column. Lower `order` stands higher; None leaves it out."""

    def register(build: Build) -> Build:
        panels.append((column, order, build))
        return build

    return register


def for_candidate(user: User, candidate: Candidate, column: Column) -> list[Panel]:
    chosen = sorted((entry for entry in panels if entry[0] == column), key=lambda entry: entry[1])
    built = [build(user, candidate) for _, _, build in chosen]
    return [panel for panel in built if panel]
