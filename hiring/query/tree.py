"""What a query means, as a tree: words and phrases, terms of fields, and how they are joined.

Positions say where a part stands in the text it was read from; they are not part of what it means, so two trees are equal
when they ask the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as place


@dataclass(frozen=True)
class Everything:
    """The empty query: everybody one may see. `is_said` when somebody wrote a *, which asks for them outright."""

    is_said: bool = place(default=False, compare=False)


@dataclass(frozen=True)
class Word:
    """A plain word; with `is_prefix` its beginning (`develop*`)."""

    text: str
    is_prefix: bool = False
    start: int = place(default=0, compare=False)
    end: int = place(default=0, compare=False)


@dataclass(frozen=True)
class Phrase:
    """Words in this order, in quotes."""

    text: str
    start: int = place(default=0, compare=False)
    end: int = place(default=0, compare=False)


@dataclass(frozen=True)
class Term:
    """A field and one value of it: `skill:python`, `experience:>=5`, `applied:2026-01..2026-03`, `near:Berlin 50km`.

    `op` is empty, a comparison (`>`, `>=`, `<`, `<=`) or `..`, where `text` is the lower and `to` the upper end, either of
    which may be empty. `within` is a distance in kilometres, 0 when none was said. `field` is the field's first name.
    """

    field: str
    text: str
    op: str = ""
    to: str = ""
    is_prefix: bool = False
    within: int = 0
    start: int = place(default=0, compare=False)
    end: int = place(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """`NOT *` is nobody."""

    child: Node


@dataclass(frozen=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    children: tuple[Node, ...]


Leaf = Word | Phrase | Term
Node = Everything | Word | Phrase | Term | Not | And | Or


def negated(node: Node) -> Node:
    """Saying no twice is saying nothing."""
    return node.child if isinstance(node, Not) else Not(node)


def all_of(nodes: Iterable[Node]) -> Node:
    """All of these, flat: an And never holds an And, and never less than two."""
    flat: list[Node] = []
    is_said = False
    for node in nodes:
        if isinstance(node, And):
            flat.extend(node.children)
        elif isinstance(node, Everything):
            is_said = is_said or node.is_said
        else:
            flat.append(node)
    if not flat:
        return Everything(is_said)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(nodes: Iterable[Node]) -> Node:
    """Any of these, flat; an empty one (a mark alone, empty brackets) says nothing."""
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, Or):
            flat.extend(node.children)
        elif not isinstance(node, Everything):
            flat.append(node)
        elif node.is_said:
            return node
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def conjuncts(node: Node) -> tuple[Node, ...]:
    """The parts that must all hold."""
    if isinstance(node, Everything):
        return ()
    return node.children if isinstance(node, And) else (node,)


def leaves(node: Node, *, wanted_only: bool = False) -> Iterator[Leaf]:
    """Every word, phrase and term, in order; with `wanted_only` not those that are excluded."""
    if isinstance(node, Word | Phrase | Term):
        yield node
    elif isinstance(node, Not):
        if not wanted_only:
            yield from leaves(node.child)
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from leaves(child, wanted_only=wanted_only)
