"""What the contact policy reads of people, for all who are asked about at once: one query a kind of fact, when a rule wants it.

Only `hiring/contact.py` uses it, and only that judges.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from django.db.models import Q, QuerySet, prefetch_related_objects

from hiring import person
from hiring.models import Candidate, Consent, ContactPoint, Mailbox, ProcessingBasis, SenderDay, Suppression
from hiring.prepared import Given, prepared
from hiring.suppression import address_hashes, emails_of

Answer = Literal["may", "wait", "never"]
OUTREACH_PURPOSES = (ProcessingBasis.Purpose.SOURCING, ProcessingBasis.Purpose.POOL)


@dataclass(frozen=True)
class Finding:
    """What one rule says: `wait` or `never`, in a sentence a recruiter understands. `not_before` None: nobody knows when.

    `short` says it in a few words, for the chip; `for_all` when it holds for every mail, not for outreach alone.
    """

    rule: str
    answer: Answer
    reason: str
    not_before: dt.datetime | None = None
    short: str = ""
    for_all: bool = False


Guard = Callable[[Sequence[int], dt.datetime, "int | None"], Mapping[int, Finding]]

rests_on: dict[str, str] = {}
"""A guard to the kind of rows (`hiring.person.kept`) without which it never objects: who was just fetched and has none is not
asked about."""


@prepared
def suppressions_of(hashes: Given) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address_hash__any=hashes).order_by("pk")


@prepared
def outreach_bases(candidates: Given) -> QuerySet[ProcessingBasis]:
    return ProcessingBasis.objects.filter(candidate__any=candidates, purpose__in=OUTREACH_PURPOSES)


@dataclass
class Facts:
    """`addresses` are those written to that are none of the people's own, or may be none."""

    candidates: Sequence[Candidate]
    at: dt.datetime
    guards: Mapping[str, Guard]
    mailbox: Mailbox | None = None
    enrollment_id: int | None = None
    addresses: Collection[str] = ()
    emails: dict[int, list[ContactPoint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.candidates) > 1:
            prefetch_related_objects(self.candidates, "contact_points")
        self.emails = {id(person): emails_of(person) for person in self.candidates}

    @property
    def ids(self) -> list[int]:
        return [person.pk for person in self.candidates]

    @cached_property
    def hashes(self) -> dict[str, dict[str, str]]:
        """Address to the hashes it may stand under, each to the address."""
        known = {point.value for points in self.emails.values() for point in points}
        return {address: address_hashes([address]) for address in known.union(self.addresses)}

    @cached_property
    def suppressions(self) -> dict[str, list[Suppression]]:
        """Hash to the rows of the list that name it."""
        found: dict[str, list[Suppression]] = defaultdict(list)
        wanted = [one for hashes in self.hashes.values() for one in hashes]
        for row in suppressions_of(hashes=wanted) if wanted else ():
            found[row.address_hash].append(row)
        return found

    @cached_property
    def running_bases(self) -> dict[int, list[ProcessingBasis]]:
        """Candidate to the bases for outreach that hold at this moment."""
        found: dict[int, list[ProcessingBasis]] = defaultdict(list)
        for basis in self._bases():
            if basis.started_at <= self.at and (basis.ended_at is None or basis.ended_at > self.at):
                found[basis.candidate_id].append(basis)
        return found

    def _bases(self) -> list[ProcessingBasis]:
        """Those that may stand for outreach; a page about one person has them all loaded with the person."""
        if len(self.candidates) == 1 and "bases" in getattr(self.candidates[0], "_prefetched_objects_cache", ()):
            return [basis for basis in self.candidates[0].bases.all() if basis.purpose in OUTREACH_PURPOSES]
        return outreach_bases(candidates=self.ids)

    @cached_property
    def consents(self) -> dict[int, set[str]]:
        """Candidate to the purposes they agreed to, among those with a basis that rests on consent."""
        consent = ProcessingBasis.Basis.CONSENT
        asked = [pk for pk, bases in self.running_bases.items() if any(basis.basis == consent for basis in bases)]
        given = Consent.objects.filter(candidate__in=asked, purpose__in=OUTREACH_PURPOSES, given_at__lte=self.at)
        found: dict[int, set[str]] = defaultdict(set)
        stands = given.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=self.at))
        for pk, purpose in stands.values_list("candidate", "purpose"):
            found[pk].add(purpose)
        return found

    @cached_property
    def objections(self) -> dict[str, Mapping[int, Finding]]:
        """What the guards of higher floors say, by their name."""
        return {name: self._asked(name, guard) for name, guard in sorted(self.guards.items())}

    def _asked(self, name: str, guard: Guard) -> Mapping[int, Finding]:
        """What a guard says of those who may have rows of the kind it rests on."""
        ids = [one.pk for one in self.candidates if person.has(one, rests_on.get(name, ""))]
        return guard(ids, self.at, self.enrollment_id) if ids else {}

    @cached_property
    def sent_today(self) -> tuple[int, dt.datetime | None] | None:
        """How many messages the mailbox has sent, and when the last."""
        today = self.at.astimezone(dt.UTC).date()
        return SenderDay.objects.filter(mailbox=self.mailbox, day=today).values_list("sent", "last_at").first()
