"""A query cut into pieces that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hiring.query.errors import QueryError

QUOTES = '"“”„«»'
FIELD = re.compile(r"[^\W\d_][\w.-]*(?=:)")
OPERATOR = re.compile(r">=|<=|≥|≤|=>|=<|>|<|=")
SAME = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<=", "=": ""}
ENDS = re.compile(r"[\s()" + QUOTES + "]")
LONGEST = 1_000
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class Token:
    """`kind` is word, phrase, field, op, open, close, not, and, or; `text` without quotes and colons."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The pieces of `text` in order. Raises QueryError for a quote nobody closed, and for a text too long to be a query."""
    if len(text) > LONGEST:
        raise QueryError(f"A search has at most {LONGEST:,} characters.", LONGEST, len(text))
    text = UNSEEN.sub(" ", text)
    place, after_field = 0, False
    while place < len(text):
        letter = text[place]
        if letter.isspace() or (letter == "," and not after_field):
            place += 1
            continue
        token = _one(text, place, after_field)
        place = token.end
        after_field = token.kind in ("field", "op")
        yield token


def _one(text: str, place: int, after_field: bool) -> Token:
    letter = text[place]
    if letter == "(":
        return Token("open", "(", place, place + 1)
    if letter == ")":
        return Token("close", ")", place, place + 1)
    if letter in QUOTES:
        return _phrase(text, place)
    if after_field:
        if found := OPERATOR.match(text, place):
            return Token("op", SAME.get(found.group(), found.group()), place, found.end())
    elif letter in "-−!" and place + 1 < len(text) and not text[place + 1].isspace():  # a real minus, too
        return Token("not", letter, place, place + 1)
    elif (found := FIELD.match(text, place)) and not text.startswith("://", found.end()):
        return Token("field", found.group(), place, found.end() + 1)
    return _word(text, place)


def _phrase(text: str, place: int) -> Token:
    for end in range(place + 1, len(text)):
        if text[end] in QUOTES:
            return Token("phrase", " ".join(text[place + 1 : end].split()), place, end + 1)
    rest = text[place + 1 :].strip()
    raise QueryError("This quote is not closed.", place, len(text), f'{text[:place]}"{rest}"' if rest else "")


def _word(text: str, place: int) -> Token:
    found = ENDS.search(text, place)
    end = found.start() if found else len(text)
    if end == place:  # cannot be: what ends a word was looked at before
        end = place + 1
    word = text[place:end]
    kept = word.rstrip(",;") or word
    kind = {"AND": "and", "OR": "or", "NOT": "not", "&&": "and", "||": "or", "|": "or", "&": "and"}.get(kept, "word")
    return Token(kind, kept, place, place + len(kept)) if kept == word else Token(kind, kept, place, end)
