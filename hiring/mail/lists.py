"""Mail that somebody asked for with nothing but an address: whose list it is, and how one leaves it.

Floors above register a list under the purpose of its mails. It is left by one click, by mail, by a report of spam and by an
address that does not exist, as outreach is (MAIL-1 to MAIL-7, MAIL-22).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

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


def forget(prefix: str, owners: QuerySet[Any], *, before: dt.datetime, at_once: int = 1_000) -> int:
    """Delete mails to addresses we otherwise know nothing of: those written before a day, and those whose owner is gone. How many.

    Their keys are `prefix`, the owner's number and more. What is being handed over this second waits for the next round.
    """
    number = Cast(
        Func(F("dedupe_key"), Value(":"), Value(2), function="split_part", output_field=TextField()), BigIntegerField()
    )
    theirs = Message.objects.filter(mail_class=Message.Class.PARTNER, dedupe_key__startswith=prefix)
    still = Exists(owners.filter(pk=OuterRef("_owner")))
    old = theirs.exclude(status=Message.Status.SENDING).annotate(_owner=number)
    old = old.filter(Q(created_at__lt=before) | ~still).order_by("pk")
    gone = 0
    while True:
        with transaction.atomic():
            rows = list(old.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:at_once])
            Message.objects.filter(pk__in=rows).delete()
        gone += len(rows)
        if len(rows) < at_once:
            return gone
