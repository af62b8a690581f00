"""The pool part of keeping somebody warm (hiring/promises.py)."""

from __future__ import annotations

import datetime as dt

from hiring import promises
from hiring.errors import Refused
from hiring.models import Candidate, User
from sourcing import pools
from sourcing.models import PoolMember, TalentPool


def choices(user: User) -> list[tuple[int, str]]:
    return list(TalentPool.objects.visible_to(user).values_list("pk", "name"))


def put(pool: int, candidate: Candidate, reason: str, touch_on: dt.date | None, by: User | None) -> int | None:
    """The id of the membership this made. Somebody who is in already stays as they are, with the nearer of both days."""
    found = TalentPool.objects.filter(pk=pool).first()
    if found is None:
        raise Refused("The pool is gone. Choose another one.")
    inside = PoolMember.objects.filter(pool=found, candidate=candidate).first()
    if inside:
        if touch_on and (inside.next_touch_on is None or touch_on < inside.next_touch_on):
            pools.keep(inside, by=by, stage=inside.stage, reason=inside.reason, next_touch_on=touch_on)
        return None
    return pools.add(found, candidate, reason=reason, by=by, next_touch_on=touch_on).pk


def take_out(member: int, by: User | None) -> None:
    """Only as it was made: somebody who has been worked on in the pool since stays."""
    found = PoolMember.objects.select_related("pool", "candidate").filter(pk=member, stage=PoolMember.Stage.NEW).first()
    if found:
        pools.remove(found, by=by)


promises.pools = promises.Pools(choices, put, take_out)
