"""Talent pools: who belongs to one, why, and when to come back to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Candidate, User
from hiring.timeline import record, record_all
from sourcing.models import PoolMember, TalentPool


@transaction.atomic
def create(*, name: str, purpose: str = "", owner: User) -> TalentPool:
    """Start a pool. Raises Refused when the name is taken."""
    try:
        with transaction.atomic():
            return TalentPool.objects.create(name=name.strip(), purpose=purpose.strip(), owner=owner)
    except IntegrityError as error:
        raise Refused(f"There is already a pool called “{name.strip()}”.") from error


@transaction.atomic
def edit(pool: TalentPool, *, name: str, purpose: str, by: User | None) -> TalentPool:
    """Say anew what a pool is called and whom it is for. Raises Refused when the name is taken."""
    pool.name, pool.purpose = name.strip(), purpose.strip()
    try:
        with transaction.atomic():
            pool.save(update_fields=["name", "purpose"])
    except IntegrityError as error:
        raise Refused(f"There is already a pool called “{name.strip()}”.") from error
    return pool


@transaction.atomic
def add(
    pool: TalentPool, candidate: Candidate, *, reason: str, by: User | None, next_touch_on: dt.date | None = None
) -> PoolMember:
    """Put a person in a pool, with the reason. Somebody who is in already stays as they are; a new date is kept."""
    if not reason.strip():
        raise Refused("Say why this person belongs in the pool: whoever comes back to them will need it.")
    member, created = PoolMember.objects.get_or_create(
        pool=pool,
        candidate=candidate,
        defaults={
            "reason": reason.strip()[:300],
            "next_touch_on": next_touch_on,
            "added_by": by,
            "added_at": timezone.now(),
        },
    )
    if created:
        record(candidate, "pool.added", by, pool=pool.pk)
    elif next_touch_on and member.next_touch_on != next_touch_on:
        member.next_touch_on = next_touch_on
        member.save(update_fields=["next_touch_on"])
    return member


@transaction.atomic
def add_many(
    pool: TalentPool,
    candidates: Collection[Candidate],
    *,
    reason: str,
    by: User | None,
    next_touch_on: dt.date | None = None,
) -> list[PoolMember]:
    """Put people in a pool who are not in it yet, all for one reason: two statements, whatever their number."""
    made = PoolMember.objects.bulk_create(
        PoolMember(
            pool=pool,
            candidate=one,
            reason=reason.strip()[:300],
            next_touch_on=next_touch_on,
            added_by=by,
            added_at=timezone.now(),
        )
        for one in candidates
    )
    record_all("pool.added", by, {row.candidate_id: {"pool": pool.pk} for row in made})
    return made


@transaction.atomic
def keep(member: PoolMember, *, by: User | None, stage: str, reason: str, next_touch_on: dt.date | None) -> PoolMember:
    """Say where somebody stands in a pool and when to come back to them."""
    member.stage, member.reason, member.next_touch_on = stage, reason.strip()[:300], next_touch_on
    member.save(update_fields=["stage", "reason", "next_touch_on"])
    return member


@transaction.atomic
def remove(member: PoolMember, *, by: User | None) -> None:
    """Take somebody out of a pool. The timeline keeps that they were in it."""
    record(member.candidate, "pool.removed", by, pool=member.pool_id)
    member.delete()


@transaction.atomic
def remove_many(members: QuerySet[PoolMember], *, by: User | None) -> None:
    """`remove` for many, pool by pool."""
    for pool, theirs in groupby(members.order_by("pool", "pk"), key=lambda member: member.pool_id):
        record_all("pool.removed", by, {member.candidate_id: {"pool": pool} for member in theirs})
    members.delete()
