"""What sourcing adds to the query: pools and sequences, for those who may use them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from hiring import access
from hiring.models import User
from hiring.query.contactable import AGAINST
from hiring.query.fields import Asked, Condition, Field, Suggestion, register
from hiring.query.tree import Term
from hiring.query.values import named, plain_value
from sourcing.models import Enrollment, PoolMember, Referral, Sequence, TalentPool

SUGGESTED = 12


def _pool(asked: Asked, term: Term) -> Condition:
    members = PoolMember.objects.all()
    if plain_value(term).lower() not in ("any", "none"):
        pools = TalentPool.objects.visible_to(asked.user).values_list("pk", "name")
        members = members.filter(pool__in=named(term, list(pools), "pool"))
    found = Q(pk__in=members.values("candidate"))
    return ~found if term.text.lower() == "none" else found


def _sequence(asked: Asked, term: Term) -> Condition:
    """Whoever was ever enrolled, or with `live` who is on a path now."""
    enrollments = Enrollment.objects.all()
    if plain_value(term).lower() == "live":
        enrollments = enrollments.live()
    elif term.text.lower() not in ("any", "none"):
        sequences = Sequence.objects.visible_to(asked.user).values_list("pk", "name")
        enrollments = enrollments.filter(sequence__in=named(term, list(sequences), "sequence"))
    found = Q(pk__in=enrollments.values("candidate"))
    return ~found if term.text.lower() == "none" else found


def _referrer(asked: Asked, term: Term) -> Condition:
    """Whom a colleague referred, or with `any` whoever was referred by somebody."""
    given = Referral.objects.all()
    if plain_value(term).lower() not in ("any", "none"):
        colleagues = User.objects.values_list("pk", "full_name")
        given = given.filter(referrer__in=named(term, list(colleagues), "colleague"))
    found = Q(pk__in=given.values("candidate"))
    return ~found if term.text.lower() == "none" else found


def _referrers(user: User, beginning: str) -> Iterable[Suggestion]:
    yield Suggestion("any", "referred by somebody")
    gave = User.objects.filter(referrals_given__isnull=False, full_name__icontains=beginning).distinct()
    for name in gave.values_list("full_name", flat=True)[:SUGGESTED]:
        yield Suggestion(name)


def _pools(user: User, beginning: str) -> Iterable[Suggestion]:
    found = TalentPool.objects.visible_to(user).filter(name__icontains=beginning)
    return [Suggestion(name) for name in found.values_list("name", flat=True)[:SUGGESTED]]


def _sequences(user: User, beginning: str) -> Iterable[Suggestion]:
    yield Suggestion("live", "on a path now")
    found = Sequence.objects.visible_to(user).filter(name__icontains=beginning)
    for name in found.values_list("name", flat=True)[:SUGGESTED]:
        yield Suggestion(name)


AGAINST["other_enrollment"] = lambda asked: Q(Exists(Enrollment.objects.live().filter(candidate=OuterRef("pk"))))
register(Field("pool", "Pool", "pool:any", _pool, "choice", suggest=_pools, may=access.can_source, order=14))
register(
    Field(
        "sequence",
        "Sequence",
        "sequence:live",
        _sequence,
        "choice",
        suggest=_sequences,
        may=access.can_source,
        order=15,
    )
)
register(
    Field(
        "referrer",
        "Referred by",
        "referrer:any",
        _referrer,
        "choice",
        suggest=_referrers,
        may=access.can_handle_referrals,
        order=21,
    )
)
