"""What people ask about their data (GDPR 12, 15, 17): who sees to it, by when, and that it was done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import DataRequest, User

SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """Where a request stands, in a word, and how loudly to say it."""

    words: str
    tone: str = ""


def open_ones() -> QuerySet[DataRequest]:
    """What is due first comes first."""
    return everybodys().filter(settled_at=None).order_by("due_on", "pk")


def settled_ones() -> QuerySet[DataRequest]:
    return everybodys().exclude(settled_at=None).order_by(F("settled_at").desc(), "-pk")


def everybodys() -> QuerySet[DataRequest]:
    return DataRequest.objects.select_related("candidate", "handled_by", "settled_by")


def standing(request: DataRequest, today: dt.date | None = None) -> Standing:
    if request.settled_at:
        late = timezone.localdate(request.settled_at) > request.due_on
        return Standing("Answered late" if late else "Answered", "warn" if late else "good")
    today = today or timezone.localdate()
    if request.due_on < today:
        return Standing("Overdue", "bad")
    return Standing(
        "Due soon" if request.due_on - today <= SOON else "Open", "warn" if request.due_on - today <= SOON else ""
    )


@transaction.atomic
def take(request: DataRequest, *, by: User) -> DataRequest:
    """Somebody sees to it; a colleague may take over."""
    found = _open(request)
    found.handled_by = by
    found.save(update_fields=["handled_by"])
    return found


@transaction.atomic
def settle(request: DataRequest, *, by: User) -> DataRequest:
    """It is done and the person was told. Whoever says so answers for it; the audit keeps it."""
    found = _open(request)
    found.settled_at, found.settled_by = timezone.now(), by
    found.handled_by = found.handled_by or by
    found.save(update_fields=["settled_at", "settled_by", "handled_by"])
    return found


def _open(request: DataRequest) -> DataRequest:
    found = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.settled_at:
        raise Refused("A colleague has answered this already.")
    return found
