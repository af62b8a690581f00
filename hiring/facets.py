"""What the list of candidates can be narrowed by. Floors above add what they know: an active application, a pool.

Within a facet choices are OR-ed, facets are AND-ed. A facet's choices are read by one cheap query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone

from hiring.models import Candidate, CandidateTag, Source, Tag, User

Choice = tuple[str, str]
AT_MOST = 100  # choices of a facet; whoever has more tags searches for them by word


@dataclass(frozen=True)
class Facet:
    """`choices` says what a user can choose, `narrow` turns the chosen values into a filter over candidates."""

    key: str
    label: str
    choices: Callable[[User], Iterable[Choice]]
    narrow: Callable[[User, list[str]], Q]
    order: int = 50


facets: dict[str, Facet] = {}


def register(facet: Facet) -> Facet:
    facets[facet.key] = facet
    return facet


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_on: bool


@dataclass
class Shown:
    """A facet on a page: its first options, and the rest behind "more"; what is on always shows."""

    key: str
    label: str
    options: list[Option] = field(default_factory=list)

    FIRST = 6

    @property
    def first(self) -> list[Option]:
        return self._ordered[: self._shown]

    @property
    def more(self) -> list[Option]:
        return self._ordered[self._shown :]

    @property
    def _ordered(self) -> list[Option]:
        return sorted(self.options, key=lambda option: not option.is_on)

    @property
    def _shown(self) -> int:
        """A single option is never hidden: the line that offers it takes as much room."""
        shown = max(self.FIRST, sum(option.is_on for option in self.options))
        return shown + 1 if len(self.options) == shown + 1 else shown


def shown(user: User, params: QueryDict) -> list[Shown]:
    """Every facet with something to choose, in order, as `params` sets it."""
    built = []
    for facet in sorted(facets.values(), key=lambda facet: facet.order):
        chosen = set(params.getlist(facet.key))
        options = [Option(value, label, value in chosen) for value, label in facet.choices(user)]
        if options:
            built.append(Shown(facet.key, facet.label, options))
    return built


def narrow(user: User, params: QueryDict) -> Q:
    """The filter `params` asks for. Values nobody offered narrow to nobody rather than being ignored."""
    chosen = Q()
    for facet in facets.values():
        values = [value for value in params.getlist(facet.key) if value]
        if values:
            chosen &= facet.narrow(user, values)
    return chosen


def chosen(params: QueryDict) -> int:
    """How many choices `params` makes."""
    return sum(bool(value) for key in facets for value in params.getlist(key))


def ids(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


def _owners(user: User) -> Iterable[Choice]:
    owners = User.objects.filter(Exists(Candidate.objects.filter(owner=OuterRef("pk"))), is_active=True).values_list(
        "pk", "full_name"
    )
    named = sorted(
        ((str(pk), "You" if pk == user.pk else name) for pk, name in owners[:AT_MOST]),
        key=lambda choice: choice[1] != "You",
    )
    return [*named, ("none", "Nobody")] if named else []


def _by_owner(user: User, values: list[str]) -> Q:
    chosen = Q(owner__in=ids(values))
    return chosen | Q(owner=None) if "none" in values else chosen


def _by_last_contact(user: User, values: list[str]) -> Q:
    """Contact is either side's last word: ours (a message, a call) or theirs (they wrote, applied, booked)."""
    chosen, now = Q(pk__in=[]), timezone.now()
    never = Q(last_contacted_at=None, last_sign_of_life_at=None)
    if "never" in values:
        chosen |= never
    if "90" in values:
        chosen |= _no_contact_since(now - dt.timedelta(days=90)) & ~never
    if "30" in values:
        chosen |= ~_no_contact_since(now - dt.timedelta(days=30))
    return chosen


def _no_contact_since(at: dt.datetime) -> Q:
    return (Q(last_contacted_at=None) | Q(last_contacted_at__lt=at)) & (
        Q(last_sign_of_life_at=None) | Q(last_sign_of_life_at__lt=at)
    )


def _sources(user: User) -> Iterable[Choice]:
    return [(str(pk), name) for pk, name in Source.objects.filter(is_active=True).values_list("pk", "name")[:AT_MOST]]


def _tags(user: User) -> Iterable[Choice]:
    return [(str(pk), name) for pk, name in Tag.objects.values_list("pk", "name")[:AT_MOST]]


register(Facet("source", "Source", _sources, lambda user, values: Q(source__in=ids(values)), 10))
register(Facet("owner", "Owner", _owners, _by_owner, 20))
register(
    Facet(
        "tag",
        "Tag",
        _tags,
        lambda user, values: Q(pk__in=CandidateTag.objects.filter(tag__in=ids(values)).values("candidate")),
        30,
    )
)
register(
    Facet(
        "contact",
        "Last contact",
        lambda user: [("30", "In the last 30 days"), ("90", "More than 90 days ago"), ("never", "Never")],
        _by_last_contact,
        40,
    )
)
