"""What is drawn behind the words of a Word file: a page of colour, a bar at the side, a banner; and which white words it makes readable.

Loaded by the confined child alone; imports nothing of the product. Nobody lays the file out here, so where a drawing lies is told by
its size and by the paragraph that holds it: a page of colour lies under all words, a bar under those in cells and boxes, a banner
under the white ones next to it, as many as it has room for. A picture as light as the paper makes nothing readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
SHAPE = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"

TWIP = 635  # in units of 1/914,400 inch, which drawings are measured in
POINT = 12_700
A4 = 11_906, 16_838
WIDE, TALL, BANNER = 0.75, 0.6, 0.15
LIGHT = 225  # of 255: a picture lighter than this is as good as paper
LETTER, LINE = 4.5, 11.0  # points a letter and a line take at least
MOST_PIXELS = 40_000_000

Fills = Callable[[Any], bool]


@dataclass
class Grounds:
    """Which white words stand on something drawn behind them."""

    everywhere: bool = False
    in_boxes: bool = False
    paragraphs: set[Any] = field(default_factory=set)

    def under(self, paragraph: Any) -> bool:
        if self.everywhere or paragraph in self.paragraphs:
            return True
        return self.in_boxes and any(
            str(node.tag).endswith(("}tc", "}txbxContent")) for node in paragraph.iterancestors()
        )


@dataclass(frozen=True)
class Drawing:
    """Something drawn behind the words: its size as shares of the page, its room in letters, the paragraph that holds it."""

    wide: float
    tall: float
    room: int
    paragraph: Any


def of_document(
    roots: dict[str, Any], is_filled: Fills, picture: Callable[[str, str], bytes | None], is_white: Fills
) -> Grounds:
    """`roots` are the parts by name, headers first; `picture` gives the bytes behind a link of a part; `is_white` says whether all
    words of a paragraph are white (nothing is drawn on empty ones)."""
    found = Grounds()
    width, height = _page(roots)
    body = list(roots["word/document.xml"].iter(W + "p")) if "word/document.xml" in roots else []
    for name, root in roots.items():
        paragraphs = body if name == "word/document.xml" else list(root.iter(W + "p"))
        for one in _drawings(name, root, width, height, is_filled, picture):
            if one.wide >= WIDE and one.tall >= TALL:
                found.everywhere = True
            elif one.tall >= TALL:
                found.in_boxes = True
            at = next((place for place, paragraph in enumerate(paragraphs) if paragraph is one.paragraph), 0)
            found.paragraphs |= _beside(paragraphs, at, one.room, is_white)
            if name != "word/document.xml":  # what a header draws may reach down the page
                found.paragraphs |= _beside(body, -1, one.room, is_white)
    return found


def _page(roots: dict[str, Any]) -> tuple[int, int]:
    size = next((node for root in roots.values() for node in root.iter(W + "pgSz")), None)
    said = [size.get(W + side) if size is not None else None for side in ("w", "h")]
    wide, tall = (
        int(one) if one and one.isdecimal() and int(one[:7]) > 0 else usual for one, usual in zip(said, A4, strict=True)
    )
    return wide * TWIP, tall * TWIP


def _drawings(
    name: str, root: Any, width: int, height: int, is_filled: Fills, picture: Callable[[str, str], bytes | None]
) -> Iterator[Drawing]:
    for anchor in root.iter(DRAWN + "anchor"):
        if anchor.get("behindDoc") not in ("1", "true"):
            continue
        filled = any(is_filled(node) for node in anchor.iter() if str(node.tag).endswith("}wsp"))
        links = [blip.get(LINKED) or "" for blip in anchor.iter(SHAPE + "blip")]
        if not filled and not any(_is_dark(picture(name, link)) for link in links):
            continue
        extent = anchor.find(DRAWN + "extent")
        cx, cy = ((extent.get(side) or "") if extent is not None else "" for side in ("cx", "cy"))
        wide = int(cx[:12]) if cx.isdecimal() else width  # what does not say how large it is, is a banner
        tall = int(cy[:12]) if cy.isdecimal() else int(height * BANNER)
        room = int(wide / POINT / LETTER) * max(int(tall / POINT / LINE), 1)
        yield Drawing(wide / width, tall / height, room, next(anchor.iterancestors(W + "p"), None))


def _beside(paragraphs: list[Any], at: int, room: int, is_white: Fills) -> set[Any]:
    """The white paragraphs next to this one, before and behind it, as far as they are white and there is room for their letters."""
    found: set[Any] = set()
    own = paragraphs[at : at + 1] if at >= 0 else []
    for line in (own, paragraphs[at + 1 :], paragraphs[: max(at, 0)][::-1]):
        for paragraph in line:
            letters = len("".join(node.text or "" for node in paragraph.iter(W + "t")).strip())
            if not letters:
                continue
            room -= letters
            if room < 0 or not is_white(paragraph):
                break
            found.add(paragraph)
    return found


def _is_dark(data: bytes | None) -> bool:
    """Whether white words can be read on a picture. One we cannot look at (a drawing of lines) may be anything: it counts as dark."""
    if data is None:
        return False
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                return True
            small = image.convert("RGBA").resize((32, 32))
    except Exception:
        return True
    paper = Image.new("RGBA", small.size, "white")
    paper.alpha_composite(small)
    counts = paper.convert("L").histogram()
    return sum(value * count for value, count in enumerate(counts)) / sum(counts) < LIGHT
