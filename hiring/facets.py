"""The facet column: what the people found have in common, counted, and a click that edits the query itself.

A facet counts values of one field over the people found: all of them up to COUNT_UP_TO, above it the newest SAMPLE, scaled and
shown as "≈" (docs/performance.md). Floors above add what they know: where people stand, which pools they are in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as part

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Count, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hiring import access, query, taxonomy
from hiring.models import Candidate, CandidateSearch, CandidateTag, User
from hiring.query import places
from hiring.query.edits import has, toggled
from hiring.query.fields import Asked, find
from hiring.query.matching import condition, on_record
from hiring.query.tree import Node, Term

COUNT_UP_TO = 20_000  # people; more are sampled
SAMPLE = 5_000
UNCOUNTED = -1
MOST = 25
"""Values of a facet; who wants another one writes it."""

Counted = Iterable[tuple[str, int]]


@dataclass(frozen=True)
class Facet:
    """`count(user, ids)` gives values as they are written in the query, with how many of these people have them. A field
    with `is_one` is one value a person, so that a second choice is an OR. `label` names a value for people."""

    field: str
    label: str
    count: Callable[[User, Sequence[int]], Counted]
    is_one: bool = False
    order: int = 50
    name: Callable[[str], str] = part(default=lambda value: value)


facets: dict[str, Facet] = {}


def register(facet: Facet) -> Facet:
    facets[facet.field + facet.label] = facet
    return facet


@dataclass(frozen=True)
class Option:
    """`q` is the query with this value put in, or taken out when it is on; `people` None where it is on and not counted."""

    label: str
    people: int | None
    is_on: bool
    q: str


@dataclass
class Shown:
    """A facet on a page: its first options, and the rest behind "more"; what is on always shows."""

    label: str
    options: list[Option] = part(default_factory=list)

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


@dataclass
class Column:
    """All facets of a query. `is_estimate` when the numbers come from a sample."""

    facets: list[Shown]
    is_estimate: bool = False


def column(text: str, user: User) -> Column:
    """The facets of the people who match `text`. Raises query.QueryError."""
    node = query.parse(text)
    match = query.match(node, user)
    sees_all = user.role in access.SEES_EVERYBODY
    ids, scale = _found(Candidate.objects.visible_to(user).filter(match.filter()), match, sees_all=sees_all)
    shown = []
    for facet in sorted(facets.values(), key=lambda facet: facet.order):
        known = find(facet.field)
        if known is None or not known.may(user):
            continue
        options = _options(node, facet, list(facet.count(user, ids)) if ids else [], scale)
        if options:
            shown.append(Shown(facet.label, options))
    return Column(shown, scale > 1)


def _found(people: QuerySet[Candidate], match: query.Match, *, sees_all: bool) -> tuple[list[int], float]:
    """The ids the facets are counted over, and what a count stands for: 1 when these are all."""
    if not match.is_walked and match.search is not None:
        ids = list(people.order_by().values_list("pk", flat=True)[: COUNT_UP_TO + 1])
        if len(ids) <= COUNT_UP_TO:
            return ids, 1
    newest = list(people.order_by("-updated_at", "-pk").values_list("pk", flat=True)[: SAMPLE + 1])
    if len(newest) <= SAMPLE:
        return newest, 1
    return newest[:SAMPLE], max(_about(people, match, sees_all=sees_all) / SAMPLE, 1.01)


def _about(people: QuerySet[Candidate], match: query.Match, *, sees_all: bool) -> int:
    if match.is_walked and sees_all and not match.record:
        return match.expected
    plan = people.order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def _options(node: Node, facet: Facet, counted: list[tuple[str, int]], scale: float) -> list[Option]:
    options = []
    named = {value.lower() for value, _ in counted}
    for value, people in counted:
        is_on = has(node, facet.field, value)
        shown = None if people == UNCOUNTED else people if scale == 1 else _rounded(people * scale)
        q = query.format(toggled(node, facet.field, value, is_one=facet.is_one))
        options.append(Option(facet.name(value), shown, is_on, q))
    on = [part for part in query.edits.chosen(node, facet.field) if part.text.lower() not in named]
    for term in on:
        q = query.format(toggled(node, facet.field, term.text, is_one=facet.is_one))
        options.insert(0, Option(facet.name(term.text), None, True, q))
    return options


def _rounded(number: float) -> int:
    """Two figures: a sample knows no more."""
    digits = max(len(str(int(number))) - 2, 0)
    return round(number / 10**digits) * 10**digits


def given(people: Sequence[int]) -> RawSQL:
    """Ids as one array, `filter(candidate__any=given(people))`, written as text: adapting each of thousands costs more than to
    count them."""
    return RawSQL("%s::bigint[]", (_array(people),), output_field=ArrayField(BigIntegerField()))


def _array(people: Sequence[int]) -> str:
    return "{" + ",".join(map(str, people)) + "}"


def ids(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


# ---------- What the record itself knows ----------


def _skills(user: User, people: Sequence[int]) -> Counted:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT skill, count(*) FROM hiring_candidatesearch s, unnest(s.skills) AS skill WHERE candidate_id = ANY(%s::bigint[]) "
            "GROUP BY skill ORDER BY count(*) DESC, skill LIMIT %s",
            [_array(people), MOST],
        )
        return [(taxonomy.canonical(key) or key, count) for key, count in cursor.fetchall()]


def _places(user: User, people: Sequence[int]) -> Counted:
    copies = CandidateSearch.objects.filter(candidate__any=given(people)).exclude(place=0)
    by_number = {city.number: city.name for city in places.cities()}
    counted = copies.order_by().values_list("place").annotate(n=Count("pk")).order_by("-n")[:MOST]
    return [(by_number[place], n) for place, n in counted if place in by_number]


def _by(column: str) -> Callable[[User, Sequence[int]], Counted]:
    """Values of a column of the record."""

    def count(user: User, people: Sequence[int]) -> Counted:
        rows = Candidate.objects.filter(pk__any=given(people)).exclude(**{column: None}).order_by()
        return list(rows.values_list(column).annotate(n=Count("pk")).order_by("-n")[:MOST])

    return count


def _owners(user: User, people: Sequence[int]) -> Counted:
    rows = Candidate.objects.filter(pk__any=given(people)).order_by()
    counted = rows.values_list("owner", "owner__full_name").annotate(n=Count("pk")).order_by("-n")[:MOST]
    return [("me" if pk == user.pk else name or "none", n) for pk, name, n in counted]


def _tags(user: User, people: Sequence[int]) -> Counted:
    uses = CandidateTag.objects.filter(candidate__any=given(people)).order_by()
    return list(uses.values_list("tag__name").annotate(n=Count("pk")).order_by("-n")[:MOST])


def _fixed(name: str, *values: str, at_most: int = COUNT_UP_TO) -> Callable[[User, Sequence[int]], Counted]:
    """A field's few values, each counted as the query itself would match it, in one question. Over more than `at_most`
    people they are offered uncounted: what asks other tables about each person would take too long."""

    def count(user: User, people: Sequence[int]) -> Counted:
        known = find(name)
        if known is None or not known.may(user):
            return []
        if len(people) > at_most:
            return [(value, UNCOUNTED) for value in values]
        asked = Asked(user, timezone.now())
        filters = {}
        for place, value in enumerate(values):
            matched = condition(_term(name, value), asked)
            matched = on_record(matched) if isinstance(matched, query.OnSearch) else matched
            filters[f"n{place}"] = Count("pk", filter=matched)
        counted = Candidate.objects.filter(pk__any=given(people)).order_by().aggregate(**filters)
        return [(value, counted[f"n{place}"]) for place, value in enumerate(values) if counted[f"n{place}"]]

    return count


def _term(name: str, value: str) -> Term:
    op = value[0] if value[0] in "<>" else ""
    return Term(name, value[len(op) :], op)


CONTACT = {"<30d": "In the last 30 days", ">90d": "More than 90 days ago", "never": "Never"}
MAY = {"yes": "Yes, now", "no": "Not now"}

register(Facet("skill", "Skill", _skills, order=10))
register(Facet("location", "Location", _places, is_one=True, order=20))
register(Facet("source", "Source", _by("source__name"), is_one=True, order=30))
register(Facet("tag", "Tag", _tags, order=60))
register(
    Facet(
        "owner", "Owner", _owners, is_one=True, order=70,
        name=lambda value: {"me": "You", "none": "Nobody"}.get(value, value),
    )
)  # fmt: skip
register(
    Facet(
        "contacted", "Last contact", _fixed("contacted", *CONTACT), is_one=True, order=80,
        name=lambda value: CONTACT.get(value, value),
    )
)  # fmt: skip
register(
    Facet(
        "contactable", "May be written to", _fixed("contactable", "yes", at_most=2_000), is_one=True, order=90,
        name=lambda value: MAY.get(value, value),
    )
)  # fmt: skip
