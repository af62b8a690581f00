"""The candidate's offers on the profile, and what a card of the board says about one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from hiring import access, addresses, person
from hiring.models import User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared
from offers.models import Offer
from pipeline import cards, sub_status
from pipeline.models import ApplicationQuerySet
from pipeline.panels import applications_seen

SOON = dt.timedelta(days=3)
LIVE = (
    Offer.Status.DRAFT,
    Offer.Status.PENDING_APPROVAL,
    Offer.Status.APPROVED,
    Offer.Status.SENT,
    Offer.Status.VIEWED,
)


@prepared
def offers_of(user: User, candidate: Given) -> QuerySet[Offer]:
    return Offer.objects.visible_to(user).filter(application__candidate=candidate).order_by("-pk")[:5]


@panel("right", 15)
def offers(asked: Asked) -> Panel | None:
    """Offers for those who may see pay, and a way to make one while an application is active."""
    user, candidate = asked.user, asked.candidate
    made = offers_of(user, candidate=candidate.pk) if person.has(candidate, "offers") else []
    seen = asked.once(applications_seen)
    payable = [
        application for application in seen if application.is_active and access.can_see_pay(user, application.job)
    ]
    active = max(payable, key=lambda application: application.stage.position, default=None)
    if not made and active is None:
        return None
    live = any(offer.status not in ("declined", "expired", "voided") for offer in made)
    create = addresses.of("offers:create", active.pk) if active and not live else ""
    return Panel("offers/panel.html", {"offers": made, "create_url": create}, add="" if made else "offers/_add.html")


@prepared
def live_offers_for(user: User, applications: Given) -> QuerySet[Offer]:
    return Offer.objects.visible_to(user).filter(application__any=applications, status__in=LIVE).order_by("pk")


def notices(user: User, ids: Sequence[int]) -> dict[int, list[cards.Notice]]:
    """What a card says about the application's live offer, to those who may know of it."""
    now = timezone.now()
    return {one.application_id: _lines(one, now) for one in live_offers_for(user, applications=list(ids))}


def _lines(offer: Offer, now: dt.datetime) -> list[cards.Notice]:
    if offer.status in (Offer.Status.SENT, Offer.Status.VIEWED):
        seen = "opened" if offer.status == Offer.Status.VIEWED else "sent"
        lines = [cards.Notice(f"Offer {seen}", "writing-sign")]
        if offer.expires_at - now < SOON:
            lines.append(
                cards.Notice(
                    f"Expires {date_format(timezone.localtime(offer.expires_at), 'l H:i')}", "hourglass", "warn"
                )
            )
        return lines
    words = {
        "draft": "Offer is a draft",
        "pending_approval": "Offer waits for approval",
        "approved": "Offer may be sent",
    }
    return [cards.Notice(words[offer.status], "checkbox" if offer.status == Offer.Status.APPROVED else "pencil")]


def in_the_making(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    made = [Offer.Status.DRAFT, Offer.Status.PENDING_APPROVAL, Offer.Status.APPROVED]
    theirs = Offer.objects.visible_to(user).filter(application__in=applications.values("pk"), status__in=made)
    return sub_status.row(theirs, "application", sub_status.OFFER, "created_at")


def with_the_candidate(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    out = [Offer.Status.SENT, Offer.Status.VIEWED]
    theirs = Offer.objects.visible_to(user).filter(application__in=applications.values("pk"), status__in=out)
    return sub_status.row(theirs, "application", sub_status.WAITING_OFFER, "created_at")


cards.notices.append(notices)
sub_status.facts.extend([in_the_making, with_the_candidate])
person.kept["offers"] = lambda: Offer.objects.filter(application__candidate=OuterRef("pk"))
