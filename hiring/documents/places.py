"""Where the words of a text stand on its pages: what lets a page image show a found word or a parsed fact.

The child process says which words it saw on each page, in its own order. The text may have been read by another reader, with
other spaces and another order of columns; so the two are laid side by side letter by letter here, and a word whose place is
not certain has none.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GRID = 10_000
"""Places are in ten-thousandths of a page's width and height, so that any size of its image will do."""
MOST = 30_000
NEAR = 300  # letters a word may be further on than where it is expected
LONE = 5  # letters from which a word alone says where it stands

MOST_LOOKS = 1_000  # through all pages, for words that are not where they are expected

Box = tuple[int, int, int, int]  # left, top, width, height
Word = tuple[int, int, int, int, int, int, int]  # start and end in the text, page, left, top, width, height


@dataclass(frozen=True)
class Placed:
    """A word as it was seen on a page."""

    text: str
    page: int
    box: Box


@dataclass(frozen=True)
class Patch:
    """A piece of a page to light up: one line of a passage."""

    page: int
    left: int
    top: int
    width: int
    height: int


class Places:
    """The places of a document's words, asked passage by passage."""

    def __init__(self, words: Sequence[Sequence[int]]) -> None:
        self.words = words
        self._starts, self._ends = [word[0] for word in words], [word[1] for word in words]

    def of(self, start: int, end: int) -> list[Patch]:
        """Where the passage from `start` to `end` of the text stands: a patch a line."""
        lines: list[Patch] = []
        for word in self.words[bisect_right(self._ends, start) : bisect_left(self._starts, end)]:
            patch = _part(word, start, end)
            if lines and _on_one_line(lines[-1], patch):
                lines.append(_joined(lines.pop(), patch))
            else:
                lines.append(patch)
        return lines


def _part(word: Sequence[int], start: int, end: int) -> Patch:
    """The part of a word's box that a passage covers, each letter taken as wide as the others."""
    first, last, page, left, top, width, height = word
    from_left, to_right = (
        left + width * (min(max(edge, first), last) - first) // (last - first) for edge in (start, end)
    )
    return Patch(page, from_left, top, to_right - from_left, height)


def _on_one_line(line: Patch, word: Patch) -> bool:
    overlap = min(line.top + line.height, word.top + word.height) - max(line.top, word.top)
    gap = word.left - (line.left + line.width)
    return line.page == word.page and overlap * 2 > min(line.height, word.height) and -200 < gap < 600


def _joined(line: Patch, word: Patch) -> Patch:
    top, bottom = min(line.top, word.top), max(line.top + line.height, word.top + word.height)
    right = max(line.left + line.width, word.left + word.width)
    return Patch(line.page, line.left, top, right - line.left, bottom - top)


def align(text: str, seen: Sequence[Placed]) -> list[Word]:
    """The words of `text` with their places, in the order of the text."""
    letters, owners = _letters(seen)
    found: list[Word] = []
    expected, looks = 0, MOST_LOOKS
    tokens = [(match.group(), match.start(), match.end()) for match in re.finditer(r"\S+", text)][:MOST]
    for index, (word, start, end) in enumerate(tokens):
        following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
        at = _near(letters, word, following, expected)
        if at < 0 and looks:
            looks -= 1
            at = _anywhere(letters, word, following)
        if at < 0:
            continue
        expected = at + len(word)
        for page, (left, top, width, height) in _boxes(seen, owners[at:expected]):
            found.append((start, end, page, left, top, width, height))
    return found


def _letters(seen: Iterable[Placed]) -> tuple[str, list[tuple[int, int, int]]]:
    """All letters in a row, and for each the word it is of, its place in it, and how long that word is."""
    parts: list[str] = []
    owners: list[tuple[int, int, int]] = []
    for index, word in enumerate(seen):
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", word.text))
        parts.append(plain)
        owners += [(index, place, len(plain)) for place in range(len(plain))]
    return "".join(parts), owners


def _near(letters: str, word: str, following: str, expected: int) -> int:
    """Where a word begins among the letters: where it is expected, or a little later; else -1."""
    if letters.startswith(word, expected):
        return expected
    for needle in (word + following, word):
        if len(needle) >= LONE and (at := letters.find(needle, expected, expected + NEAR)) >= 0:
            return at
    return -1


def _anywhere(letters: str, word: str, following: str) -> int:
    """Where a word stands when the pages order their columns otherwise: only where there is no doubt."""
    for needle in (word + following, word):
        if len(needle) >= LONE and (at := letters.find(needle)) >= 0 and letters.find(needle, at + 1) < 0:
            return at
    return -1


def _boxes(seen: Sequence[Placed], owners: Sequence[tuple[int, int, int]]) -> list[tuple[int, Box]]:
    """The places of these letters, a box for each word they are of; a part of a word gets its part of the box."""
    spans: dict[int, tuple[int, int, int]] = {}
    for index, place, length in owners:
        spans[index] = (spans[index][0] if index in spans else place, place + 1, length)
    found = []
    for index, (first, last, length) in spans.items():
        left, top, width, height = seen[index].box
        found.append(
            (seen[index].page, (left + width * first // length, top, width * (last - first) // length, height))
        )
    return found
