"""Changing a query as a whole: a value put in or taken out by a click, one part left out, a beginning completed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hiring import taxonomy
from hiring.models import User
from hiring.query import fields, matching, places, skills
from hiring.query.errors import QueryError
from hiring.query.fields import Suggestion
from hiring.query.grammar import OPERATOR, SAME, format, parse, value_text
from hiring.query.lexer import ENDS, QUOTES
from hiring.query.tree import Node, Not, Or, Phrase, Term, Word, all_of, any_of, conjuncts


def term(field: str, value: str) -> Term:
    """A term from its value as it is written: `>90d` is a comparison."""
    known = fields.find(field)
    op = OPERATOR.match(value) if known and known.kind in ("date", "number") else None
    if op:
        return Term(field, value[op.end() :], SAME.get(op.group(), op.group()))
    return Term(field, value)


def _same(one: Term, other: Term) -> bool:
    if (one.field, one.op, one.to, one.is_prefix) != (other.field, other.op, other.to, other.is_prefix):
        return False
    if one.field == "skill":
        return taxonomy.key(taxonomy.canonical(one.text) or one.text) == taxonomy.key(
            taxonomy.canonical(other.text) or other.text
        )
    return one.text.casefold() == other.text.casefold()


def chosen(node: Node, field: str) -> list[Term]:
    """The values of a field that the query asks for outright: on its own, or in a list of that field alone."""
    found: list[Term] = []
    for part in conjuncts(node):
        if isinstance(part, Term) and part.field == field:
            found.append(part)
        elif _is_list(part, field) and isinstance(part, Or):
            found += [child for child in part.children if isinstance(child, Term)]
    return [one for one in found if not one.op]


def _is_list(node: Node, field: str) -> bool:
    return isinstance(node, Or) and all(isinstance(child, Term) and child.field == field for child in node.children)


def has(node: Node, field: str, value: str) -> bool:
    wanted = term(field, value)
    for part in conjuncts(node):
        terms = part.children if _is_list(part, field) and isinstance(part, Or) else (part,)
        if any(isinstance(one, Term) and _same(one, wanted) for one in terms):
            return True
    return False


def toggled(node: Node, field: str, value: str, *, is_one: bool) -> Node:
    """The query with this value taken out if it is in, else put in: as one more condition, or, where a person has one value
    only, beside the others as an alternative."""
    wanted = term(field, value)
    if has(node, field, value):
        kept = []
        for part in conjuncts(node):
            if isinstance(part, Term) and _same(part, wanted):
                continue
            if _is_list(part, field) and isinstance(part, Or):
                kept.append(any_of(one for one in part.children if not (isinstance(one, Term) and _same(one, wanted))))
            else:
                kept.append(part)
        return all_of(kept)
    parts = list(conjuncts(node))
    for place, part in enumerate(parts):
        if is_one and ((isinstance(part, Term) and part.field == field) or _is_list(part, field)):
            parts[place] = any_of([part, wanted])
            return all_of(parts)
    return all_of([*parts, wanted])


MOST_MENDED = 3


@dataclass(frozen=True)
class Chip:
    """One condition of a query as a person reads it, and the query without it."""

    text: str
    without: str


def chips(node: Node) -> list[Chip]:
    """The conditions of a query, apart from plain words and phrases."""
    parts = conjuncts(node)
    return [
        Chip(_readable(part), format(all_of([*parts[:place], *parts[place + 1 :]])))
        for place, part in enumerate(parts)
        if not isinstance(part, Word | Phrase)
    ]


def _readable(node: Node) -> str:
    if isinstance(node, Not):
        return f"not {_readable(node.child)}"
    if isinstance(node, Term):
        known = fields.find(node.field)
        return f"{known.label if known else node.field}: {value_text(node)}"
    if isinstance(node, Or) and isinstance(node.children[0], Term) and _is_list(node, node.children[0].field):
        known = fields.find(node.children[0].field)
        values = [value_text(child) for child in node.children if isinstance(child, Term)]
        return f"{known.label if known else node.children[0].field}: {' or '.join(values)}"
    return format(node)


def put_right(text: str, problem: QueryError, user: User) -> str:
    """The query with its mistake put right, and those behind it as well, where that can be guessed; else nothing: an offer
    that is wrong again helps nobody."""
    for _ in range(MOST_MENDED):
        text = problem.offer or _exchanged(text, problem)
        if not text:
            return ""
        try:
            matching.match(parse(text), user)
        except QueryError as another:
            problem = another
        else:
            return text
    return ""


def _exchanged(text: str, problem: QueryError) -> str:
    """The query with what may stand in place of its mistake."""
    try:
        is_term = bool(problem.instead) and isinstance(parse(text[problem.start : problem.end]), Term)
    except QueryError:
        return ""
    return (
        f"{text[: problem.start]}{problem.instead}{text[problem.end :]}" if is_term else ""
    )  # else one of a field's list


# ---------- Completing what is being typed ----------


@dataclass(frozen=True)
class Completion:
    """What `text[start:end]` may become. `text` is shown, `insert` goes in."""

    text: str
    insert: str
    note: str = ""


@dataclass(frozen=True)
class Completions:
    start: int
    end: int
    found: list[Completion]


IN_LIST = re.compile(r"([^\W\d_][\w.-]*):\(([^()]*)$")


def complete(text: str, place: int, user: User, most: int = 10) -> Completions:
    """Field names and values for what stands before the cursor at `place`."""
    place = max(0, min(place, len(text)))
    head = text[:place]
    start = _beginning(head)
    word = head[start:]
    shift = len(word) - len(word.lstrip("-"))
    start, word = start + shift, word[shift:]
    field, colon, value = word.partition(":")
    inside = IN_LIST.search(head)
    if colon and (known := fields.find(field)) and known.may(user):
        return Completions(start, place, list(_values(known, value.lstrip(QUOTES), user, f"{field}:"))[:most])
    if inside and (known := fields.find(inside[1])) and known.may(user):
        return Completions(start, place, list(_values(known, word.lstrip(QUOTES), user, ""))[:most])
    if not word or word[0] in QUOTES:
        return Completions(start, place, [])
    offered = (_meant(word), _names(word, user)) if skills.is_one(word) else (_names(word, user), _meant(word))
    return Completions(start, place, [one for some in offered for one in some][:most])


def _beginning(head: str) -> int:
    """Where the word that ends `head` begins; a quoted value belongs to the field before it."""
    start, quoted = 0, False
    for place, letter in enumerate(head):
        if letter in QUOTES:
            quoted = not quoted
            if quoted and (place == 0 or head[place - 1] != ":"):
                start = place
        elif not quoted and ENDS.match(letter):
            start = place + 1
    return start


def _values(known: fields.Field, beginning: str, user: User, before: str) -> Iterable[Completion]:
    offered: Iterable[Suggestion] = known.suggest(user, beginning) if known.suggest else ()
    for one in offered:
        written = value_text(term(known.name, one.value)) if one.value else ""
        yield Completion(one.value, f"{before}{written} ", one.note)


def _names(word: str, user: User) -> Iterable[Completion]:
    """Fields whose name, or that of a custom field in any of its words, begins like it."""
    low = word.lower()
    for known in fields.all_open_to(user):
        names = (known.name, *known.aliases)
        if known.name not in fields.fields:
            names = (*names, *known.label.lower().split())
        if any(name.startswith(low) for name in names):
            yield Completion(f"{known.name}:", f"{known.name}:", f"{known.label}, such as {known.example}")


def _by_own_name(name: str, exact: str | None, key: str) -> tuple[bool, bool, str]:
    """The skill that is meant, then those whose own name begins so, then those with another name that does."""
    return name != exact, not taxonomy.key(name).startswith(key), name


def _meant(word: str) -> Iterable[Completion]:
    """A skill or a place that begins like a plain word; skills as short as R and C# by their whole name."""
    key = taxonomy.key(word)
    exact = taxonomy.canonical(word) if key else None
    begin = {found.canonical for found in taxonomy.terms() if found.text.startswith(key)} if len(word) >= 3 else set()
    shown = sorted(begin | ({exact} if exact else set()), key=lambda name: _by_own_name(name, exact, key))
    for name in shown[:3]:
        written = format(Term("skill", name))
        yield Completion(written, f"{written} ", "Skill")
    for city in places.beginning(word, 2) if len(word) >= 3 else ():
        written = format(Term("location", city.name))
        yield Completion(written, f"{written} ", "Location")
