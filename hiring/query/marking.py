"""What of a query is marked in a text: its words and phrases, and the names of the skills and titles it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hiring import taxonomy
from hiring.names import fold
from hiring.query.fields import OnSearch
from hiring.query.tree import Node, Phrase, Term, Word, leaves
from hiring.query.words import tsquery_beginning

MOST_NAMES = 12
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
    if isinstance(leaf, Word) and not leaf.is_prefix:
        yield "plainto_tsquery('tl_text', %s)", [leaf.text]
    elif isinstance(leaf, Phrase):
        yield "phraseto_tsquery('tl_text', %s)", [leaf.text]
    elif isinstance(leaf, Word) or leaf.is_prefix:
        if (isinstance(leaf, Word) or leaf.field in IN_TEXT) and (asked := tsquery_beginning(leaf.text)):
            yield "to_tsquery('tl_text', %s)", [asked]
    elif leaf.field in IN_TEXT and not leaf.op:
        for name in names_of(leaf):
            yield "phraseto_tsquery('tl_text', %s)", [name]


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
        for text in texts:
            for word in fold(text).split():
                found[word, getattr(leaf, "is_prefix", False)] = None
    return list(found)
