"""The text of a scanned PDF, by Tesseract where it is installed. Runs inside the confined child (`child.py`), which loads it from
beside itself; Tesseract inherits the child's limits of memory and processor time a page, has no network, and reads from a pipe."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from typing import Any

PLACES = "/usr/local/bin:/usr/bin:/bin"
DPI = 150
MAX_PAGES = 10
MAX_SIDE = 3_500
GRID = 10_000
SURE_ENOUGH = 30  # of 100: below it, dust and edges read as letters
MOST_LANGUAGES = 4
NO_LANGUAGE = {"osd", "equ"}
PAGE_SECONDS = 25

Word = tuple[str, tuple[int, int, int, int]]


def pages(document: Any) -> Iterator[tuple[int, str, list[Word]]]:
    """Number, text and placed words of each page. Nothing when there is no Tesseract, or none that knows a language."""
    program = shutil.which("tesseract", path=PLACES)
    languages = _languages(program) if program else ""
    for number in range(min(len(document), MAX_PAGES) if languages else 0):
        page = document[number]
        image = page.render(scale=min(DPI / 72, MAX_SIDE / max(*page.get_size(), 1)), grayscale=True).to_pil()
        page.close()
        text, words = _told(_run(program, image, languages), *image.size)
        yield number + 1, text, words


def _languages(program: str) -> str:
    listed = _call([program, "--list-langs"], b"").decode("utf-8", "replace").split("\n")[1:]
    known = sorted({one for one in listed if one and "/" not in one} - NO_LANGUAGE, key=lambda one: (one != "eng", one))
    return "+".join(known[:MOST_LANGUAGES])


def _run(program: str | None, image: Any, languages: str) -> str:
    picture = BytesIO()
    image.save(picture, "PNG", compress_level=1)
    asked = [str(program), "stdin", "stdout", "-l", languages, "--dpi", str(DPI), "tsv"]
    return _call(asked, picture.getvalue()).decode("utf-8", "replace")


def _call(asked: list[str], given: bytes) -> bytes:
    """What it says; nothing where it fails on this page: the others are tried all the same."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            asked,
            input=given,
            capture_output=True,
            timeout=PAGE_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""


def _told(table: str, width: int, height: int) -> tuple[str, list[Word]]:
    """The words of Tesseract's table, line by line as it found them, with their boxes on the grid of the page."""
    lines: list[str] = []
    words: list[Word] = []
    last: tuple[str, ...] = ()
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip() or _whole(cells[10]) < SURE_ENOUGH:
            continue
        if (here := tuple(cells[1:5])) != last:
            lines += ["", ""] if last and here[:2] != last[:2] else [""]
            last = here
        said = cells[11].strip()
        lines[-1] = f"{lines[-1]} {said}".strip()
        left, top, across, down = (_whole(cell) for cell in cells[6:10])
        words.append((said, (*_grid(left, across, width), *_grid(top, down, height))))
    return "\n".join(lines), [(word, (x, y, w, h)) for word, (x, w, y, h) in words]


def _grid(start: int, length: int, whole: int) -> tuple[int, int]:
    begin = min(max(start, 0) * GRID // max(whole, 1), GRID)
    return begin, min(max(length, 0) * GRID // max(whole, 1), GRID - begin)


def _whole(cell: str) -> int:
    try:
        return int(float(cell))
    except (ValueError, OverflowError):
        return 0
