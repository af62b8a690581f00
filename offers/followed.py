"""What followers of a person or a job hear of offers: only those who may see pay on that job (SEC-1)."""

from __future__ import annotations

from hiring import access, following, notifications
from hiring.models import TimelineEvent, User


def _may(user: User, event: TimelineEvent) -> bool:
    return event.job is not None and access.can_see_pay(user, event.job)


def _said(verb: str) -> following.Words:
    return lambda event: f"The offer to {event.candidate}{f' for {event.job}' if event.job else ''} {verb}"


following.watch("offer.sent", notifications.OFFER, _said("is out"), _may)
following.watch("offer.accepted", notifications.OFFER, _said("was accepted"), _may)
following.watch("offer.declined", notifications.OFFER, _said("was declined"), _may)
following.watch("offer.expired", notifications.OFFER, _said("ran out"), _may)
