"""The facet column: what the people found have in common, counted, and a click that edits the query itself.

A facet counts values of one field over the people found: all of them up to COUNT_UP_TO, above it about SAMPLE of them from
everywhere, scaled and shown as "≈" (docs/performance.md). Floors above add what they know: where people stand, which pools they are in.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from functools import reduce
from itertools import chain
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Count, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hiring import access, query, taxonomy
from hiring.models import Candidate, CandidateSearch, CandidateTag, User
from hiring.query import places
from hiring.query.edits import has, toggled
from hiring.query.fields import Asked, find
from hiring.query.matching import condition, on_record
from hiring.query.tree import Node, Term

COUNT_UP_TO = 4_000  # people; of more a sample is counted
SAMPLE = 1_500
GATHER_UP_TO = 8_000  # people; more are not all visited
STRETCHES = 20
IN_DOUBT = 0.01  # of everybody: a sample large enough whether few match or many
READ_UP_TO = 0.015  # of everybody, who are asked one by one
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
    ids, scale = _found(match, user)
    shown = []
    for facet in sorted(facets.values(), key=lambda facet: facet.order):
        known = find(facet.field)
        if known is None or not known.may(user):
            continue
        options = _options(node, facet, list(facet.count(user, ids)) if ids else [], scale)
        if options:
            shown.append(Shown(facet.label, options))
    return Column(shown, scale > 1)


def _found(match: query.Match, user: User) -> tuple[list[int], float]:
    """The ids the facets are counted over, and how many people each of them stands for: 1 when these are all."""
    expected = match.expected.matches if match.search else _planned(match.record, user)
    if expected > GATHER_UP_TO or match.expected.is_doubtful:
        share = IN_DOUBT if match.expected.is_doubtful else SAMPLE / expected
        sample = _in_stretches(match, share, user)
        if match.search and match.record:  # asked of few, or the planner answers it for everybody first
            sample = _people(match.record & Q(pk__any=given(sample)), user)
        if len(sample) >= SAMPLE // 20:
            thin = _thin(sample)
            return thin, max(len(sample) / len(thin) / share, 1.01)
        # Too few of a sample are few in all: the record's own indexes find them, or the fence.
    if match.search and not match.record and expected <= GATHER_UP_TO:
        ids = _matches(match.search, user)
    else:
        ids = _people(match.gathered() if expected <= GATHER_UP_TO else match.filter(), user)
    if len(ids) <= COUNT_UP_TO:
        return ids, 1
    thin = _thin(ids)
    return thin, len(ids) / len(thin)


def _people(who: Q, user: User) -> list[int]:
    people = Candidate.objects.visible_to(user).filter(who)
    return list(people.order_by().values_list("pk", flat=True)[: 2 * GATHER_UP_TO])


def _matches(search: query.OnSearch, user: User) -> list[int]:
    """People whom a condition over the copy finds. Whoever sees everybody needs no look at the records: merged ones have no copy."""
    if user.role not in access.SEES_EVERYBODY:
        return _people(on_record(search, query.Expected()), user)
    with connection.cursor() as cursor:
        sql = f"SELECT candidate_id FROM hiring_candidatesearch WHERE {search.sql} LIMIT {2 * GATHER_UP_TO}"  # noqa: S608
        cursor.execute(sql, search.params)
        return [pk for (pk,) in cursor.fetchall()]


def _thin(ids: list[int]) -> list[int]:
    """SAMPLE of them by lot, the same ones each time: every n-th would miss whatever comes in turns."""
    return random.Random(0).sample(ids, SAMPLE) if len(ids) > SAMPLE else ids  # noqa: S311


def _planned(who: Q, user: User) -> int:
    """How many people the planner expects."""
    plan = Candidate.objects.visible_to(user).filter(who).order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def _in_stretches(match: query.Match, share: float, user: User) -> list[int]:
    """Whom `match.search`, or without one the record, finds in stretches of ids that hold this share of everybody.

    The index gives the places of all matches in little time; what takes time is to visit them, so only those in the stretches
    are visited. In short ones everybody is asked (`IS TRUE` hides the condition from the index), which takes less than its
    list of all matches. What came in together has ids side by side, hence many stretches.
    """
    last = Candidate.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    width = max(int(last * share / STRETCHES), 1)
    bounds = [(start, start + width) for start in (last * place // STRETCHES for place in range(STRETCHES))]
    if match.search is None:
        return _people(reduce(or_, (Q(pk__range=bound) for bound in bounds)) & match.record, user)
    between = " OR ".join("candidate_id BETWEEN %s AND %s" for _ in bounds)
    asked = f"({match.search.sql})" + (" IS TRUE" if share <= READ_UP_TO else "")
    return _matches(query.OnSearch(f"({between}) AND {asked}", (*chain(*bounds), *match.search.params)), user)


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
