"""Drafting and agreeing on terms: draft, edit, submit for approval, revise, void.

Guarded terms that change after approval void it (invariant 6). What was sent never changes: a revision is a new version,
and the old one is void from that moment.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from hiring import approval_chains, approvals, guarded, job_facts
from hiring.errors import Refused
from hiring.models import Approval, Opening, PersonalLink, User
from hiring.timeline import record
from offers import letters
from offers.models import Offer
from pipeline.models import Application

Status = Offer.Status

GUARDED = ("title", "salary", "currency", "period", "bonus", "start_date", "place", "terms")
EDITABLE = (*GUARDED, "expires_at")
STAYS = "This offer has been sent and stays as it is. Revise it to send a new version."
CHANGEABLE = (Status.DRAFT, Status.PENDING_APPROVAL, Status.APPROVED)
OUT = (Status.SENT, Status.VIEWED)


def write_down(offer: Offer, kind: str, by: User | None, **data: Any) -> None:
    """A timeline event about an offer: its id and version, never the pay."""
    application = offer.application
    record(application.candidate, kind, by, job=application.job, offer=offer.pk, version=offer.version, **data)


def lock(offer_id: int) -> Offer:
    """The offer as it is now, locked until the transaction ends."""
    return Offer.objects.for_row().select_for_update(of=("self",)).get(pk=offer_id)


@transaction.atomic
def draft(application: Application, *, by: User | None, **terms: Any) -> Offer:
    """Write the first terms, or the next version after an offer that ended. `terms` are the fields in EDITABLE."""
    application = Application.objects.for_card().select_for_update(of=("self",)).get(pk=application.pk)
    if not application.is_active:
        raise Refused(f"{application.candidate.name} is no longer active on {application.job.title}.")
    if not application.job.openings.filter(status=Opening.Status.OPEN).exists():
        raise Refused(f"Every opening of {application.job.title} is filled. Add an opening before making an offer.")
    live = application.offers.exclude(status__in=[Status.DECLINED, Status.EXPIRED, Status.VOIDED]).first()
    if live:
        raise Refused(
            f"There is already an offer for {application.candidate.name}: {live.get_status_display().lower()}."
        )
    newest = application.offers.aggregate(newest=Max("version"))["newest"] or 0
    offer = Offer.objects.create(
        application=application, version=newest + 1, created_by=by, created_at=timezone.now(), **terms
    )
    write_down(offer, "offer.drafted", by)
    return offer


@transaction.atomic
def edit(offer: Offer, *, by: User | None, **terms: Any) -> Offer:
    """Change terms that have not been sent. A guarded change takes a given or pending approval back."""
    offer = lock(offer.pk)
    if offer.status not in CHANGEABLE:
        raise Refused(STAYS)
    changed = [name for name in EDITABLE if name in terms and getattr(offer, name) != terms[name]]
    for name in changed:
        setattr(offer, name, terms[name])
    if offer.status != Status.DRAFT and any(name in GUARDED for name in changed):
        approvals.void("offer", offer.pk, note="The terms changed.")
        offer.status = Status.DRAFT
    offer.save()
    return offer


@transaction.atomic
def submit(offer: Offer, *, by: User | None) -> Approval:
    """Ask for approval of exactly these terms. Without a chain the answer comes at once."""
    offer = lock(offer.pk)
    if offer.status != Status.DRAFT:
        raise Refused(f"This offer is already {offer.get_status_display().lower()}.")
    offer.status = Status.PENDING_APPROVAL
    offer.save(update_fields=["status"])
    return approvals.request("offer", offer.pk, by=by, snapshot=snapshot(offer), case=case(offer))


@transaction.atomic
def void(offer: Offer, *, by: User | None) -> Offer:
    """Take an offer back, whether it is still in the house or out. Its link stops working at once."""
    offer = lock(offer.pk)
    if offer.status in (Status.ACCEPTED, Status.DECLINED, Status.EXPIRED, Status.VOIDED):
        raise Refused(f"This offer is {offer.get_status_display().lower()} and cannot be taken back.")
    approvals.void("offer", offer.pk, note="The offer was taken back.")
    revoke_link(offer)
    offer.status, offer.decided_at = Status.VOIDED, timezone.now()
    offer.save(update_fields=["status", "decided_at"])
    write_down(offer, "offer.voided", by)
    return offer


@transaction.atomic
def revise(offer: Offer, *, by: User | None) -> Offer:
    """Void what is out and start the next version from its terms (REC-16)."""
    kept = {name: getattr(offer, name) for name in EDITABLE}
    voided = void(offer, by=by)
    again = draft(voided.application, by=by, **kept)
    for value in voided.custom_values.order_by("pk"):
        value.pk, value.offer = None, again
        value.save(force_insert=True)
    return again


def revoke_link(offer: Offer) -> None:
    PersonalLink.objects.filter(purpose=PersonalLink.Purpose.SIGN, subject_id=offer.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def snapshot(offer: Offer) -> dict[str, str]:
    """The guarded terms as the approval keeps them."""
    return {name: str(getattr(offer, name) or "") for name in GUARDED}


def words(snapshot: dict[str, str]) -> list[tuple[str, str]]:
    """A snapshot in the labels of the letter's facts."""
    pay = letters.pay(Decimal(snapshot["salary"]), snapshot["currency"], snapshot["period"])
    start = date_format(dt.date.fromisoformat(snapshot["start_date"]), "j F Y")
    told = {"Position": snapshot["title"], "Pay": pay, "Bonus": snapshot["bonus"], "Start": start}
    return [*told.items(), ("Place of work", snapshot["place"]), ("Further terms", snapshot["terms"])]


def loss(pk: int, given: Mapping[str, Any], user: User | None) -> guarded.Loss | None:
    """What saving these terms would take away, told before they are saved; or None."""
    stored = Offer.objects.for_row().get(pk=pk)
    changed = [name for name in GUARDED if name in given and getattr(stored, name) != given[name]]
    if not changed or stored.status not in (Status.PENDING_APPROVAL, Status.APPROVED):
        return None
    edited = copy.copy(stored)
    for name in changed:
        setattr(edited, name, given[name])
    changes = approvals.changes("offer", snapshot(stored), snapshot(edited))
    return guarded.of("offer", pk, changes, case(edited), user)


def case(offer: Offer) -> approvals.Case:
    """What of an offer chooses its approval chain: what its job says, and the salary offered."""
    pay = approval_chains.a_year(offer.salary, offer.period)
    return replace(job_facts.case(offer.application.job), pay=pay, currency=offer.currency)


def _decided(approval: Approval, by: User | None) -> None:
    """The approval was given or refused: called in its transaction, with the offer locked (see `lock`)."""
    offer = lock(approval.subject_id)
    if offer.status != Status.PENDING_APPROVAL:
        return
    approved = approval.status == Approval.Status.APPROVED
    offer.status = Status.APPROVED if approved else Status.DRAFT
    offer.save(update_fields=["status"])
    write_down(offer, "offer.approved" if approved else "offer.turned_down", by)


approvals.subjects["offer"] = approvals.Subject(
    find=lambda pk: Offer.objects.for_row().get(pk=pk),
    title=lambda offer: f"Offer to {offer.application.candidate.name}, {offer.title}",
    facts=letters.facts,
    words=words,
    case=case,
    url=lambda offer: reverse("offers:offer", args=[offer.pk]),
    decided=_decided,
    lock=lock,
)
