"""Cutting the heading lines of an entry into their parts, and saying for each what it most likely is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hiring.resumes import roles
from hiring.resumes.page import TRIM, Page
from hiring.resumes.places import place_score

CUT = re.compile(
    r"\s+[|•–—‐-]{1,2}\s+|[|•·\t]|\s{3,}|,\s+|;\s+|\s+(?:at|@|bei|chez|bij|presso|bei der|beim)\s+|\s*[()\[\]]\s*"
    r"|\s[–—]|[–—]\s|\n|\s+/\s+"
)
ABROAD = re.compile(r"\s+(?:en|em|w|na)\s+(?=[A-ZÀ-Þ])")
LEGAL_TAIL = re.compile(
    r"\s*,\s+(?=(?:Inc|LLC|Ltd|L\.P|LP|PLC|Corp|Co|S\.A|S\.L|GmbH|N\.V|B\.V|Limited|and|und|et|&)\b)"
)


@dataclass(frozen=True)
class Segment:
    """A part of a heading: `line` counts the lines of the entry, so that neighbours can be told from strangers."""

    start: int
    end: int
    text: str
    line: int
    title: float
    employer: float
    place: float


def cut(page: Page, spans: Iterable[tuple[int, int]]) -> list[Segment]:
    """The parts of these stretches of the page, in order. Each stretch is one line without its dates."""
    found: list[Segment] = []
    for number, (start, end) in enumerate(spans):
        if end - start > 400:
            continue
        at = start
        whole = _placed(page, start, end)
        if whole:
            found.append(_segment(page, start, end, number))
            continue
        glue = {match.start() for match in LEGAL_TAIL.finditer(page.text, start, end)}
        cuts = [match for match in CUT.finditer(page.text, start, end) if match.start() not in glue]
        cuts += ABROAD.finditer(page.text, start, end)
        for match in sorted(cuts, key=lambda match: match.start()):
            if match.start() >= at:
                _add(page, at, match.start(), number, found)
                at = match.end()
        _add(page, at, end, number, found)
    return _with_places(page, found)


def _placed(page: Page, start: int, end: int) -> bool:
    return place_score(page.text[start:end]) >= 0.85


def _add(page: Page, start: int, end: int, line: int, found: list[Segment]) -> None:
    while start < end and page.text[start] in TRIM + "\n":
        start += 1
    while end > start and page.text[end - 1] in TRIM + "\n":
        end -= 1
    if end - start > 1:
        found.append(_segment(page, start, end, line))


def _segment(page: Page, start: int, end: int, line: int) -> Segment:
    text = page.text[start:end]
    return Segment(start, end, text, line, roles.title_score(text), roles.employer_score(text), place_score(text))


def _with_places(page: Page, segments: list[Segment]) -> list[Segment]:
    """`Lyon` and `France`, cut at the comma, are one place."""
    joined: list[Segment] = []
    for segment in segments:
        last = joined[-1] if joined else None
        if last and last.line == segment.line and segment.start - last.end <= 3:
            both = page.text[last.start : segment.end]
            if "," in both and place_score(both) >= 0.85 and last.title < 1 and last.employer < 1.5:
                joined[-1] = Segment(last.start, segment.end, both, last.line, 0, 0, place_score(both))
                continue
        joined.append(segment)
    return joined
