"""Pages of referrals, by cursor: one's own, the latest first; those to look at, the oldest first; those that were settled."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from hiring import cursors
from hiring.models import User
from sourcing.referrals import standing
from sourcing.referrals.models import Referral

SIZE = 50


@dataclass
class Page:
    rows: list[Referral]
    next: str = ""


def given_by(user: User, *, after: str) -> Page:
    return _page(standing.for_words(Referral.objects.given_by(user)), after)


def of_all(user: User, *, show: str, after: str) -> Page:
    """Referrals this user may handle, in one state; those to look at when `show` names none."""
    rows = Referral.objects.visible_to(user).select_related(
        "candidate__owner", "referrer", "job", "handled_by", "application__job"
    )
    if show in (Referral.State.TAKEN, Referral.State.CLOSED):
        return _page(rows.filter(state=show), after)
    return _page(rows.waiting(), after, oldest_first=True)


def _page(rows: QuerySet[Referral], after: str, *, oldest_first: bool = False) -> Page:
    if cursor := cursors.read(after):
        at, pk = cursor
        beyond = (
            Q(created_at__gt=at) | Q(created_at=at, pk__gt=pk)
            if oldest_first
            else Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk)
        )
        rows = rows.filter(beyond)
    order = ("created_at", "pk") if oldest_first else ("-created_at", "-pk")
    found = list(rows.order_by(*order)[: SIZE + 1])
    more = cursors.write(found[SIZE - 1].created_at, found[SIZE - 1].pk) if len(found) > SIZE else ""
    return Page(found[:SIZE], more)
