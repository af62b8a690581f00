"""Stored profile links brought up to the rules of today: the canonical form of an address changes as networks do.

A link is one person's. Where two records turn out to hold the same one, neither is changed and nothing fails: the two wait as
suspected duplicates, and merging them settles it. Called by migrations, which hand over the models of their time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hiring import contact_points
from hiring.errors import Refused

BATCH = 5_000
SAME_LINK, SCORE = "same_link", 60

REWRITE = """
UPDATE hiring_contactpoint p SET value = v.value
  FROM unnest(%s::bigint[], %s::text[]) AS v (id, value) WHERE p.id = v.id
"""
HELD = """
SELECT id, candidate_id, value, is_live FROM hiring_contactpoint
 WHERE kind = 'link' AND value = ANY(%s)
"""
NEXT = """
SELECT id, candidate_id, value, is_live, is_primary FROM hiring_contactpoint
 WHERE kind = 'link' AND id > %s ORDER BY id LIMIT %s
"""


@dataclass
class Done:
    """How many links were rewritten, how many a record held twice, and which pairs of records hold one."""

    rewritten: int = 0
    doubled: int = 0
    suspected: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class _Link:
    pk: int
    candidate: int
    value: str
    is_live: bool
    is_primary: bool
    new: str = ""


def rewrite(contact_point: Any, duplicate_pair: Any) -> Done:
    """Rewrite every stored link that has another form today, a batch to a transaction; twice is once."""
    done, after = Done(), 0
    while rows := _next(after):
        after = rows[-1].pk
        changed = [row for row in rows if row.new != row.value]
        if changed:
            with transaction.atomic():
                _rewrite(changed, contact_point, duplicate_pair, done)
    return done


def _next(after: int) -> list[_Link]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [after, BATCH])
        found = [_Link(*row) for row in cursor.fetchall()]
    for row in found:
        row.new = _canonical(row.value)
    return found


def _canonical(value: str) -> str:
    """The form of today; a page that is nobody's by the rules of today stays as it is."""
    try:
        return contact_points.normalise_link(value)
    except Refused:
        return value


def _rewrite(changed: list[_Link], contact_point: Any, duplicate_pair: Any, done: Done) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HELD, [sorted({row.new for row in changed})])
        held: list[tuple[int, int, str, bool]] = cursor.fetchall()
    mine = {(candidate, value): pk for pk, candidate, value, _ in held}
    live = {value: candidate for _, candidate, value, is_live in held if is_live}
    free: list[_Link] = []
    pairs: set[tuple[int, int]] = set()
    doubled: list[_Link] = []
    for row in changed:
        if (row.candidate, row.new) in mine:
            doubled.append(row)
        elif row.is_live and row.new in live:
            pairs.add((min(row.candidate, live[row.new]), max(row.candidate, live[row.new])))
        else:
            free.append(row)
            mine[row.candidate, row.new] = row.pk
            if row.is_live:
                live[row.new] = row.candidate
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, [[row.pk for row in free], [row.new for row in free]])
    _drop(doubled, mine, contact_point)
    _suspect(pairs, duplicate_pair)
    done.rewritten, done.doubled = done.rewritten + len(free), done.doubled + len(doubled)
    done.suspected |= pairs


def _drop(doubled: Iterable[_Link], mine: dict[tuple[int, str], int], contact_point: Any) -> None:
    """A record that holds one link in two forms keeps it once; what was used first goes on being used first."""
    rows = list(doubled)
    contact_point.objects.filter(pk__in=[row.pk for row in rows]).delete()
    kept = [mine[row.candidate, row.new] for row in rows if row.is_primary]
    contact_point.objects.filter(pk__in=kept).update(is_primary=True)


def _suspect(pairs: Iterable[tuple[int, int]], duplicate_pair: Any) -> None:
    """What was decided about a pair before stays decided."""
    now = timezone.now()
    rows = [
        duplicate_pair(first_id=first, second_id=second, score=SCORE, reasons=[SAME_LINK], found_at=now)
        for first, second in sorted(pairs)
    ]
    duplicate_pair.objects.bulk_create(rows, ignore_conflicts=True)
