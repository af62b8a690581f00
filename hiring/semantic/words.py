"""The lexical half of a ranking: what a text asks for in words, and how telling each of them is.

A skill of the taxonomy counts as one, by whichever of its names: K8s answers Kubernetes. Where a text names no skill, its
rarest words are taken. How many people have a word is read from the planner's statistics, which cost nothing.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field

from django.db import connection

from hiring import taxonomy

MOST = 12
FETCH_UP_TO = 1_000  # people expected; words that more people have only score
FRESH_FOR = 600.0
SIGNS = re.compile(r"[+#]|^\.")  # full-text search reads c++ and c# as c
RAREST = 0.0005

LEXEMES = """
SELECT names.concept, phraseto_tsquery('tl_text', names.name)::text
  FROM unnest(%s::int[], %s::text[]) AS names (concept, name)
"""
PLAIN = "SELECT word, 1 FROM unnest(tsvector_to_array(to_tsvector('tl_text', left(%s, 4000)))) AS word"
FREQUENCIES = """
SELECT unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs[1:cardinality(most_common_elems::text::text[])])
  FROM pg_stats WHERE tablename = 'hiring_candidatesearch' AND attname = 'tsv' AND schemaname = current_schema()
"""
WORD = re.compile(r"'((?:[^']|'')+)'")


@dataclass(frozen=True)
class Concept:
    """One thing that is looked for. `names` find it in headline and résumé, never in a person's name; `keys` are the skills of
    the search copy that answer it; `weight` grows with its rarity."""

    name: str
    names: tuple[str, ...]
    share: float
    is_skill: bool
    keys: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """Any of the names; empty for what full-text search cannot tell apart (C++ and C#): then only `keys` count."""
        return " | ".join(self.names)

    @property
    def weight(self) -> float:
        return math.log(1 + 1 / max(self.share, RAREST))


def concepts(text: str) -> list[Concept]:
    """What a text asks for, the most telling first: its skills, or its rarest words when it names none."""
    found = taxonomy.current().skills.found_in(text[:20_000])
    named = sorted(found, key=lambda name: -found[name])[: 3 * MOST]
    skills = _skills(named)
    if len(skills) >= 2:
        return skills[:MOST]
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [text])
        words = [row[0] for row in cursor.fetchall() if len(row[0]) > 2 and not row[0].isdigit()]
    plain = [Concept(word, (f"'{_quoted(word)}':BC",), shares().get(word, RAREST), is_skill=False) for word in words]
    return (skills + sorted(plain, key=lambda concept: -concept.weight))[:MOST]


def _skills(names: list[str]) -> list[Concept]:
    """Those of the taxonomy, written once a process for each version of it and of the statistics."""
    shares()
    version = taxonomy.version()
    if _held.version != version:
        _held.skills, _held.version = {}, version
    unknown = [name for name in names if name not in _held.skills]
    _held.skills |= {concept.name: concept for concept in _written(unknown)}
    return sorted((_held.skills[name] for name in names if name in _held.skills), key=lambda concept: -concept.weight)


def _written(names: list[str]) -> list[Concept]:
    skills = taxonomy.current().skills
    pairs = [
        (place, name)
        for place, canonical in enumerate(names)
        for name in skills.names_of(canonical)[:40]
        if not SIGNS.search(name)
    ]
    with connection.cursor() as cursor:
        cursor.execute(LEXEMES, [[place for place, _ in pairs], [name for _, name in pairs]])
        rows = cursor.fetchall()
    queries: dict[int, set[str]] = {}
    for place, query in rows:
        if query:
            queries.setdefault(place, set()).add(query)
    return [
        Concept(
            canonical,
            _restricted(queries.get(place, set())),
            _share(queries.get(place, set())),
            is_skill=True,
            keys=tuple(sorted(taxonomy.key(name) for name in skills.answers(canonical))),
        )
        for place, canonical in enumerate(names)
    ]


def _restricted(queries: set[str]) -> tuple[str, ...]:
    """The names, outside of a person's own name (weight A)."""
    return tuple(WORD.sub(r"'\1':BC", f"({query})") for query in sorted(queries))


def _share(queries: set[str]) -> float:
    """About how many of all people have one of the names: a phrase is as rare as its rarest word."""
    known = shares()
    if not queries:
        return RAREST * 20
    return min(1.0, sum(min(known.get(word.replace("''", "'"), RAREST) for word in WORD.findall(q)) for q in queries))


def _quoted(word: str) -> str:
    return word.replace("'", "''").replace("\\", "\\\\")


@dataclass
class _Held:
    """What this process has read: shares of words, and skills written as queries."""

    shares: dict[str, float] = field(default_factory=dict)
    read_at: float = -FRESH_FOR
    skills: dict[str, Concept] = field(default_factory=dict)
    version: int | None = None


_held = _Held()


def shares() -> dict[str, float]:
    """Word to the share of people who have it, for the commonest words; read every ten minutes from what ANALYZE found."""
    if time.monotonic() - _held.read_at >= FRESH_FOR:
        with connection.cursor() as cursor:
            cursor.execute(FREQUENCIES)
            _held.shares = {word: float(share) for word, share in cursor.fetchall()}
        _held.skills, _held.read_at = {}, time.monotonic()
    return _held.shares


def to_fetch(asked: list[Concept], people: int) -> str:
    """A query for the people who have one of the most telling concepts, few enough to score each; empty when all are common."""
    taken: list[str] = []
    expected = 0.0
    for concept in sorted(asked, key=lambda one: one.share):
        expected += concept.share * people
        if taken and expected > FETCH_UP_TO:
            break
        if concept.names and concept.share * people <= FETCH_UP_TO:
            taken.append(concept.query)
    return " | ".join(taken)
