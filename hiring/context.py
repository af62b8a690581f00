"""Who acts through which door right now: set at the edges (request, task, command), read by logs and the audit chain.

A context variable rather than an argument, because the audit triggers must know it also for changes that no verb made.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Acting:
    """`door` is page, link, admin, api, mail, task, command or shell; empty fields are unknown.

    `at` is set only while made-up history is written (demo/): the audit chain then keeps that time instead of the clock's.
    """

    door: str = "shell"
    actor_id: int | None = None
    request_id: str = ""
    ip: str = ""
    at: dt.datetime | None = None


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


def set_actor(actor_id: int | None, *, door: str = "") -> None:
    """Fill in the person once the session is read, or once a personal link says who comes (`door="link"`)."""
    now = _acting.get()
    _acting.set(replace(now, actor_id=actor_id or now.actor_id, door=door or now.door))
