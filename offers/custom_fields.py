"""Offers carry custom fields, too, as long as their terms may change: what was sent stays as it is."""

from __future__ import annotations

from django.urls import reverse

from hiring import access, custom_fields
from hiring.errors import Refused
from offers import terms
from offers.models import Offer, OfferValue


def _may_change(offer: Offer) -> None:
    if offer.status not in terms.CHANGEABLE:
        raise Refused(terms.STAYS)


custom_fields.register(
    custom_fields.Owner(
        kind="offer",
        model=Offer,
        values=OfferValue,
        visible=lambda user: Offer.objects.for_row().visible_to(user),
        may_edit=lambda user, offer: access.can_make_offer(user, offer.application.job),
        candidate=lambda offer: offer.application.candidate,
        job=lambda offer: offer.application.job,
        url=lambda offer: reverse("offers:offer", args=[offer.pk]),
        check=_may_change,
        person="offer__application__candidate",
    )
)
