"""Pages of a hidden person's résumé as pictures that hold nothing which must not be known.

A page is not painted over but drawn anew: white paper, onto which only words that may be read are copied from their places,
and a bar where a word was cut. Photos, logos, letterheads, signatures and whatever has no place in the text never get there.
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
    bars = []
    for start, end, number, *place in words:
        if number != page.number:
            continue
        box = _pixels(place, sheet)
        if _is_cut(start, end, cuts):
            bars.append(box)
        else:
            around = _grown(box, AIR, sheet)
            sheet.paste(paper.crop(around), around)
    pen = ImageDraw.Draw(sheet)
    for box in bars:  # last, so that nothing of a neighbour's air shows
        pen.rectangle(_grown(box, AIR + 2, sheet), fill=INK)
    made = io.BytesIO()
    sheet.save(made, "PNG")
    return made.getvalue()


def _is_cut(start: int, end: int, cuts: Sequence[Cut]) -> bool:
    return any(first < end and last > start for first, last in cuts)


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
