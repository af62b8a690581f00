"""How the timeline loads pools and sequences."""

from __future__ import annotations

from django.db.models import Q

from hiring import access
from hiring.models import User
from hiring.timeline import loads
from sourcing.models import ImportBatch, Referral, Sequence, Submission, TalentPool


@loads("pool")
def pools(user: User, ids: set[int]) -> dict[int, TalentPool]:
    return TalentPool.objects.in_bulk(ids)


@loads("sequence")
def sequences(user: User, ids: set[int]) -> dict[int, Sequence]:
    return Sequence.objects.filter(Q(job=None) | access.jobs_visible_to(user, "job")).in_bulk(ids)


@loads("import")
def imports(user: User, ids: set[int]) -> dict[int, ImportBatch]:
    return ImportBatch.objects.only("name").in_bulk(ids)


@loads("submission")
def submissions(user: User, ids: set[int]) -> dict[int, Submission]:
    return Submission.objects.select_related("agency").in_bulk(ids)


@loads("referral")
def referrals(user: User, ids: set[int]) -> dict[int, Referral]:
    return Referral.objects.select_related("referrer", "job").in_bulk(ids)
