"""Reading an untrusted file: one confined child process a file, and what may be believed of what it says.

Whatever the child does (crash, hang, flood, lie), this returns a `Reading`. It never raises for a hostile file.
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hiring.documents import forks, places

VERSION = "3"
WALL_SECONDS = 30
RECOGNISING_SECONDS = 150
MAX_STDOUT = 8 * 1024 * 1024
MAX_PAGES = 40
MAX_IMAGE = 1024 * 1024
MAX_TEXT = 400_000
MAX_UNSEEN = 50_000
MAX_SIDE = 4_000
CHILD = Path(__file__).with_name("child.py")
BROKE_US = "something that broke our reader"
NOT_SEARCHED = "something we could not look into"
BROKEN_OFF = "The file could not be read: reading it took more time or memory than a document should."


@dataclass(frozen=True)
class Page:
    number: int
    width: int
    height: int
    png: bytes = field(repr=False)


@dataclass
class Reading:
    """What a file holds. `problem` alone: nothing could be read. `acts`: why the original is not handed out.
    `unseen`: what it says and nobody sees, which is no part of `text`; `ways`: how it does that, in words.
    `garbled`: its fonts do not say which letters they draw."""

    text: str = ""
    page_count: int = 0
    pages: list[Page] = field(default_factory=list)
    words: list[places.Word] = field(default_factory=list)
    unseen: str = ""
    ways: list[str] = field(default_factory=list)
    scanned: bool = False
    garbled: bool = False
    acts: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def was_read(self) -> bool:
        return bool(self.text or self.pages)


def read(data: bytes, kind: str) -> Reading:
    """Text, page images and anything active of a file of `kind`."""
    with tempfile.TemporaryDirectory(prefix="reading-") as directory:
        said, finished = _run(Path(directory), data, kind, "read", WALL_SECONDS)
        reading = Reading(pages=_pages(Path(directory), said))
    reading.text = _text(said.get("text"))[:MAX_TEXT]
    reading.unseen, reading.ways = _text(said.get("unseen"))[:MAX_UNSEEN], _sentences(said.get("ways"))
    reading.words = places.align(reading.text, _words(said))
    reading.page_count = max(min(_whole(said.get("page_count")), 32_000), len(reading.pages))
    reading.scanned = said.get("scanned") is True
    reading.problem = str(said.get("problem", ""))[:200]
    reading.acts = _sentences(said["acts"]) if isinstance(said.get("acts"), list) else [NOT_SEARCHED]
    reading.garbled = said.get("garbled") is True
    if not finished:
        reading.problem = reading.problem or BROKEN_OFF
    if not finished and reading.acts in ([], [NOT_SEARCHED]):
        reading.acts = [BROKE_US]
    return reading


def recognise(data: bytes) -> Reading:
    """The text of a scanned PDF by Tesseract, as far as it came; nothing where there is none to recognise it or to be recognised."""
    with tempfile.TemporaryDirectory(prefix="reading-") as directory:
        said, _ = _run(Path(directory), data, "pdf", "recognise", RECOGNISING_SECONDS)
    text = _text(said.get("text"))[:MAX_TEXT]
    return Reading(text=text, words=places.align(text, _words(said)), scanned=True)


def opens(data: bytes) -> bool:
    """Whether a PDF opens without a password. Quick enough to be asked while its sender waits, and only for encrypted ones."""
    with tempfile.TemporaryDirectory(prefix="reading-") as directory:
        said, _ = _run(Path(directory), data, "pdf", "open", 8)
    return said.get("opens") is True


def _run(directory: Path, data: bytes, kind: str, job: str, seconds: int) -> tuple[dict[str, Any], bool]:
    """What the child said, line by line and merged, and whether it came to an end by itself."""
    (directory / "file").write_bytes(data)
    child = forks.start(CHILD, directory, kind, job)
    try:
        output = _listen(child.output, time.monotonic() + seconds)
    finally:
        child.end()
    said = _believe(output)
    return said, said.pop("done", False) is True or bool(said.get("problem")) or "opens" in said


def _listen(source: int, deadline: float) -> bytes:
    """Everything up to the end, the deadline or the cap, whichever comes first. The caller ends the child."""
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while len(output) <= MAX_STDOUT and (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            piece = os.read(source, 65_536)
            if not piece:
                break
            output += piece
    return bytes(output) if len(output) <= MAX_STDOUT else b""


def _believe(output: bytes) -> dict[str, Any]:
    """Merge the JSON objects of complete lines; anything else is noise. Lines about pages are gathered, under `drawn` and `placed`."""
    said: dict[str, Any] = {"drawn": [], "placed": []}
    for line in output.split(b"\n")[:-1][:200]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "page" in found:
            said["drawn"].append(found["page"])
        elif isinstance(found, dict) and "words" in found:
            said["placed"].append(found)
        elif isinstance(found, dict):
            said.update({key: value for key, value in found.items() if key not in ("drawn", "placed")})
    return said


def _pages(directory: Path, said: dict[str, Any]) -> list[Page]:
    """The page images that are there and are what they should be; size is read from the PNG, not believed."""
    pages = []
    for number in sorted({_whole(number) for number in said["drawn"]} & set(range(1, MAX_PAGES + 1))):
        try:
            handle = os.open(directory / f"page-{number}.png", os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                png = file.read(MAX_IMAGE + 1)
        except OSError:
            continue
        if len(png) > MAX_IMAGE or png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR":
            continue
        width, height = struct.unpack(">II", png[16:24])
        if 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE:
            pages.append(Page(number, width, height, png))
    return pages


def _words(said: dict[str, Any]) -> list[places.Placed]:
    """The words on pages whose places are numbers on the grid; a line that is not what it should be counts for nothing."""
    found: list[places.Placed] = []
    for line in said["placed"]:
        page, words, boxes = _whole(line.get("words")), line.get("said"), line.get("boxes")
        if not (0 < page <= MAX_PAGES and isinstance(words, str) and isinstance(boxes, list)):
            continue
        split = words.split(" ")
        if len(boxes) != 4 * len(split) or not all(type(edge) is int and 0 <= edge <= places.GRID for edge in boxes):
            continue
        for index, word in enumerate(split):
            left, top, width, height = boxes[4 * index : 4 * index + 4]
            found.append(places.Placed(word, page, (left, top, width, height)))
    return found[: places.MOST]


def _text(value: object) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _sentences(value: object) -> list[str]:
    return [str(one)[:60] for one in value][:10] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
