"""How the timeline loads offers: only for those who may see them, so that others do not learn of one."""

from __future__ import annotations

from hiring.models import User
from hiring.timeline import loads
from offers.models import Offer


@loads("offer", is_guarded=True)
def offers(user: User, ids: set[int]) -> dict[int, Offer]:
    return Offer.objects.visible_to(user).in_bulk(ids)
