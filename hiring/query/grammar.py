"""From text to tree and back.

    either  = all ("OR" all)*
    all     = one (["AND"] one)*            standing next to each other is AND, which binds closer than OR
    one     = ("-" | "NOT") one | "(" either ")" | word | "quoted words" | field ":" value
    value   = word | "quoted words" | [> >= < <=] word | word..word | "(" either, of values ")"

A list in a field's brackets is the same as the field before each of its values.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hiring.query import fields
from hiring.query.errors import QueryError
from hiring.query.lexer import ENDS, OPERATOR, QUOTES, SAME, UNSEEN, Token, tokens
from hiring.query.tree import (
    And,
    Everything,
    Node,
    Not,
    Or,
    Phrase,
    Term,
    Word,
    all_of,
    any_of,
    leaves,
    negated,
)

DEEPEST = 12
MOST_PARTS = 60
DISTANCE = re.compile(r"([0-9]{1,6})(km|mi)", re.IGNORECASE)
NUMBER, UNIT = re.compile(r"[0-9]{1,6}"), re.compile(r"km|mi", re.IGNORECASE)
KILOMETRES_A_MILE = 1.609


def parse(text: str) -> Node:
    """What `text` asks for. Raises QueryError; any text whatever gives one or the other."""
    text = text.replace("\x00", " ")  # which no column holds; the places of mistakes stay
    reader = _Reader(list(tokens(text)), len(text), text)
    node = reader.whole()
    if sum(1 for _ in leaves(node)) > MOST_PARTS:
        raise QueryError(f"A search has at most {MOST_PARTS} parts.", 0, len(text))
    return node


class _Reader:
    """Recursive descent over the tokens; `of` is the field whose brackets are being read."""

    def __init__(self, found: list[Token], length: int, text: str) -> None:
        self.tokens, self.length, self.text = found, length, text
        self.place = 0

    def whole(self) -> Node:
        if not self.tokens and not UNSEEN.sub(" ", self.text).strip():
            return Everything()
        node = self._either(None, 0) if self.tokens else Everything()
        if token := self._peek():
            raise QueryError("This bracket closes nothing.", token.start, token.end, self._without(token))
        if not _asks(node):  # everybody would be found by a mark, and reached by what is done with all who match
            start = len(self.text) - len(self.text.lstrip())
            raise QueryError("There is nothing to look for in this.", start, len(self.text.rstrip()))
        return node

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _at(self, *kinds: str) -> bool:
        token = self._peek()
        return token is not None and token.kind in kinds

    def _take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def _without(self, token: Token) -> str:
        return " ".join((self.text[: token.start] + self.text[token.end :]).split())

    def _either(self, of: Token | None, depth: int) -> Node:
        nodes = [self._all(of, depth)]
        while self._at("or"):
            joint = self._take()
            if self._peek() is None or self._at("close", "or", "and"):
                raise QueryError("OR needs something after it.", joint.start, joint.end, self._without(joint))
            nodes.append(self._all(of, depth))
        return any_of(nodes)

    def _all(self, of: Token | None, depth: int) -> Node:
        if self._at("or", "and"):
            joint = self._take()
            raise QueryError(
                f"{joint.text.upper()} needs something before it.", joint.start, joint.end, self._without(joint)
            )
        nodes = []
        while self._peek() and not self._at("close", "or"):
            if self._at("and"):
                joint = self._take()
                if self._peek() is None or self._at("close", "or", "and"):
                    raise QueryError("AND needs something after it.", joint.start, joint.end, self._without(joint))
            nodes.append(self._one(of, depth))
        return all_of(nodes)

    def _one(self, of: Token | None, depth: int) -> Node:
        token = self._take()
        if token.kind == "not":
            following = self._peek()
            if following is None or following.kind in ("close", "or", "and"):
                raise QueryError("NOT needs something after it.", token.start, token.end, self._without(token))
            self._check_depth(token, depth)
            node = self._one(of, depth + 1)
            return node if isinstance(node, Everything) and not node.is_said else negated(node)
        if token.kind == "open":
            return self._group(token, of, depth)
        if token.kind == "field" and of is None:
            return self._term(token, depth)
        if of is not None:
            return self._value(of, token)
        if token.kind == "phrase":
            return Phrase(token.text, token.start, token.end) if token.text else Everything()
        return self._word(token)

    def _group(self, token: Token, of: Token | None, depth: int) -> Node:
        self._check_depth(token, depth)
        if self._at("close"):
            self._take()
            return Everything()
        node = self._either(of, depth + 1)
        if not self._at("close"):
            raise QueryError("This bracket is not closed.", token.start, self.length, f"{self.text.rstrip()})")
        self._take()
        return node

    def _check_depth(self, token: Token, depth: int) -> None:
        if depth >= DEEPEST:
            raise QueryError("The brackets are nested too deeply.", token.start, token.end)

    def _word(self, token: Token) -> Node:
        if not any(letter.isalnum() for letter in token.text):
            # "C / Java", "Smith & Co": a mark alone asks for nothing
            return Everything(is_said=bool(token.text) and not token.text.strip("*"))
        text, is_prefix = _star(token)
        return Word(text, is_prefix, token.start, token.end)

    def _term(self, token: Token, depth: int) -> Node:
        known = fields.find(token.text)
        if known is None:
            close = fields.like(token.text)
            offer = f"{self.text[: token.start]}{close}:{self.text[token.end :]}" if close else ""
            hint = (
                f" Did you mean {close}:?"
                if close
                else ' Put the words in quotes ("…") to look for them as they stand.'
            )
            raise QueryError(f"There is no field “{token.text}”.{hint}", token.start, token.end, offer)
        of = Token("field", known.name, token.start, token.end)
        following = self._peek()
        if following is None or following.kind in ("close", "or", "and", "field"):
            raise QueryError(f"{known.name}: needs a value, such as {known.example}.", token.start, token.end)
        if following.kind == "open":
            node = self._group(self._take(), of, depth)
            if isinstance(node, Everything):
                raise QueryError(f"{known.name}: needs a value, such as {known.example}.", token.start, token.end)
            return node
        return self._value(of, self._take())

    def _value(self, of: Token, token: Token) -> Node:
        """One value of the field `of`, whose name is settled."""
        compared = OPERATOR.match(token.text) if token.kind == "word" else None  # within a list
        if compared:
            op = SAME.get(compared.group(), compared.group())
            if rest := token.text[compared.end() :]:
                return Term(of.text, rest, op, start=of.start, end=token.end)
            token = Token("op", op, token.start, token.end)
        if token.kind == "op":
            if not self._at("word", "phrase") or not self.tokens[self.place].text:
                said = f"{token.text or '='} needs a number or a date after it."
                raise QueryError(said, token.start, token.end)
            value = self._take()
            return Term(of.text, value.text, token.text, start=of.start, end=value.end)
        if token.kind not in ("word", "phrase", "field", "and", "or", "not"):
            raise QueryError("A value was expected here.", token.start, token.end)
        if token.kind == "field":
            raise QueryError(f"Inside {of.text}:( … ) only values can stand.", token.start, token.end)
        if token.kind == "phrase":
            if not token.text:
                raise QueryError(f"{of.text}: needs a value.", of.start, token.end)
            return self._within(Term(of.text, token.text, start=of.start, end=token.end))
        low, dots, high = token.text.partition("..")
        if dots and (low or high) and ".." not in high:
            return Term(of.text, low, "..", high, start=of.start, end=token.end)
        text, is_prefix = _star(token)
        return self._within(Term(of.text, text, is_prefix=is_prefix, start=of.start, end=token.end))

    def _within(self, term: Term) -> Term:
        """A distance after the value belongs to it, where the field is a place."""
        known = fields.find(term.field)
        token = self._peek()
        if not (known and known.kind == "place" and token and token.kind == "word"):
            return term
        unit = self._unit_after(token)  # near:Berlin 50 km
        if not (distance := DISTANCE.fullmatch(token.text + (unit.text if unit else ""))):
            return term
        last = self._take()
        if unit:
            last = self._take()
        number = int(distance[1]) * (KILOMETRES_A_MILE if distance[2].lower() == "mi" else 1)
        return replace(term, within=max(round(number), 1), end=last.end)

    def _unit_after(self, token: Token) -> Token | None:
        """The km or mi standing by itself after a number."""
        following = self.tokens[self.place + 1 : self.place + 2]
        found = following[0] if following and NUMBER.fullmatch(token.text) else None
        return found if found and found.kind == "word" and UNIT.fullmatch(found.text) else None


def _asks(node: Node) -> bool:
    """Whether anything is looked for: a letter or digit, the value of a field, or everybody outright."""
    if isinstance(node, Everything):
        return node.is_said
    if isinstance(node, Not) and isinstance(node.child, Everything):
        return True
    found = list(leaves(node))
    return not found or any(isinstance(one, Term) or any(map(str.isalnum, one.text)) for one in found)


def _star(token: Token) -> tuple[str, bool]:
    """The text of a word, and whether it is a beginning only."""
    text = token.text
    if "*" not in text:
        return text, False
    bare = text.rstrip("*")
    if "*" in bare:
        raise QueryError("A * can only stand at the end of a word.", token.start, token.end)
    if len(bare) < 2:
        raise QueryError("A * needs at least two letters before it.", token.start, token.end)
    return bare, True


# ---------- Back to text ----------


def format(node: Node) -> str:  # the counterpart of parse
    """The query that reads as `node`."""
    if isinstance(node, Everything):
        return ""
    if isinstance(node, Or):
        return _list_of_one_field(node) or " OR ".join(_inside(child, Or) for child in node.children)
    if isinstance(node, And):
        written = _inside(node.children[0], And)
        for child in node.children[1:]:
            # A distance standing right after a place would be read as belonging to it.
            is_distance = isinstance(child, Word) and (DISTANCE.fullmatch(child.text) or UNIT.fullmatch(child.text))
            written += (" AND " if is_distance else " ") + _inside(child, And)
        return written
    return _inside(node, None)


def _inside(node: Node, around: type | None) -> str:
    if isinstance(node, Word):
        return f"{node.text}*" if node.is_prefix else node.text
    if isinstance(node, Phrase):
        return _quoted(node.text)
    if isinstance(node, Term):
        return f"{node.field}:{value_text(node)}"
    if isinstance(node, Not):
        return "-*" if isinstance(node.child, Everything) else f"-{_inside(node.child, Not)}"
    written = format(node)
    if isinstance(node, And) and around is Or:
        return written
    return written if isinstance(node, Or) and _list_of_one_field(node) else f"({written})"


def _list_of_one_field(node: Or) -> str:
    """`skill:(python OR java)`, when all children are terms of one field."""
    first = node.children[0]
    if not isinstance(first, Term):
        return ""
    terms = [child for child in node.children if isinstance(child, Term) and child.field == first.field]
    if len(terms) < len(node.children):
        return ""
    return f"{first.field}:({' OR '.join(value_text(term, in_list=True) for term in terms)})"


def value_text(term: Term, *, in_list: bool = False) -> str:
    """The value of a term as it is written."""
    if term.op == "..":
        return f"{term.text}..{term.to}"
    if term.op:
        return f"{term.op}{_value(term.text)}"
    written = f"{term.text}*" if term.is_prefix else _value(term.text, in_list=in_list)
    return f"{written} {term.within}km" if term.within else written


def _value(text: str, *, in_list: bool = False) -> str:
    plain = not ENDS.search(text) and text[0] not in "<>=≥≤," and "*" not in text and ".." not in text
    plain = plain and text == text.rstrip(",;") and not (in_list and not _reads_as_word(text))
    return text if plain and text not in ("AND", "OR", "NOT", "&&", "||", "|", "&") else _quoted(text)


def _reads_as_word(text: str) -> bool:
    """Whether the lexer makes this very word of it."""
    if not text or "*" in text:
        return False
    try:
        found = list(tokens(text))
    except QueryError:
        return False
    return len(found) == 1 and found[0].kind == "word" and found[0].text == text


def _quoted(text: str) -> str:
    """In quotes; a quote inside has no way to be written and becomes a blank."""
    return '"' + "".join(" " if letter in QUOTES else letter for letter in text).strip() + '"'
