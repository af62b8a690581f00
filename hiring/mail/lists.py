"""Mail that somebody asked for with nothing but an address: whose list it is, and how one leaves it.

Floors above register a list under the purpose of its mails. It is left by one click, by mail, by a report of spam and by an
address that does not exist, as outreach is (MAIL-1 to MAIL-7, MAIL-22).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hiring import suppression
from hiring.models import Message, Suppression


@dataclass(frozen=True)
class MailList:
    """`way_out` gives the one-click address of a mail, empty for one that needs none; `leave` takes its addressee off the list."""

    way_out: Callable[[Message], str]
    leave: Callable[[Message], None]


lists: dict[str, MailList] = {}


def left(message: Message | None) -> bool:
    """Its addressee wants no more of it. Whether it was of a list at all."""
    found = lists.get(message.purpose) if message else None
    if message is None or found is None:
        return False
    found.leave(message)
    return True


def refused(message: Message, reason: Suppression.Reason) -> bool:
    """The address does not exist, or whoever reads it called this spam: it is left alone from now on, this list included."""
    if message.purpose not in lists:
        return False
    suppression.suppress(suppression.plain_address(message.to_address), reason)
    return left(message)
