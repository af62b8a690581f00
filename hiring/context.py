"""Who acts through which door right now: set at the edges (request, task, command), read by logs and the audit chain.

A context variable rather than an argument, because the audit triggers must know it also for changes that no verb made.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Acting:
    """`door` is page, link, admin, api, mail, task, command or shell; empty fields are unknown.

    `key_id` is the access key a program came with; `request_id` then ends in it (`key_of`).
    `at` is set only while made-up history is written (demo/): the audit chain then keeps that time instead of the clock's.
    """

    door: str = "shell"
    actor_id: int | None = None
    request_id: str = ""
    ip: str = ""
    at: dt.datetime | None = None
    key_id: int | None = None


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039 - frozen


def acting_now() -> Acting:
    return _acting.get()


@contextlib.contextmanager
def acting(
    *, door: str, actor_id: int | None = None, request_id: str = "", ip: str = "", at: dt.datetime | None = None
) -> Iterator[None]:
    """Everything inside happens through `door`, by `actor_id` when known."""
    token = _acting.set(Acting(door, actor_id, request_id, ip, at))
    try:
        yield
    finally:
        _acting.reset(token)


@contextlib.contextmanager
def part_of(name: str) -> Iterator[None]:
    """Everything inside is written as a part of an occasion (hiring/origins.py: task_of), by the same person and door."""
    token = _acting.set(replace(_acting.get(), request_id=name))
    try:
        yield
    finally:
        _acting.reset(token)


def set_actor(actor_id: int | None, *, door: str = "") -> None:
    """Fill in the person once the session is read, or once a personal link says who comes (`door="link"`)."""
    now = _acting.get()
    _acting.set(replace(now, actor_id=actor_id or now.actor_id, door=door or now.door))


KEY_IN_REQUEST = re.compile(r"\.k([0-9]{1,18})$")


def came_by_key(key_id: int, actor_id: int) -> str:
    """A program came with this access key of a colleague. Returns the request's id, which carries the key from here on: into
    the audit chain, the logs, and the tasks that follow."""
    now = _acting.get()
    request_id = f"{KEY_IN_REQUEST.sub('', now.request_id)}.k{key_id}"
    _acting.set(replace(now, door="api", actor_id=actor_id, key_id=key_id, request_id=request_id))
    return request_id


def key_of(request_id: str) -> int | None:
    """The access key a request came by; None for people and tasks of their own."""
    found = KEY_IN_REQUEST.search(request_id)
    return int(found[1]) if found else None
