"""What sourcing adds to the facet column: the pools people are in."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from hiring.facets import MOST, Counted, Facet, given, register
from hiring.models import User
from sourcing.models import PoolMember, TalentPool


def _pools(user: User, people: Sequence[int]) -> Counted:
    members = PoolMember.objects.filter(candidate__any=given(people), pool__in=TalentPool.objects.visible_to(user))
    return list(members.order_by().values_list("pool__name").annotate(n=Count("pk")).order_by("-n")[:MOST])


register(Facet("pool", "Pool", _pools, order=50))
