"""Where offers show up on pages of the floors below, and what the menu counts."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from hiring import frame
from hiring.models import Job
from offers import (
    custom_fields,  # noqa: F401 - registers itself
    followed,  # noqa: F401 - registers itself
    panels,  # noqa: F401 - registers itself
    terms,
    timeline,  # noqa: F401 - registers itself
    today,  # noqa: F401 - registers itself
)
from offers.models import Offer, OfferQuerySet
from pipeline import closing, holding, transfer
from pipeline.outlook import next_steps

Status = Offer.Status

frame.counts["offers"] = lambda user: Offer.objects.visible_to(user).filter(status__in=terms.OUT).count()


def offers_in_the_way(job: Job) -> list[closing.Obstacle]:
    """Offers nobody has answered or taken back, of people who are still active."""
    return [
        closing.Obstacle(
            f"The offer to {offer.application.candidate.name} is open. Wait for the answer, or take it back first.",
            reverse("offers:offer", args=[offer.pk]),
        )
        for offer in _open(job)
    ]


def open_for(application: int) -> list[closing.Obstacle]:
    """Offers of one person that a no leaves as they are."""
    open_ones = [Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED, *terms.OUT]
    return [
        closing.Obstacle(
            f"Their offer is not settled: {offer.get_status_display().lower()}. Take it back first.",
            reverse("offers:offer", args=[offer.pk]),
        )
        for offer in Offer.objects.filter(application=application, status__in=open_ones).order_by("pk")
    ]


def going_on(job: Job) -> list[holding.Thing]:
    """What a hold leaves as it is: an offer that is out can be accepted, a draft can be sent."""
    return [
        holding.Thing(
            f"{offer.application.candidate.name}: {offer.get_status_display().lower()}"
            + (f", to be answered by {offer.expires_at:%-d %B}." if offer.status in terms.OUT else "."),
            reverse("offers:offer", args=[offer.pk]),
        )
        for offer in _open(job)
    ]


def _open(job: Job) -> OfferQuerySet:
    open_ones = [Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED, *terms.OUT]
    found = Offer.objects.filter(application__job=job, application__status="active", status__in=open_ones)
    return found.for_row().order_by("pk")


def holds(applications: Collection[int]) -> dict[int, str]:
    """An open offer is one for this job."""
    open_ones = [Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED, *terms.OUT]
    found = Offer.objects.filter(application__in=applications, status__in=open_ones).values_list(
        "application", flat=True
    )
    return dict.fromkeys(found, "{name} has an open offer here. Wait for the answer, or take it back first.")


def offer_open() -> Q:
    open_ones = [Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED, *terms.OUT]
    return Q(Exists(Offer.objects.filter(application=OuterRef("pk"), status__in=open_ones)))


next_steps.declare("offer", "an open offer", offer_open)
closing.obstacles.append(offers_in_the_way)
closing.open_for.append(open_for)
holding.going_on["offers"] = holding.GoingOn(
    "Open offers", "Who has one can accept it, and is hired then. Take back each that should not stand.", going_on
)
transfer.holders.append(holds)
