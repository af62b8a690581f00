"""Clean A4 pages of a text: what a person leafs through when a file has no pages of its own.

Loaded by `child.py` in its confined process; imports nothing of the product.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1000, 1414, 90
GRID = 10_000
INK = 28

Box = tuple[int, int, int, int]  # left, top, width, height on the grid of a page
Words = list[tuple[str, Box]]


def pages(blocks: Sequence[tuple[str, str]], most: int) -> Iterator[tuple[Any, Words]]:
    """At most `most` pages of (kind, text) blocks: each an image and where its words stand."""
    faces = {"p": (font(19), 28), "li": (font(19), 28), "h": (font(23, bold=True), 38)}
    drawn, y = 0, HEIGHT
    image = pen = None
    words: Words = []
    for kind, text in blocks:
        face, step = faces[kind]
        indent = 26 if kind == "li" else 0
        y += 12 if kind == "h" else 0
        for index, line in enumerate(wrapped(text, face, WIDTH - 2 * MARGIN - indent)):
            if y + step > HEIGHT - MARGIN:
                if image is not None:
                    yield image, words
                if drawn == most:
                    return
                drawn, y, words = drawn + 1, MARGIN, []
                image = Image.new("L", (WIDTH, HEIGHT), 255)
                pen = ImageDraw.Draw(image)
            assert pen is not None  # noqa: S101 - the first line always starts a page
            if kind == "li" and index == 0:
                pen.text((MARGIN + 4, y), "•", fill=INK, font=face)
            pen.text((MARGIN + indent, y), line, fill=INK, font=face)
            words += places(line, face, MARGIN + indent, y, step)
            y += step if line else step // 2
        y += 6
    if image is not None:
        yield image, words


def font(size: int, bold: bool = False) -> Any:
    path = f"/usr/share/fonts/truetype/dejavu/DejaVuSans{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(path, size) if os.path.exists(path) else ImageFont.load_default(size)


def wrapped(text: str, face: Any, width: int) -> Iterator[str]:
    for line in text.split("\n"):
        current = ""
        for word in line.split(" "):
            if current and face.getlength(f"{current} {word}") > width:
                yield current
                current = ""
            current = f"{current} {word}".strip()
            while len(current) > 1 and face.getlength(current) > width:  # a word longer than the line
                fits = max(1, int(len(current) * width / face.getlength(current)) - 1)
                yield current[:fits]
                current = current[fits:]
        yield current


def places(line: str, face: Any, left: float, top: int, step: int) -> Words:
    """Where the words of a drawn line stand."""
    words: Words = []
    for word in line.split(" "):
        wide = face.getlength(word)
        if word:
            words.append((word, (_share(left, WIDTH), _share(top, HEIGHT), _share(wide, WIDTH), _share(step, HEIGHT))))
        left += wide + face.getlength(" ")
    return words


def _share(length: float, whole: int) -> int:
    return min(int(length / whole * GRID), GRID)
