"""The pool part of keeping somebody warm (hiring/promises.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import Q

from hiring import promises
from hiring.errors import Refused
from hiring.models import Candidate, User
from sourcing import pools
from sourcing.models import PoolMember, TalentPool


def choices(user: User) -> list[tuple[int, str]]:
    return list(TalentPool.objects.visible_to(user).values_list("pk", "name"))


def put(
    pool: int, people: Sequence[Candidate], reason: str, touch_on: dt.date | None, by: User | None
) -> dict[int, int]:
    """The ids of the memberships this made, by person. Who is in already stays as they are, with the nearer of both days."""
    found = TalentPool.objects.filter(pk=pool).first()
    if found is None:
        raise Refused("The pool is gone. Choose another one.")
    inside = PoolMember.objects.filter(pool=found, candidate__in=people)
    already = set(inside.values_list("candidate", flat=True))
    if touch_on and already:
        inside.filter(Q(next_touch_on=None) | Q(next_touch_on__gt=touch_on)).update(next_touch_on=touch_on)
    new = [one for one in people if one.pk not in already]
    return {
        row.candidate_id: row.pk for row in pools.add_many(found, new, reason=reason, by=by, next_touch_on=touch_on)
    }


def take_out(members: Collection[int], by: User | None) -> None:
    """Only as they were made: somebody who has been worked on in the pool since stays."""
    pools.remove_many(PoolMember.objects.filter(pk__in=members, stage=PoolMember.Stage.NEW), by=by)


promises.pools = promises.Pools(choices, put, take_out)
