"""Addresses that are not to be written to (MAIL-25): compared as keyed hashes, so that the list outlives the people on it."""

from __future__ import annotations

import email.utils
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hiring import events
from hiring.contact_points import normalise_email
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, Suppression, User
from hiring.prepared import Given, prepared
from hiring.timeline import record

STOPS_EVERYTHING = {Suppression.Reason.HARD_BOUNCE, Suppression.Reason.ERASURE}


@prepared
def live_emails(candidate: Given) -> QuerySet[ContactPoint]:
    """Asked of everybody a mail is written to, and again when it leaves."""
    return ContactPoint.objects.emails().filter(candidate=candidate, is_live=True)


def emails_of(candidate: Candidate) -> list[ContactPoint]:
    """The live addresses, the primary one first; from the prefetched points where a page has them."""
    known = getattr(candidate, "_prefetched_objects_cache", {}).get("contact_points")
    live = live_emails(candidate=candidate.pk) if known is None else known
    emails = [point for point in live if point.kind == ContactPoint.Kind.EMAIL and point.is_live]
    return sorted(emails, key=lambda point: (not point.is_primary, point.pk))


def fold_address(address: str) -> str:
    """An address as it is compared for suppression; something that is no address is compared as it stands."""
    try:
        return normalise_email(address)
    except Refused:
        return address.strip().casefold()


def plain_address(header: str) -> str:
    """The bare address of a header such as `Ada Byron <ada@mail.example>`."""
    return email.utils.parseaddr(header)[1]


def address_hash(address: str, *, key: str | None = None) -> str:
    """The keyed hash of an address (MAIL-25): outlives erasure without keeping the address.

    The key is SUPPRESSION_KEY, by default SECRET_KEY. Who changes SECRET_KEY keeps the old one in SECRET_KEY_FALLBACKS
    (or sets SUPPRESSION_KEY to it), else the list forgets everybody (docs/operations.md).
    """
    return salted_hmac(
        "suppression", fold_address(address), secret=key or settings.SUPPRESSION_KEY, algorithm="sha256"
    ).hexdigest()


def address_hashes(addresses: Iterable[str]) -> dict[str, str]:
    """Every hash an address may stand under, old keys included, to the address."""
    keys = [settings.SUPPRESSION_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {address_hash(address, key=key): address for address in addresses for key in keys}


@transaction.atomic
def suppress(
    address: str,
    reason: str,
    *,
    candidate: Candidate | None = None,
    by: User | None = None,
    scope: str | None = None,
) -> Suppression:
    """Put an address on the list of those not to be written to. Saying it twice changes nothing.

    An address that does not exist and one of an erased person stop all mail; every other reason stops outreach.
    """
    scope = scope or (Suppression.Scope.EVERYTHING if reason in STOPS_EVERYTHING else Suppression.Scope.OUTREACH)
    row, created = Suppression.objects.get_or_create(
        address_hash=address_hash(address),
        reason=reason,
        defaults={"scope": scope, "created_at": timezone.now(), "created_by": by},
    )
    if row.scope != scope and scope == Suppression.Scope.EVERYTHING:
        row.scope = scope
        row.save(update_fields=["scope"])
    person = candidate or _person_behind(address)
    if person and created:
        Candidate.objects.select_for_update(no_key=True).only("pk").get(
            pk=person.pk
        )  # wins over a message being sent right now
        record(person, "candidate.suppressed", by, reason=str(reason))
        events.candidate_suppressed.send(Candidate, candidate=person, reason=str(reason))
    return row


def suppress_person(candidate: Candidate, reason: str, *, by: User | None = None) -> None:
    """The person said stop: every address we know of them goes on the list."""
    for point in emails_of(candidate):
        suppress(point.value, reason, candidate=candidate, by=by)


def against_address(address: str) -> str:
    """Why nothing at all may be sent to an address, as a sentence; empty when nothing speaks against it."""
    rows = Suppression.objects.filter(address_hash__in=address_hashes([address]), scope=Suppression.Scope.EVERYTHING)
    return "This address is not to be written to." if rows.exists() else ""


def _person_behind(address: str) -> Candidate | None:
    point = (
        ContactPoint.objects.emails()
        .filter(value=fold_address(address), is_live=True)
        .select_related("candidate")
        .first()
    )
    return point.candidate if point else None
