"""Pages of a hidden person's résumé as pictures that hold nothing which must not be known.

A page is not painted over but drawn anew: white paper, onto which only words that may be read are copied from their places,
and a bar where something was cut. All bars are as long, so that none tells how long a name is; only where a word that is shown
follows on the line does a bar end before it. Photos, logos, letterheads, signatures and whatever has no place in the text never get there.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hiring.documents.places import GRID
from hiring.models import Document, DocumentPlaces, PageImage

if TYPE_CHECKING:
    from PIL.Image import Image

Cut = tuple[int, int]
Box = tuple[int, int, int, int]
INK = (60, 60, 66)
AIR = 1  # pixels around a word that is copied; a bar takes two more
BAR = 0.16  # how long bars are, of the page's width
STRAIGHT = 0.02  # how far, of the page's width, what stands centred or at the right margin may be off


def words_of(document: Document) -> Sequence[Sequence[int]]:
    """The words of a document with their places; none where its pages could not be laid beside its text."""
    row = DocumentPlaces.objects.filter(document=document).first()
    return row.words if row else ()


def drawn(page: PageImage, words: Sequence[Sequence[int]], cuts: Sequence[Cut]) -> bytes:
    """One page as a PNG of its own, without what is cut (in the order of the text) and without what is no word."""
    from PIL import Image, ImageDraw

    with page.image.open("rb") as file, Image.open(file) as stored:
        paper = stored.convert("RGB")
    sheet = Image.new("RGB", paper.size, "white")
    cut: list[Box] = []
    shown: list[Box] = []
    for start, end, number, *place in words:
        if number != page.number:
            continue
        box = _pixels(place, sheet)
        if _is_cut(start, end, cuts):
            cut.append(box)
        else:
            around = _grown(box, AIR, sheet)
            sheet.paste(paper.crop(around), around)
            shown.append(box)
    pen = ImageDraw.Draw(sheet)
    margin = max((right for _, _, right, _ in cut + shown), default=0)
    for run in _runs(cut, shown):  # last, so that nothing of a neighbour's air shows
        pen.rectangle(_bar(run, shown, margin, sheet), fill=INK)
    made = io.BytesIO()
    sheet.save(made, "PNG")
    return made.getvalue()


def _is_cut(start: int, end: int, cuts: Sequence[Cut]) -> bool:
    return any(first < end and last > start for first, last in cuts)


def _runs(cut: Sequence[Box], shown: Sequence[Box]) -> list[Box]:
    """What is cut, put together where it stands in one line with nothing shown in between."""
    runs: list[Box] = []
    for box in cut:
        last = runs[-1] if runs else None
        if last and _in_line(last, box) and last[0] <= box[0] and not _is_between(last, box, shown):
            runs[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            runs.append(box)
    return runs


def _bar(run: Box, shown: Sequence[Box], margin: int, sheet: Image) -> Box:
    """A bar of the one length, where the run begins; or in the middle or at the margin, where the run alone stands there."""
    left, top, right, bottom = run
    long, off = int(sheet.width * BAR), sheet.width * STRAIGHT
    line = [box for box in shown if _in_line(run, box)]
    if not line and abs((left + right) - sheet.width) < 2 * off:
        left = (sheet.width - long) // 2
    elif not line and margin - right < off and left > sheet.width / 2:
        left = margin - long
    behind = [box[0] - 2 * AIR - 2 for box in line if box[0] >= left]
    right = max(left + 2, min([left + long, *behind]))
    return _grown((left, top, right, bottom), AIR + 2, sheet)


def _in_line(one: Box, other: Box) -> bool:
    both = min(one[3], other[3]) - max(one[1], other[1])
    return 2 * both > min(one[3] - one[1], other[3] - other[1])


def _is_between(one: Box, other: Box, shown: Sequence[Box]) -> bool:
    return any(one[0] <= box[0] < other[0] and _in_line(one, box) for box in shown)


def _pixels(place: Sequence[int], sheet: Image) -> Box:
    left, top, width, height = place
    across, down = sheet.width / GRID, sheet.height / GRID
    return (
        int(left * across),
        int(top * down),
        int((left + width) * across) + 1,
        int((top + height) * down) + 1,
    )


def _grown(box: Box, by: int, sheet: Image) -> Box:
    left, top, right, bottom = box
    return (max(0, left - by), max(0, top - by), min(sheet.width, right + by), min(sheet.height, bottom + by))
