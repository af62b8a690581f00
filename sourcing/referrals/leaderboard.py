"""Who referred how many: numbers only, only where the organisation wants it, and without those who do not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from hiring.models import User
from pipeline.models import Application
from sourcing.referrals.models import Referral, ReferralPreference, ReferralSettings

YEAR = dt.timedelta(days=365)
SHOWN = 20


@dataclass(frozen=True)
class Place:
    """`rank` is shared by those with the same numbers."""

    rank: int
    user: User
    referred: int
    hired: int


def is_on() -> bool:
    return ReferralSettings.current().has_leaderboard


def takes_part(user: User) -> bool:
    return not ReferralPreference.objects.filter(user=user, is_on_leaderboard=False).exists()


def take_part(user: User, *, wanted: bool) -> None:
    ReferralPreference.objects.update_or_create(user=user, defaults={"is_on_leaderboard": wanted})


def places() -> list[Place]:
    """Credited referrals of the last year and how many of them were hired, most hires first. Two questions."""
    away = ReferralPreference.objects.filter(is_on_leaderboard=False).values("user")
    credited = Referral.objects.filter(credit=Referral.Credit.FIRST, created_at__gte=timezone.now() - YEAR)
    hired = Q(application__status=Application.Status.HIRED)
    counts = credited.filter(referrer__is_active=True).exclude(referrer__in=away).values_list("referrer")
    rows = list(
        counts.annotate(n=Count("pk"), h=Count("pk", filter=hired)).order_by("-h", "-n", "referrer__full_name")[:SHOWN]
    )
    people = User.objects.in_bulk([row[0] for row in rows])
    ranks = {numbers: place for place, numbers in reversed([(n, (h, r)) for n, (_, r, h) in enumerate(rows, 1)])}
    return [Place(ranks[hires, referred], people[pk], referred, hires) for pk, referred, hires in rows]


def own(user: User) -> Place:
    """One's own numbers, for oneself, whether one takes part or not."""
    mine = Referral.objects.given_by(user).filter(credit=Referral.Credit.FIRST, created_at__gte=timezone.now() - YEAR)
    hired = Q(application__status=Application.Status.HIRED)
    found = mine.aggregate(n=Count("pk"), h=Count("pk", filter=hired))
    return Place(0, user, found["n"], found["h"])
