"""Finding people: one page of those who match a query, in an order, without counting or skipping through the others.

The query is read by hiring/query; who few match is gathered and counted at once, who many match is walked in order until the
page is full, with an estimate of how many there are (docs/performance.md).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Greatest

from hiring import access, cursors, passages, query
from hiring.models import Candidate, CandidateTag, User
from hiring.query import words
from hiring.query.tree import And, Everything, Node, Word
from hiring.ranking import CHOSEN_FROM, RANKED_AT_MOST, ranked
from hiring.search_copy import READ_AT_MOST, forget_unused_names, refresh, refresh_soon, sweep

__all__ = [
    "READ_AT_MOST",
    "SORTS",
    "Results",
    "find",
    "forget_unused_names",
    "refresh",
    "refresh_soon",
    "sweep",
]

LONGEST_QUERY = 1_000
WALKED_AT_MOST = 20_000  # people looked at one by one for a page
WALKED_IN_DOUBT = 2_000  # as long as it takes to gather 5,000
COUNT_UP_TO = 20_000  # people; more are estimated
PAGES_OF_BEST = re.compile(r"b-([0-9]{1,5})")
NAMED_CURSOR = re.compile(r"n-([0-9]{1,18})-(.{0,200})", re.DOTALL)

SORTS = {"newest": "Newest change", "best": "Best match", "name": "Name", "contact": "Last contact"}
LAST_CONTACT = Greatest("last_contacted_at", "last_sign_of_life_at")


@dataclass
class Results:
    """One page of people. `next` is the cursor of the page after; `passages` shows why, by candidate.

    `total` is how many there are on all pages: exact up to COUNT_UP_TO, above it the planner's estimate, None when not even that.
    `ranked` is of how many, the newest, the best come first, when that is not all of them.
    `similar` are the words of names that were looked for instead, when nobody matched what was typed.
    """

    rows: Sequence[Candidate] = field(default_factory=list)
    next: str = ""
    total: int | None = None
    is_estimate: bool = False
    passages: dict[int, passages.Passage] = field(default_factory=dict)
    node: Node = field(default_factory=Everything)
    similar: str = ""
    ranked: int = 0
    sort: str = "newest"


def find(
    text: str, user: User, *, after: str = "", narrow: Q | None = None, sort: str = "newest", size: int = 50
) -> Results:
    """People `user` may see who match the query `text`, and `narrow`, from the cursor `after` on. Raises query.QueryError."""
    node = query.parse(text)
    sort = sort if sort in SORTS and not (sort == "best" and isinstance(node, Everything)) else "newest"
    found = _page(node, query.match(node, user), user, after, narrow or Q(), sort, size)
    if not found.rows and not after and (instead_of := similar(node)):
        instead = query.Match(instead_of, Q())
        found = _page(node, instead, user, after, narrow or Q(), "newest", size)
        found.similar = text if found.rows else ""
        return found
    found.passages = passages.of_page(node, user, found.rows)
    return found


def similar(node: Node) -> query.OnSearch | None:
    """Names a slip or a nickname away, when all that was typed could be a name."""
    typed = node.children if isinstance(node, And) else (node,)
    if not all(isinstance(word, Word) and not word.is_prefix for word in typed):
        return None
    near = words.tolerant(" ".join(word.text for word in typed if isinstance(word, Word)))
    return query.OnSearch(words.NAMED, (near,)) if near else None


def _page(node: Node, match: query.Match, user: User, after: str, narrow: Q, sort: str, size: int) -> Results:
    is_bare = not narrow and not match.record and user.role in access.SEES_EVERYBODY
    if sort == "best":
        return _best(node, match, Candidate.objects.visible_to(user).filter(narrow), after, size, is_bare=is_bare)
    people = Candidate.objects.visible_to(user).filter(narrow).filter(match.filter())
    found = None
    if (match.is_walked or match.expected.is_doubtful) and is_bare and sort == "newest":
        # The planner may think that many match who do not (two common words that never stand side by side), or few who are
        # many. So the walk has an end, and behind it the matches are gathered after all.
        worth = WALKED_IN_DOUBT if match.expected.is_doubtful else match.expected.matches // 2
        ends = _not_farther(after, min(WALKED_AT_MOST, max(worth, 10 * size)))  # where gathering all had cost no more
        walked = Candidate.objects.visible_to(user).filter(match.walked(), ends)
        found = _keys(walked, sort, after, size, counts_along=False)
        if not found[1]:
            match, found = replace(match, expected=query.Expected()), None
            people = Candidate.objects.visible_to(user).filter(match.filter())
    is_rate = found is not None and match.expected.people > COUNT_UP_TO
    if found is None:
        counts_along = match.search is not None and not match.is_walked and not after
        found = _keys(people, sort, after, size, counts_along=counts_along)
    keys, following, counted = found
    rows = _rows(keys)
    total: tuple[int | None, bool] = (len(rows), False)
    if after or following:
        if counted is not None:
            total = counted, False
        elif is_rate and rows:
            total = _at_this_rate(len(rows), rows[-1].pk, rows[-1].updated_at, after, match.expected.people), True
        else:
            total = _total(people, match, is_bare=is_bare)
    return Results(rows, following, *total, node=node, sort=sort)


def _not_farther(after: str, most: int) -> Q:
    """So many people from the beginning of this page on, newest change first."""
    people = _ordered(Candidate.objects.all(), "newest", after)[0].order_by("-updated_at", "-pk")
    last = people.values_list("updated_at", "pk")[most : most + 1]
    return _down_to(*last[0]) if last else Q()


def _down_to(at: dt.datetime, pk: int) -> Q:
    """Those before this one and itself, newest change first; by number, too: a list that is brought in is changed at once."""
    return Q(updated_at__gte=at) & (Q(updated_at__gt=at) | Q(pk__gte=pk))


def _keys(
    people: QuerySet[Candidate], sort: str, after: str, size: int, *, counts_along: bool
) -> tuple[list[int], str, int | None]:
    """The ids of a page in order, the cursor of the next one, and how many match in all when that comes for free."""
    people, key, order = _ordered(people, sort, after)
    shown = people.order_by(*order)
    if counts_along:
        shown = shown.annotate(in_all=Window(Count("pk")))
    found = list(shown.values_list("pk", key, *(["in_all"] if counts_along else []))[: size + 1])
    page = found[:size]
    following = _cursor(sort, page[-1]) if len(found) > size else ""
    return [row[0] for row in page], following, (found[0][2] if found else 0) if counts_along else None


def _ordered(people: QuerySet[Candidate], sort: str, after: str) -> tuple[QuerySet[Candidate], str, list[Any]]:
    """The people from the cursor on, the column the order reads, and the order; ids decide between equals."""
    if sort == "name":
        if cursor := NAMED_CURSOR.fullmatch(after):
            pk, name = int(cursor[1]), cursor[2].replace("\x00", "")
            people = people.filter(Q(name_key__gt=name) | Q(name_key=name, pk__gt=pk), name_key__gte=name)
        return people, "name_key", ["name_key", "pk"]
    if sort == "contact":
        people = people.annotate(last=LAST_CONTACT)
        if after.startswith("x-") and after[2:].isdecimal() and len(after) < 20:
            people = people.filter(last=None, pk__lt=int(after[2:]))
        elif read := cursors.read(after):
            people = people.filter(Q(last__lt=read[0]) | Q(last=read[0], pk__lt=read[1]) | Q(last=None))
        return people, "last", [F("last").desc(nulls_last=True), "-pk"]
    if read := cursors.read(after):
        people = people.filter(
            Q(updated_at__lt=read[0]) | Q(updated_at=read[0], pk__lt=read[1]), updated_at__lte=read[0]
        )
    return people, "updated_at", ["-updated_at", "-pk"]


def _cursor(sort: str, last: Sequence[Any]) -> str:
    pk, key = last[0], last[1]
    if sort == "name":
        return f"n-{pk}-{key}"
    return cursors.write(key, pk) if isinstance(key, dt.datetime) else f"x-{pk}"


def _best(node: Node, match: query.Match, who: QuerySet[Candidate], after: str, size: int, *, is_bare: bool) -> Results:
    """The best first: of all matches up to CHOSEN_FROM, of more only of the newest RANKED_AT_MOST, which the page says. Pages are
    counted off."""
    cursor = PAGES_OF_BEST.fullmatch(after)
    start = int(cursor[1]) if cursor else 0
    newest, are_all, total = _newest(match, who, is_bare=is_bare)
    order = ranked(node, newest if are_all else newest[:RANKED_AT_MOST])
    rows = _rows(order[start : start + size])
    following = f"b-{start + size}" if len(order) > start + size else ""
    return Results(rows, following, *total, node=node, sort="best", ranked=0 if are_all else len(order))


def _newest(
    match: query.Match, who: QuerySet[Candidate], *, is_bare: bool
) -> tuple[list[int], bool, tuple[int | None, bool]]:
    """Who matches, the newest change first; whether these are all; and how many match, with whether that is an estimate."""
    ordered = who.order_by("-updated_at", "-pk").values_list("pk", "updated_at")
    if (
        is_bare and match.expected.is_doubtful and match.search and "tsv" not in match.search.sql
    ):  # reading texts takes long
        found = list(ordered.filter(match.walked(), _not_farther("", WALKED_AT_MOST))[: RANKED_AT_MOST + 1])
        if len(found) > RANKED_AT_MOST:
            rate = _at_this_rate(len(found), *found[-1], "", match.expected.people)
            return [pk for pk, _ in found], False, (rate, True)
    if match.search is None or match.expected.matches > match.expected.gathered_up_to(match.search, RANKED_AT_MOST):
        most = CHOSEN_FROM if match.search is None else RANKED_AT_MOST
        found = list(ordered.filter(match.filter())[: most + 1])
        are_all = len(found) <= most
        total = (len(found), False) if are_all else _total(who.filter(match.filter()), match, is_bare=is_bare)
        return [pk for pk, _ in found], are_all, total
    counted = list(
        ordered.filter(match.gathered())
        .annotate(in_all=Window(Count("pk")))
        .values_list("pk", "in_all")[: CHOSEN_FROM + 1]
    )
    return [row[0] for row in counted], len(counted) <= CHOSEN_FROM, (counted[0][-1] if counted else 0, False)


def _rows(ids: Sequence[int]) -> list[Candidate]:
    """The people of a page with all that a row shows, in this order."""
    if not ids:
        return []
    tags = CandidateTag.objects.filter(candidate=OuterRef("pk")).order_by("tag__name").values("tag__name")
    rows = Candidate.objects.filter(pk__in=ids).for_row().annotate(tag_names=ArraySubquery(tags)).in_bulk()
    return [rows[pk] for pk in ids if pk in rows]


def _total(people: QuerySet[Candidate], match: query.Match, *, is_bare: bool) -> tuple[int | None, bool]:
    """How many people, and whether that is an estimate. Never counts past COUNT_UP_TO (docs/performance.md).

    What is expected of the words alone is said only where nothing else decides whom the user sees (`is_bare`).
    """
    if match.is_walked and is_bare and match.expected.people > COUNT_UP_TO:
        return match.expected.matches, True
    if match.is_walked and match.record:
        return None, True
    if match.is_walked and is_bare:
        people = Candidate.objects.filter(match.gathered())
    plan = people.order_by().values("pk").explain(format="json")
    expected = int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0  # no plan: it is known to be empty
    if expected > COUNT_UP_TO:
        return expected, True
    counted = people.order_by()[: COUNT_UP_TO + 1].count()
    return (counted, False) if counted <= COUNT_UP_TO else (max(expected, COUNT_UP_TO), True)


def _at_this_rate(found: int, pk: int, at: dt.datetime, after: str, everybody: int) -> int:
    """How many match if there are as many everywhere as the `found` among the people walked, down to this one; two figures."""
    walked = _ordered(Candidate.objects.filter(_down_to(at, pk)), "newest", after)[0]
    passed = walked.order_by("-updated_at", "-pk").values("pk")[:WALKED_AT_MOST].count()
    rate = found * everybody // max(passed, 1)
    digits = max(len(str(rate)) - 2, 0)
    return round(rate / 10**digits) * 10**digits
