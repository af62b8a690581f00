"""What a page says and nobody sees: words in the colour of the paper, too small to read, beside the page, under a picture.

Loaded by the confined child alone; imports nothing of the product. A word counts as unseen when the drawn page shows nothing
where it stands, or nothing of its colour. Scanned pages carry the words they show in invisible letters: those stay.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PAPER = "in the colour of the page"
SMALL = "in letters too small to read"
BESIDE = "beside the page"
COVERED = "under a picture"
INVISIBLE = "in invisible letters"

GRID = 10_000
FAINT = 20  # of 255: less contrast than this is none
WHITE = 235
SMALL_POINTS, SMALL_SHARE = 3.5, 0.006  # the height of a line: in points, and of the width of the page
WHOLE_PAGE = 0.5  # a picture of that much of the page is a scan, and the words are what it shows
OF_ITS_COLOUR = 0.03
MOST_OBJECTS = 5_000
FEW_LETTERS = 12  # below that it is a stray sign rather than a text somebody hid
WORD_SIGNS = re.compile(r"[^\W_]")
LATIN = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True)
class Seen:
    """A word of a page: where it stands in the letters of the page, and its box on the grid, which may lie beside the page."""

    text: str
    start: int
    end: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        left, right = (min(max(edge, 0), GRID) for edge in (self.left, self.right))
        top, bottom = (min(max(edge, 0), GRID) for edge in (self.top, self.bottom))
        return left, top, right - left, bottom - top

    @property
    def is_beside(self) -> bool:
        return self.right <= 0 or self.bottom <= 0 or self.left >= GRID or self.top >= GRID


@dataclass(frozen=True)
class Picture:
    """A picture on a page: its share of it, its place in the order of drawing, its box on the grid."""

    share: float
    number: int
    box: tuple[int, int, int, int]
    is_opaque: bool


def of_page(page: Any, text_page: Any, words: Sequence[Seen], picture: Any) -> dict[int, str]:
    """Which of these words nobody sees, by their place in the list, and why. `picture` is the drawn page (PIL, L or RGB)."""
    width, height = page.get_size()
    pictures, order = _pictures(page, width, height)
    is_scan = any(one.share >= WHOLE_PAGE for one in pictures)
    found: dict[int, str] = {}
    for index, word in enumerate(words):
        if WORD_SIGNS.search(word.text) and (
            why := _why(word, text_page, picture, (width, height), pictures, order, is_scan)
        ):
            found[index] = why
    return found if sum(len(WORD_SIGNS.findall(words[index].text)) for index in found) >= FEW_LETTERS else {}


def _why(
    word: Seen,
    text_page: Any,
    picture: Any,
    size: tuple[float, float],
    pictures: Sequence[Picture],
    order: dict[int, int],
    is_scan: bool,
) -> str:
    if word.is_beside:
        return BESIDE
    high = (word.bottom - word.top) * size[1] / GRID
    wide = (word.right - word.left) * size[0] / GRID
    if min(high, max(wide, high / 4)) < SMALL_POINTS and high < SMALL_SHARE * size[0]:
        return SMALL
    if is_scan:
        return ""
    patch = _patch(picture, word)
    if patch is None:
        return ""
    spread = max(high - low for low, high in _edges(patch))
    colour, alpha, mode = _ink(text_page, word.start)
    if spread < FAINT and (LATIN.search(word.text) or mode in (3, 7) or alpha < 30 or min(colour) >= WHITE):
        return INVISIBLE if mode in (3, 7) or alpha < 30 else PAPER
    if min(colour) >= WHITE and _mean(patch) >= WHITE and mode not in (3, 7):
        return PAPER  # a line that crosses white words does not make them readable
    over = _over(word, text_page, pictures, order)
    if over and (any(one.is_opaque for one in over) or _share(patch, colour) < OF_ITS_COLOUR):
        return COVERED
    return ""


def without(text: str, runs: Sequence[str]) -> str | None:
    """`text` of another reader without these runs of words, whatever blanks it has in them. None when one is not found."""
    for run in runs:
        signs = re.sub(r"\s+", "", run)[:5_000]
        match = re.search(r"\s*".join(map(re.escape, signs)), text)
        if not match:
            return None
        text = text[: match.start()] + text[match.end() :]
    return text


def _patch(picture: Any, word: Seen) -> Any:
    """The drawn page where the word stands, a little narrower than its box, so that a frame around it does not count."""
    left, top, wide, high = word.box
    across, down = picture.width / GRID, picture.height / GRID
    inset = high * 0.12
    edges = (
        int(left * across),
        int((top + inset) * down),
        max(int((left + wide) * across), int(left * across) + 1),
        max(int((top + high - inset) * down), int((top + inset) * down) + 1),
    )
    if edges[0] >= picture.width or edges[1] >= picture.height:
        return None
    return picture.crop((edges[0], edges[1], min(edges[2], picture.width), min(edges[3], picture.height)))


def _edges(patch: Any) -> list[tuple[int, int]]:
    found = patch.getextrema()
    return [found] if patch.mode == "L" else list(found)


def _mean(patch: Any) -> float:
    counts = patch.convert("L").histogram()
    return sum(value * count for value, count in enumerate(counts)) / max(sum(counts), 1)


def _share(patch: Any, colour: tuple[int, int, int]) -> float:
    """How much of the patch is near the colour of the letters."""
    wanted = (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) // 1000
    counts = patch.convert("L").histogram()
    return sum(counts[max(wanted - 40, 0) : wanted + 41]) / max(sum(counts), 1)


def _ink(text_page: Any, index: int) -> tuple[tuple[int, int, int], int, int]:
    """Colour, opacity and mode of drawing of a letter. Modes 3 and 7 draw nothing."""
    import pypdfium2.raw as pdfium

    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return (0, 0, 0), 255, 0
    drawn = pdfium.FPDFText_GetTextObject(text_page, index)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn) if drawn else 0
    return (red.value, green.value, blue.value), alpha.value, mode


def _pictures(page: Any, width: float, height: float) -> tuple[list[Picture], dict[int, int]]:
    """The pictures of a page, and the place of each object in the order of drawing."""
    import pypdfium2.raw as pdfium

    found: list[Picture] = []
    order: dict[int, int] = {}
    x, y = ctypes.c_int(), ctypes.c_int()
    edges = tuple(ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page), MOST_OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page, number)
        order[_address(thing)] = number
        if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        if not pdfium.FPDFPageObj_GetBounds(thing, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        share = max(right - left, 0) * max(top - bottom, 0) / max(width * height, 1)
        corners = []
        for across, down in ((left, top), (right, bottom)):
            pdfium.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, across, down, x, y)
            corners.append((x.value, y.value))
        (one, first), (other, second) = corners
        box = min(one, other), min(first, second), max(one, other), max(first, second)
        found.append(Picture(share, number, box, not pdfium.FPDFPageObj_HasTransparency(thing)))
    return found, order if found else {}


def _over(word: Seen, text_page: Any, pictures: Sequence[Picture], order: dict[int, int]) -> list[Picture]:
    """The pictures that were drawn over a word after it."""
    import pypdfium2.raw as pdfium

    if not pictures:
        return []
    drawn = order.get(_address(pdfium.FPDFText_GetTextObject(text_page, word.start)))
    if drawn is None:
        return []
    across, down = (word.left + word.right) // 2, (word.top + word.bottom) // 2
    return [
        one
        for one in pictures
        if drawn < one.number and one.box[0] <= across <= one.box[2] and one.box[1] <= down <= one.box[3]
    ]


def _address(thing: Any) -> int:
    return ctypes.cast(thing, ctypes.c_void_p).value or 0 if thing else 0
