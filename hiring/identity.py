"""Who is this? One person, one candidate row (docs/architecture.md, invariant 1).

Contact points are normalised here and nowhere else, and every kind of intake (form, hand, import, mail) goes through
`match_or_create`. The unique index over live e-mails and links decides races; this module only asks it nicely.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring import contact_points, search
from hiring.contact_points import normalise_email, normalise_link, normalise_phone
from hiring.errors import Refused
from hiring.models import Candidate, ContactPoint, ProcessingBasis, Source, User
from hiring.names import TURN_AROUND, clean_name, fold, names_agree
from hiring.prepared import Given, prepared
from hiring.timeline import record

__all__ = ["fold", "match", "match_or_create", "normalise_email", "normalise_link", "normalise_phone"]

BALANCING_TEST = "Balancing test: sourcing"
FACTS = ("headline", "company", "location", "country", "time_zone", "language", "source_note", "owner", "referred_by")
OBTAINED_ELSEWHERE = {Source.Kind.SOURCED, Source.Kind.REFERRAL, Source.Kind.AGENCY, Source.Kind.IMPORT}


class Points(NamedTuple):
    """What identifies a person, normalised: (kind, value) to what was typed."""

    raw: dict[tuple[str, str], str]

    def values(self, kind: str) -> list[str]:
        return [value for of, value in self.raw if of == kind]


def read_points(emails: Iterable[str] = (), phones: Iterable[str] = (), links: Iterable[str] = ()) -> Points:
    """Normalise all contact points, leaving out empty ones and doubles. Raises Refused naming the one that cannot be read."""
    raw: dict[tuple[str, str], str] = {}
    for kind, given, normalise in (
        (ContactPoint.Kind.EMAIL, emails, normalise_email),
        (ContactPoint.Kind.PHONE, phones, normalise_phone),
        (ContactPoint.Kind.LINK, links, normalise_link),
    ):
        for text in given:
            if text and text.strip():
                raw.setdefault((kind.value, normalise(text)), contact_points.plain(text)[:320])
    return Points(raw)


def _live_points() -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(is_live=True, candidate__merged_into=None).select_related("candidate")


@prepared
def holders_of(emails: Given, links: Given) -> QuerySet[ContactPoint]:
    """Asked of everybody who comes in by any door, as are the two below."""
    theirs = Q(kind=ContactPoint.Kind.EMAIL, value__any=emails) | Q(kind=ContactPoint.Kind.LINK, value__any=links)
    return _live_points().filter(theirs).order_by("pk")


@prepared
def reached_at(numbers: Given) -> QuerySet[ContactPoint]:
    return _live_points().filter(kind=ContactPoint.Kind.PHONE, value__any=numbers)[:10]


@prepared
def standing_bases(candidates: Given, purpose: Given, basis: Given) -> QuerySet[ProcessingBasis]:
    held = ProcessingBasis.objects.filter(candidate__any=candidates, purpose=purpose, basis=basis, ended_at=None)
    return held.order_by("-pk")


def match(
    emails: Iterable[str] = (), phones: Iterable[str] = (), links: Iterable[str] = (), *, name: str = ""
) -> Candidate | None:
    """The candidate these contact points belong to: by e-mail, else by link, else by phone.

    A phone number may be a household's or a switchboard's: it identifies only when one live person holds it and,
    where a name is given, the name agrees.
    """
    return _match(read_points(emails, phones, links), name)


def _claimed_by_stranger(points: Points, name: str) -> dict[tuple[str, str], Candidate]:
    """Profile links a person gave that are on the record of somebody with another name, with that somebody.

    A link to a public profile can be typed by anyone. Where the person speaks for themselves it proves nothing alone: it
    neither opens somebody else's record to their address and files, nor is it taken away from where it stands.
    """
    values = points.values(ContactPoint.Kind.LINK)
    if not values:
        return {}
    return {
        (point.kind, point.value): point.candidate
        for point in holders_of(emails=[], links=values)
        if not names_agree(name, point.candidate.name)
    }


def _match(points: Points, name: str) -> Candidate | None:
    emails, links = points.values(ContactPoint.Kind.EMAIL), points.values(ContactPoint.Kind.LINK)
    if emails or links:
        held = holders_of(emails=emails, links=links)
        if held:
            return min(held, key=lambda point: point.kind != ContactPoint.Kind.EMAIL).candidate  # an address says more
    numbers = [value for value in points.values(ContactPoint.Kind.PHONE) if contact_points.identifies(value)]
    if not numbers:
        return None
    holders = {point.candidate for point in reached_at(numbers=numbers)}
    if len(holders) != 1:
        return None
    holder = holders.pop()
    return holder if not name or names_agree(name, holder.name) else None


@transaction.atomic
def match_or_create(
    *,
    name: str,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    links: Iterable[str] = (),
    source: Source | None = None,
    by: User | None = None,
    purpose: str,
    basis: str,
    reference: str = "",
    **facts: Any,
) -> tuple[Candidate, bool]:
    """The candidate of these contact points, made when unknown; True when it was made.

    Two intakes of the same person at once give one row: the unique index lets one through, the other finds it.
    On a known person blanks are filled, nothing is overwritten, and new contact points are added; one that belongs
    to somebody else stays with them. Where nobody of us says who it is (`by` None), a profile link counts only with a
    name that agrees, and the timeline says when it did not.

    What was filled is on the returned candidate as `filled`, a list of field names.
    """
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"Not facts of a candidate: {', '.join(sorted(unknown))}")
    name, points = clean_name(name), read_points(emails, phones, links)
    facts = {field: _fit(field, value) for field, value in facts.items() if value} | (
        {"source": source} if source else {}
    )
    why = (purpose, basis, reference)
    for _ in range(5):
        claimed = {} if by else _claimed_by_stranger(points, name)
        own = Points({key: raw for key, raw in points.raw.items() if key not in claimed})
        try:
            with transaction.atomic():
                found = _match(own, name)
                person = (
                    _complete(found, own, facts, by=by, why=why) if found else _create(name, own, facts, by=by, why=why)
                )
                for holder in {holder.pk: holder for holder in claimed.values() if holder.pk != person.pk}.values():
                    record(person, "candidate.link_in_use", by, other=holder.pk)
            return person, found is None
        except IntegrityError as error:
            if "one_person_per_contact_point" not in str(error):
                raise  # only "somebody was quicker" is worth another look
    raise Refused("Somebody is changing this person right now. Try again.")


def _fit(field: str, value: Any) -> Any:
    """Cut text to what its column holds: intake must not fail on a long headline."""
    if not isinstance(value, str):
        return value
    return " ".join(TURN_AROUND.sub("", value).split())[: Candidate._meta.get_field(field).max_length].strip()  # type: ignore[union-attr]


def _create(
    name: str, points: Points, facts: dict[str, Any], *, by: User | None, why: tuple[str, str, str]
) -> Candidate:
    now = timezone.now()
    candidate = Candidate(name=name, name_key=fold(name), collected_at=now, created_at=now, updated_at=now, **facts)
    if needs_notice(why[0], candidate.source):
        candidate.notice_due_on = a_month_after(now.date())
    candidate.save()
    first_of: set[str] = set()
    rows = []
    for (kind, value), raw in sorted(points.raw.items(), key=lambda item: item[0][0]):
        rows.append(ContactPoint(candidate=candidate, kind=kind, value=value, raw=raw, is_primary=kind not in first_of))
        first_of.add(kind)
    # One order for everybody, so that two intakes with the same points wait for each other instead of deadlocking.
    ContactPoint.objects.bulk_create(sorted(rows, key=lambda row: (row.kind, row.value)))
    add_basis(candidate, *why)
    source = candidate.source
    record(candidate, "candidate.added", by, source=source.pk if source else None, purpose=why[0])
    search.refresh_soon(candidate.pk)
    candidate.filled = []  # type: ignore[attr-defined]
    return candidate


def _complete(
    candidate: Candidate, points: Points, facts: dict[str, Any], *, by: User | None, why: tuple[str, str, str]
) -> Candidate:
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    filled = [field for field, value in facts.items() if value and not getattr(candidate, field)]
    for field in filled:
        setattr(candidate, field, facts[field])
    added = _add_missing(candidate, points)
    first_knowledge = not candidate.bases.exists()
    add_basis(candidate, *why)
    if first_knowledge and not candidate.notice_sent_at and needs_notice(why[0], candidate.source):
        due = a_month_after(candidate.collected_at.date())
        candidate.notice_due_on = min(candidate.notice_due_on or due, due)
    candidate.updated_at = timezone.now()
    candidate.save()
    if filled or added:
        record(candidate, "candidate.completed", by, fields=filled, contact_points=added)
    search.refresh_soon(candidate.pk)
    candidate.filled = filled + added  # type: ignore[attr-defined]
    return candidate


def _add_missing(candidate: Candidate, points: Points) -> list[str]:
    """Add the contact points the person does not have yet; one that is somebody else's is left to them. Kinds added."""
    held = set(candidate.contact_points.values_list("kind", "value"))
    kinds_held = {kind for kind, _ in held}
    missing = sorted(key for key in points.raw if key not in held)
    rows = []
    for kind, value in missing:
        rows.append(
            ContactPoint(
                candidate=candidate,
                kind=kind,
                value=value,
                raw=points.raw[kind, value],
                is_primary=kind not in kinds_held,
            )
        )
        kinds_held.add(kind)
    ContactPoint.objects.bulk_create(rows, ignore_conflicts=True)
    now_held = set(candidate.contact_points.values_list("kind", "value")) if rows else held
    return [kind for kind, value in missing if (kind, value) in now_held]


def add_basis(candidate: Candidate, purpose: str, basis: str, reference: str = "") -> None:
    """PRIV-1: why we may hold this person's data. A reason that already stands is not written again."""
    add_bases([candidate], purpose, basis, reference)


def add_bases(
    candidates: Sequence[Candidate], purpose: str, basis: str, reference: str = ""
) -> dict[int, ProcessingBasis]:
    """`add_basis` for many, in two statements. Says on which row each of them stands now."""
    held = standing_bases(candidates=[one.pk for one in candidates], purpose=str(purpose), basis=str(basis))
    standing = {row.candidate_id: row for row in held}
    if not reference and basis == ProcessingBasis.Basis.LEGITIMATE_INTEREST:
        reference = BALANCING_TEST
    made = ProcessingBasis.objects.bulk_create(
        ProcessingBasis(
            candidate=candidate,
            purpose=purpose,
            basis=basis,
            reference=reference,
            controller=settings.ORGANISATION_NAME,
            started_at=timezone.now(),
        )
        for candidate in candidates
        if candidate.pk not in standing
    )
    return standing | {row.candidate_id: row for row in made}


def needs_notice(purpose: str, source: Source | None) -> bool:
    """PRIV-4: the data came from somewhere else than the person, so they have to be told."""
    if purpose == ProcessingBasis.Purpose.APPLICATION:
        return False  # informed at the form (PRIV-3)
    return purpose == ProcessingBasis.Purpose.SOURCING or bool(source and source.kind in OBTAINED_ELSEWHERE)


def a_month_after(day: dt.date) -> dt.date:
    """The same day of the next month, or its last day: 31 January is followed by 28 or 29 February (PRIV-4)."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
