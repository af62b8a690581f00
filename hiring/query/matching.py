"""From tree to people: conditions over the search copy are gathered behind one fence, the others filter the record.

The planner does not know what reading a text costs. Given `ORDER BY updated_at LIMIT 50` it walks people by date and tests
each one's text, although few match; so a rare match is taken first (`AS MATERIALIZED`), and only what very many match
is walked (docs/performance.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from hiring.models import Candidate, CandidateSearch, User
from hiring.query import words
from hiring.query.errors import QueryError
from hiring.query.fields import Asked, Condition, OnSearch, Together, find
from hiring.query.grammar import parse
from hiring.query.tree import And, Everything, Node, Not, Or, Phrase, Term, Word, conjuncts

FENCE_UP_TO = 15_000  # matches the planner expects
HOW_MANY = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'hiring_candidatesearch'::regclass"
SHOWN = 51  # a page and one
DOUBTED_FROM = 100  # matches: of fewer, thirty times as many are gathered as well
PROBE, PROBE_OF_TEXT = 2.2, 0.8
"""What asking one person costs beside gathering one match; the place of a phrase is looked up in the text of every match."""


@dataclass(frozen=True)
class Expected:
    """What the planner thinks: so many `matches` among so many `people`.

    It multiplies what it knows of each word, as if knowing Kafka made Python no likelier, and may be thirty times too low:
    `is_doubtful` where it does so and few are expected.
    """

    matches: int = 0
    people: int = 0
    is_doubtful: bool = False

    def is_walked(self, search: OnSearch) -> bool:
        """So many match that walking people in order and asking each is over sooner than gathering all who match.

        Gathering costs `matches`; a page by walking costs SHOWN * people / matches probes. They are equal at the root.
        """
        return self.matches > min(FENCE_UP_TO, self.gathered_up_to(search))

    def gathered_up_to(self, search: OnSearch, shown: int = SHOWN) -> int:
        """The number of matches at which `shown` of them cost as much by walking."""
        probe = PROBE_OF_TEXT if "phraseto_tsquery" in search.sql else PROBE
        return max(int(math.sqrt(shown * self.people * probe)), 1_000)


@dataclass(frozen=True)
class Match:
    """Who matches, as two conditions that must both hold; `search` None when the copy is not asked.

    `expected` is how many people the planner thinks `search` matches.
    """

    search: OnSearch | None
    record: Q
    expected: Expected = Expected()

    @property
    def is_walked(self) -> bool:
        return self.search is not None and self.expected.is_walked(self.search)

    def walked(self) -> Q:
        """The same people by asking each, however few are expected."""
        return self.record if self.search is None else _probed(self.search) & self.record

    def gathered(self) -> Q:
        """The same people by taking all matches first, however many are expected."""
        return self.record if self.search is None else on_record(self.search, Expected()) & self.record

    def filter(self) -> Q:
        return self.record if self.search is None else on_record(self.search, self.expected) & self.record


def people(user: User, text: str) -> QuerySet[Candidate]:
    """All people `user` may see who match `text`, in no order: never walked, which is for a page. Raises QueryError."""
    return Candidate.objects.visible_to(user).filter(match(parse(text), user).gathered())


def match(node: Node, user: User) -> Match:
    """The conditions of a tree for this user. Raises QueryError for a value that cannot be understood."""
    asked = Asked(user, timezone.now())
    found = [condition(part, asked) for part in grouped(conjuncts(node))]
    search = both([part for part in found if isinstance(part, OnSearch)])
    record = Q()
    for part in found:
        if isinstance(part, Q):
            record &= part
    return Match(search, record, expected(search) if search else Expected())


def grouped(nodes: Sequence[Node]) -> list[Node]:
    """The parts of an And, with those together that are looked for as one: plain words, and terms about one related row."""
    groups: dict[object, list[Node]] = {}
    for place, node in enumerate(nodes):
        groups.setdefault(_kin(node) or place, []).append(node)
    return [group[0] if len(group) == 1 else And(tuple(group)) for group in groups.values()]


def _kin(node: Node) -> object:
    """What a part is looked for together with; None when it stands alone."""
    if isinstance(node, Word):
        return None if node.is_prefix else "words"
    if isinstance(node, Term):
        known = find(node.field)
        return known.together if known else None
    if isinstance(node, Or):
        kin = {_kin(child) for child in node.children}
        return kin.pop() if len(kin) == 1 and isinstance(next(iter(kin)), Together) else None
    return None


def condition(node: Node, asked: Asked) -> Condition:
    if isinstance(node, Everything):
        return Q()
    if isinstance(node, Word):
        return words.beginning(node.text) if node.is_prefix else words.plain([node.text])
    if isinstance(node, Phrase):
        return words.phrase(node.text)
    if isinstance(node, Term):
        return _term(node, asked)
    if isinstance(node, Not):
        if isinstance(node.child, Everything):
            return Q(pk__in=[])
        found = condition(node.child, asked)
        return OnSearch(f"NOT ({found.sql})", found.params) if isinstance(found, OnSearch) else ~found
    if isinstance(node, And):
        kin = {_kin(child) for child in node.children}
        if kin == {"words"}:
            return words.plain([child.text for child in node.children if isinstance(child, Word)])
        if len(kin) == 1 and isinstance(together := kin.pop(), Together):
            return together.people(asked, _related(node, asked))
        return _joined([condition(part, asked) for part in grouped(node.children)], "AND")
    return _joined([condition(child, asked) for child in node.children], "OR")


def _term(term: Term, asked: Asked) -> Condition:
    known = find(term.field)
    if known is None:
        raise QueryError(f"There is no field “{term.field}”.", term.start, term.end)
    if not known.may(asked.user):
        raise QueryError(f"{known.name}: is not open to you.", term.start, term.end)
    found = known.match(asked, term)
    return known.together.people(asked, found) if known.together and isinstance(found, Q) else found


def _related(node: Node, asked: Asked) -> Q:
    """A filter over the related row that terms of one kin speak of."""
    if isinstance(node, Term):
        known = find(node.field)
        if known is None or not known.may(asked.user):
            raise QueryError(f"{node.field}: is not open to you.", node.start, node.end)
        found = known.match(asked, node)
        return found if isinstance(found, Q) else Q()
    whole = Q()
    for child in node.children if isinstance(node, And | Or) else ():
        one = _related(child, asked)
        whole = whole & one if isinstance(node, And) else whole | one
    return whole


def both(parts: Iterable[OnSearch]) -> OnSearch | None:
    found = sorted(parts, key=lambda part: "tsv" in part.sql)  # texts last: whoever is out already is not read
    if len(found) < 2:
        return found[0] if found else None
    return OnSearch(" AND ".join(f"({part.sql})" for part in found), tuple(p for part in found for p in part.params))


def _joined(parts: Sequence[Condition], how: str) -> Condition:
    """AND or OR of conditions: over the copy while all are, else over the record."""
    if all(isinstance(part, OnSearch) for part in parts):
        copies = [part for part in parts if isinstance(part, OnSearch)]
        return OnSearch(
            f" {how} ".join(f"({part.sql})" for part in copies), tuple(p for part in copies for p in part.params)
        )
    whole = Q()
    for part in parts:
        one = on_record(part) if isinstance(part, OnSearch) else part
        whole = whole & one if how == "AND" else whole | one
    return whole


def on_record(search: OnSearch, expects: Expected | None = None) -> Q:
    """A condition over the copy as a filter over people: fenced, or a probe of each when very many match."""
    if (expected(search) if expects is None else expects).is_walked(search):
        return _probed(search)
    matches = f"SELECT candidate_id FROM hiring_candidatesearch WHERE {search.sql}"  # noqa: S608
    fenced = f"(WITH found AS MATERIALIZED ({matches}) SELECT candidate_id FROM found)"  # noqa: S608
    return Q(pk__in=RawSQL(fenced, search.params))  # noqa: S611


def _probed(search: OnSearch) -> Q:
    asked = RawSQL(search.sql, search.params, output_field=BooleanField())  # noqa: S611
    answer = CandidateSearch.objects.filter(pk=OuterRef("pk")).annotate(matches=asked).values("matches")
    return Q(Subquery(answer, output_field=BooleanField()))


def expected(search: OnSearch) -> Expected:
    """How many people the planner expects the condition to match, and of how many; asking costs 0.3 ms."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{HOW_MANY}; EXPLAIN (FORMAT JSON) SELECT 1 FROM hiring_candidatesearch WHERE {search.sql}",  # noqa: S608
            search.params,
        )
        (people,) = cursor.fetchone()
        cursor.nextset()
        (plan,) = cursor.fetchone()
    found = Expected(int(plan[0]["Plan"]["Plan Rows"]), max(people, 0))
    is_few = found.matches >= DOUBTED_FROM and not found.is_walked(search)
    return replace(found, is_doubtful=True) if is_few and _is_product(search) else found


def _is_product(search: OnSearch) -> bool:
    """Several things must hold at once, and none of them is a phrase, which would be looked up in every text."""
    if "phraseto_tsquery" in search.sql:
        return False
    return " AND " in search.sql or any(" " in value for value in search.params if isinstance(value, str))
