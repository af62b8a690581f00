"""The matching rule of hiring/identity.py for many people at once: one query however many are asked about.

Same keys, same order, same doubts: an e-mail address decides, else a link, else a phone number that one live person holds whose
name agrees. tests/hiring/test_matching.py has both answer the same questions over random people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from hiring import contact_points
from hiring.names import names_agree

HELD = """
SELECT p.kind, p.value, p.id, p.candidate_id, c.name
  FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
  JOIN hiring_contactpoint p ON p.value = asked.value AND p.kind = asked.kind AND p.is_live
  JOIN hiring_candidate c ON c.id = p.candidate_id AND c.merged_into_id IS NULL
"""

Key = tuple[str, str]
"""Kind and normalised value of a contact point."""


class Holder(NamedTuple):
    """Somebody who has a contact point: the point's id, theirs, and their name."""

    point: int
    candidate: int
    name: str


@dataclass(frozen=True)
class Asked:
    """Who is asked about: normalised contact points, and the name where one is given."""

    keys: Sequence[Key] = field(default_factory=tuple)
    name: str = ""

    @cached_property
    def identifying(self) -> list[Key]:
        """The keys that can tell people apart: a number without a country code does not."""
        return [(kind, value) for kind, value in self.keys if kind != "phone" or contact_points.identifies(value)]


def holders(keys: Iterable[Key]) -> dict[Key, list[Holder]]:
    """Who holds these contact points now, oldest point first. One query."""
    wanted = sorted(set(keys))
    found: dict[Key, list[Holder]] = defaultdict(list)
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(HELD, [[kind for kind, _ in wanted], [value for _, value in wanted]])
            for kind, value, *holder in cursor.fetchall():
                found[kind, value].append(Holder(*holder))
        for held in found.values():
            held.sort()
    return found


def decide(asked: Asked, held: dict[Key, list[Holder]]) -> int | None:
    """The candidate these contact points belong to, as far as `held` knows; None for somebody new."""
    for kind in ("email", "link"):
        owners = [holder for key in asked.keys if key[0] == kind for holder in held.get(key, ())]
        if owners:
            return min(owners).candidate
    people = {
        (holder.candidate, holder.name)
        for key in asked.identifying
        if key[0] == "phone"
        for holder in held.get(key, ())
    }
    if len(people) != 1:
        return None
    pk, name = people.pop()
    return pk if not asked.name or names_agree(asked.name, name) else None


def match_many(asked: Sequence[Asked]) -> list[int | None]:
    """For each, the candidate they are or None: `identity.match` for all of them by one query."""
    held = holders(key for one in asked for key in one.identifying)
    return [decide(one, held) for one in asked]
