"""A document as it is shown: its pages with what lights up on them, its text in pieces, and what was looked for in it.

What lights up is a passage of the text with a key: a fact the parser read, or a hit of the search box. Where a passage stands
on a page is known from the words' places (hiring/documents/places.py).
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hiring.documents.places import Places
from hiring.models import Document, DocumentPlaces, PageImage

MOST_HITS = 500
LONGEST_FIND = 100


@dataclass(frozen=True)
class Passage:
    """A piece of the text. Several may share a key; the first of them is where a link to the key leads."""

    key: str
    start: int
    end: int


@dataclass(frozen=True)
class Light:
    """A patch of a page, on the grid of 10,000. `ident` is its id in the page, on the first patch of a key."""

    key: str
    ident: str
    left: int
    top: int
    width: int
    height: int
    hit: int = 0


@dataclass
class ShownPage:
    page: PageImage
    lights: list[Light] = field(default_factory=list)


@dataclass(frozen=True)
class Piece:
    """A run of the text within which nothing changes: the keys it belongs to, and the hit it is part of, from 1."""

    text: str
    keys: str = ""
    ident: str = ""
    hit: int = 0


@dataclass
class Preview:
    """`find` is what was looked for, `hits` how often it was found, `at` the hit one stands at, from 1."""

    document: Document
    pages: list[ShownPage]
    pieces: list[Piece]
    find: str = ""
    hits: int = 0
    at: int = 0

    @property
    def following(self) -> int:
        return self.at % self.hits + 1 if self.hits else 0

    @property
    def previous(self) -> int:
        return (self.at - 2) % self.hits + 1 if self.hits else 0


def of(document: Document, passages: Sequence[Passage] = (), *, find: str = "", at: int = 1) -> Preview:
    """Pages, text and lights of a document: three queries, two when nothing lights up."""
    pages = [ShownPage(page) for page in document.pages.all()]
    text = document.extracted.text if hasattr(document, "extracted") else ""
    find = " ".join(find.split())[:LONGEST_FIND]
    hits = occurrences(text, find)
    at = min(max(at, 1), len(hits)) if hits else 0
    if passages or hits:
        row = DocumentPlaces.objects.filter(document=document).first()
        light(pages, Places(row.words if row else ()), passages, hits)
    return Preview(document, pages, pieces(text, passages, hits), find, len(hits), at)


def light(
    pages: list[ShownPage], places: Places, passages: Iterable[Passage], hits: Sequence[tuple[int, int]] = ()
) -> None:
    """Put the patches of these passages and hits on the pages they stand on."""
    by_number = {shown.page.number: shown for shown in pages}
    named: set[str] = set()
    for passage in passages:
        for patch in places.of(passage.start, passage.end):
            if patch.page in by_number:
                ident = "" if passage.key in named else f"place-{slug(passage.key)}"
                named.add(passage.key)
                light = Light(passage.key, ident, patch.left, patch.top, patch.width, patch.height)
                by_number[patch.page].lights.append(light)
    for number, (start, end) in enumerate(hits, 1):
        for first, patch in enumerate(places.of(start, end)):
            if patch.page in by_number:
                ident = "" if first else f"hit-{number}"
                light = Light("", ident, patch.left, patch.top, patch.width, patch.height, number)
                by_number[patch.page].lights.append(light)


def slug(key: str) -> str:
    """A key as part of an id."""
    return key.replace("/", "-")


def pieces(text: str, passages: Sequence[Passage], hits: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text, cut where anything begins or ends. Together the pieces are the text again."""
    inside = [one for one in passages if 0 <= one.start < one.end <= len(text)]
    opens: dict[int, list[tuple[str, int]]] = {}
    closes: dict[int, list[tuple[str, int]]] = {}
    for key, hit, start, end in [
        *((one.key, 0, one.start, one.end) for one in inside),
        *(("", number, start, end) for number, (start, end) in enumerate(hits, 1)),
    ]:
        opens.setdefault(start, []).append((key, hit))
        closes.setdefault(end, []).append((key, hit))
    cuts = sorted({0, len(text), *opens, *closes})
    open_now: list[tuple[str, int]] = []
    named: set[str] = set()
    found = []
    for start, end in itertools.pairwise(cuts):
        for one in closes.get(start, ()):
            open_now.remove(one)
        open_now += opens.get(start, ())
        keys = list(dict.fromkeys(key for key, _ in open_now if key))
        first = next((key for key in keys if key not in named), "")
        named.update(keys)
        ident = f"text-{slug(first)}" if first else ""
        found.append(Piece(text[start:end], " ".join(keys), ident, max((hit for _, hit in open_now), default=0)))
    return found


def occurrences(text: str, find: str) -> list[tuple[int, int]]:
    """Where `find` stands in the text, whatever the accents, the case and the line breaks. At most MOST_HITS, none within another."""
    wanted, _ = _plain(find)
    wanted = wanted.strip()
    if not wanted:
        return []
    letters, owners = _plain(text)
    found: list[tuple[int, int]] = []
    at = letters.find(wanted)
    while at >= 0 and len(found) < MOST_HITS:
        end = at + len(wanted)
        found.append((owners[at], owners[end - 1] + 1))
        at = letters.find(wanted, end)
    return found


def hit_at(text: str, find: str, start: int) -> int:
    """The number of the hit, from 1, that stands at this place of the text; the nearest before it, else the first."""
    before = [number for number, hit in enumerate(occurrences(text, find), 1) if hit[0] <= start]
    return before[-1] if before else 1


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, blanks as one, and for each of its letters the place it came from."""
    letters: list[str] = []
    owners: list[int] = []
    for place, letter in enumerate(text):
        plain = _letter(letter)
        if plain == " " and (not letters or letters[-1] == " "):
            continue
        letters += plain
        owners += [place] * len(plain)
    return "".join(letters), owners


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter.isspace():
        return " "
    split = unicodedata.normalize("NFKD", letter.casefold())
    return "".join(part for part in split if not unicodedata.combining(part)).casefold()
