"""What of a query is marked in a text: its words and phrases, and the names of the skills and titles it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hiring import taxonomy
from hiring.names import fold
from hiring.query import skills
from hiring.query.fields import OnSearch
from hiring.query.tree import Node, Phrase, Term, Word, leaves
from hiring.query.words import tsquery_beginning

MOST_NAMES = 12
LOST = re.compile(r"[+#&]|^\.")  # full-text search reads c++ and c# as c
IN_TEXT = {"skill", "title", "company", "location", "near", "note", "name", "tag"}
"""Fields whose values are words that may stand in a person's text."""


def tsquery(node: Node) -> OnSearch | None:
    """A tsquery expression that any wanted part of the query satisfies; None when there is none."""
    parts: list[str] = []
    params: list[str] = []
    for leaf in leaves(node, wanted_only=True):
        for sql, values in _of(leaf):
            parts.append(sql)
            params += values
    return OnSearch(" || ".join(parts), tuple(params)) if parts else None


def _of(leaf: Word | Phrase | Term) -> Iterable[tuple[str, list[str]]]:
    if skill := skill_of(leaf):
        for name in names_of(Term("skill", skill)):
            if not LOST.search(name) and len(name) > skills.SHORT:
                yield "phraseto_tsquery('tl_text', %s)", [name]
    elif isinstance(leaf, Word) and not leaf.is_prefix:
        yield "plainto_tsquery('tl_text', %s)", [leaf.text]
    elif isinstance(leaf, Phrase):
        yield "phraseto_tsquery('tl_text', %s)", [leaf.text]
    elif isinstance(leaf, Word) or leaf.is_prefix:
        if (isinstance(leaf, Word) or leaf.field in IN_TEXT) and (asked := tsquery_beginning(leaf.text)):
            yield "to_tsquery('tl_text', %s)", [asked]
    elif leaf.field in IN_TEXT and not leaf.op:
        for name in names_of(leaf):
            yield "phraseto_tsquery('tl_text', %s)", [name]


def literally(node: Node) -> list[str]:
    """The wanted words and phrases in lower case as they were typed, the longest first: where a passage likely stands."""
    found: dict[str, None] = {}
    for leaf in leaves(node, wanted_only=True):
        if isinstance(leaf, Term) and (leaf.field not in IN_TEXT or leaf.op):
            continue
        texts = names_of(leaf) if isinstance(leaf, Term) and not leaf.is_prefix else [leaf.text]
        found |= dict.fromkeys(text.lower() for text in texts if len(text) > 2)
    return sorted(found, key=len, reverse=True)


def skill_of(leaf: Word | Phrase | Term) -> str:
    """The skill a part asks for, by a field or because the word can be nothing else; nothing for any other part."""
    if isinstance(leaf, Term):
        return leaf.text if leaf.field == "skill" and not leaf.is_prefix and not leaf.op else ""
    return leaf.text if not getattr(leaf, "is_prefix", False) and skills.is_one(leaf.text) else ""


def literals(node: Node) -> list[str]:
    """The wanted names that full-text search cannot find, as they may stand in a text: c++, c#, and R and Go as they are
    written."""
    found: dict[str, None] = {}
    for leaf in leaves(node, wanted_only=True):
        if skill := skill_of(leaf):
            for name in sorted(taxonomy.expand(skill), key=lambda name: (name != taxonomy.key(skill), len(name), name)):
                if LOST.search(name):
                    found[name] = None
                elif len(name) <= skills.SHORT and (known := taxonomy.canonical(name)) and len(known) <= skills.SHORT:
                    found[known] = None
    return list(found)[:MOST_NAMES]


def names_of(term: Term) -> list[str]:
    """The value and, for skills and titles, other names that answer it."""
    others: Iterable[str] = ()
    if term.field == "skill":
        others = sorted(taxonomy.expand(term.text), key=len)
    elif term.field == "title":
        others = sorted(taxonomy.titles_like(term.text), key=len)
    names = [term.text, *(name for name in others if re.search(r"\w{2}", name))]
    return list(dict.fromkeys(names))[:MOST_NAMES]


def words(node: Node) -> list[tuple[str, bool]]:
    """The wanted words, folded, each with whether it is a beginning: for marking short texts without asking the database."""
    found: dict[tuple[str, bool], None] = {}
    for leaf in leaves(node, wanted_only=True):
        if isinstance(leaf, Term) and (leaf.field not in IN_TEXT or leaf.op):
            continue
        texts = names_of(leaf) if isinstance(leaf, Term) and not leaf.is_prefix else [leaf.text]
        is_skill = bool(skill_of(leaf))
        for text in texts:
            if not (is_skill and (LOST.search(text) or len(text) <= skills.SHORT)):
                for word in fold(text).split():
                    found[word, getattr(leaf, "is_prefix", False)] = None
    return [*found, *((name, False) for name in literals(node))]
