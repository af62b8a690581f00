"""`contactable:` — whom outreach may reach now, as far as the contact policy rests on rows (hiring/contact.py).

The policy itself is asked again for each person before anything is sent; this finds whom it is worth asking about. Floors above
add what they know against writing to somebody (`AGAINST`). Night, weekends and mailboxes are questions of the moment of sending.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q

from hiring import contact
from hiring.models import Consent, ContactPoint, ProcessingBasis
from hiring.query.fields import Asked, Condition, Field, OnSearch, of_choices, register
from hiring.query.tree import Term
from hiring.query.values import one_of
from hiring.search_facts import SUPPRESSED

AGAINST: dict[str, Callable[[Asked], Q]] = {
    "no_address": lambda asked: ~Q(Exists(_of_them(ContactPoint, kind="email", is_live=True, bounced_at=None))),
    "do_not_contact": lambda asked: Q(do_not_contact=True),
    "no_basis": lambda asked: ~_lawful(asked),
    "last_touch": lambda asked: Q(
        last_contacted_at__isnull=False,
        last_contacted_at__gt=asked.now - dt.timedelta(days=contact.DAYS_BETWEEN_TOUCHES),
    ),
}
"""Name of the policy's rule to a filter over the people it speaks against."""


def _of_them(model, **which):  # type: ignore[no-untyped-def]
    return model._default_manager.filter(candidate=OuterRef("pk"), **which)


def _lawful(asked: Asked) -> Q:
    """PRIV-1: a running basis for outreach; where it is consent, one that still stands."""
    running = Q(started_at__lte=asked.now) & (Q(ended_at=None) | Q(ended_at__gt=asked.now))
    bases = ProcessingBasis.objects.filter(running, candidate=OuterRef("pk"), purpose__in=contact.OUTREACH_PURPOSES)
    agreed = Consent.objects.filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=asked.now), candidate=OuterRef("candidate"), purpose=OuterRef("purpose"),
        given_at__lte=asked.now,
    )  # fmt: skip
    return Q(Exists(bases.filter(~Q(basis=ProcessingBasis.Basis.CONSENT) | Q(Exists(agreed)))))


def _contactable(asked: Asked, term: Term) -> Condition:
    from hiring.query.matching import on_record  # matching knows all fields

    against = on_record(OnSearch("facts @@ %s::tsquery", (f"'{SUPPRESSED}'",)))
    for rule in AGAINST.values():
        against |= rule(asked)
    return ~against if one_of(term, ("yes", "no")) == "yes" else against


register(
    Field(
        "contactable", "May be written to", "contactable:yes", _contactable, "choice",
        suggest=of_choices([("yes", "outreach may be sent now"), ("no", "something speaks against it")]), order=24,
    )
)  # fmt: skip
