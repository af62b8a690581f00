"""Which section each line of a résumé belongs to. Sections are a strong hint and never a promise: columns interleave."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hiring.resumes.headings import family_of
from hiring.resumes.page import Line, Page
from hiring.resumes.spoken import SPOKEN

TOP = "top"
LABEL = 40
FIRST_COLUMN = (
    "edv",
    "edv-kenntnisse",
    "informatique",
    "informatica",
    "bureautique",
    "software",
    "logiciels",
    "computer",
)
# `Köln, den 2. Mai 2026` at the end of a letter or a Lebenslauf.
SIGNED = re.compile(r"[^\W\d][^\d,]{1,30}, (?:den |le |am )?\d{1,2}[./ ]{1,2}(?:\d{1,2}\.|[^\W\d]{3,10}) ?\d{4}\.?")


@dataclass(frozen=True)
class Placed:
    """A line and the family of its section. `start` is where its content begins, behind a label such as `Skills:`."""

    line: Line
    family: str
    start: int
    is_heading: bool
    around: str

    @property
    def end(self) -> int:
        return self.line.end

    @property
    def is_blank(self) -> bool:
        return self.start >= self.end


@dataclass
class Outline:
    page: Page
    lines: list[Placed]

    def of(self, *families: str) -> list[Placed]:
        """The lines with content in sections of these families, headings left out."""
        return [placed for placed in self.lines if placed.family in families and not placed.is_heading]

    def has(self, family: str) -> bool:
        return any(placed.is_heading and placed.family == family for placed in self.lines)

    def family_at(self, place: int) -> str:
        """The section in which a place of the page's text stands."""
        low, high = 0, len(self.lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.lines[middle].line.start <= place else (low, middle - 1)
        return self.lines[low].family if self.lines else TOP


def outline(page: Page) -> Outline:
    placed: list[Placed] = []
    current, labelled = TOP, ""
    for line in page.lines:
        if not line.text:
            labelled = ""
            placed.append(Placed(line, current, line.start, False, current))
            continue
        low = page.folded[line.start : line.end]
        whole = family_of(low)
        if whole:
            current, labelled = whole if whole != "title" else current, ""
            placed.append(Placed(line, current, line.end, True, current))
            continue
        if SIGNED.fullmatch(low):
            placed.append(Placed(line, "other", line.start, False, current))
            continue
        family, start = _label(low, line)
        if not family and current in ("skills", "personal", "other"):
            family, start = _first_column(low, line, current)
        if family == "languages" and current == "skills" and not SPOKEN.search(low):
            family = "skills"  # of programming
        if family:
            labelled = family
            placed.append(Placed(line, family, start, False, current))
            continue
        if labelled and not _continues(page, placed[-1], line, low):
            labelled = ""
        placed.append(Placed(line, labelled or current, line.start, False, current))
    return Outline(page, placed)


def _label(low: str, line: Line) -> tuple[str, int]:
    """`Skills: Python, SQL` opens a section for its own line only."""
    colon = low.find(":", 0, LABEL)
    if colon < 3 or colon == len(low) - 1:
        return "", line.start
    family = family_of(low[:colon].strip())
    if family in ("", "title", "personal", "other"):
        return "", line.start
    return family, line.start + colon + 1


def _first_column(low: str, line: Line, current: str) -> tuple[str, int]:
    """`Sprachen Deutsch (Muttersprache)`: a label in a column of its own, without a colon."""
    first, _, rest = low.partition(" ")
    family = family_of(first)
    if family == "languages" and SPOKEN.search(rest):
        return family, line.start + len(first) + 1
    if current == "skills" and first in FIRST_COLUMN and rest:
        return "skills", line.start + len(first) + 1
    return "", line.start


def _continues(page: Page, before: Placed, line: Line, low: str) -> bool:
    """Whether a line goes on with the list that the one before it did not end."""
    if before.is_blank or not low:
        return False
    return page.text[before.end - 1] in ",;/&" or (low[:1].islower() and line.text[:1].islower())
