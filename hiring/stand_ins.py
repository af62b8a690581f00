"""Who decides approvals for a colleague who is away. A stand-in who is away too passes on to theirs; circles lead nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import planned_days
from hiring.errors import Refused
from hiring.models import Absence, User

LONGEST = dt.timedelta(days=366)
AWAY = "colleagues are away"

Away = Mapping[int, int | None]
"""Who is away now, by id, to their stand-in; None where that colleague has left the organisation."""


@transaction.atomic
def appoint(user: User, stand_in: User, first_day: dt.date, last_day: dt.date) -> Absence:
    """Name who decides for a colleague on these days, both included. Open votes reach the stand-in by the next sweep."""
    if last_day < first_day:
        raise Refused("The last day lies before the first.")
    planned_days.check(first_day, AWAY, back=1)
    if last_day - first_day > LONGEST:
        raise Refused("A stand-in can be named for a year at most.")
    if last_day < today_of(user):
        raise Refused("These days have passed.")
    if stand_in == user:
        raise Refused("Name somebody else: nobody stands in for themselves.")
    if not stand_in.is_active:
        raise Refused(f"{stand_in} no longer works here.")
    try:
        with transaction.atomic():
            return Absence.objects.create(
                user=user, stand_in=stand_in, first_day=first_day, last_day=last_day, created_at=timezone.now()
            )
    except IntegrityError as error:
        raise Refused("Some of these days have a stand-in already. Take that one back first.") from error


def take_back(absence: Absence) -> None:
    """From now on the colleague decides for themselves again."""
    Absence.objects.standing().filter(pk=absence.pk).update(taken_back_at=timezone.now())


def today_of(user: User) -> dt.date:
    return timezone.now().astimezone(user.zone).date()


def away_now() -> dict[int, int | None]:
    """Everybody who is away at this moment, each by the day it is where they live. One query."""
    now = timezone.now()
    day = dt.timedelta(days=1)  # no zone is further than a day from UTC
    near = Absence.objects.standing().filter(first_day__lte=now.date() + day, last_day__gte=now.date() - day)
    return {
        absence.user_id: absence.stand_in_id if absence.stand_in.is_active else None
        for absence in near.select_related("user", "stand_in")
        if absence.first_day <= today_of(absence.user) <= absence.last_day
    }


def deputy(approver: int, away: Away, excluded: Collection[int] = ()) -> int | None:
    """Who is to be asked in the place of an approver who is away; None when nobody can be.

    Follows stand-ins who are away themselves to theirs. Whoever is `excluded` (the requester, those who are asked in the same
    step anyway) does not decide a second time in another name.
    """
    passed = {approver}
    person = away.get(approver)
    while person is not None and person in away:
        if person in passed:
            return None
        passed.add(person)
        person = away[person]
    return None if person is None or person in passed or person in excluded else person
