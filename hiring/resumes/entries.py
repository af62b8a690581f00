"""Dated entries of a section: which lines around each date name the job or the school, and which describe it.

Every layout puts the dates somewhere else: beside the title, above it, below it, in a column of their own. Where they stand
is one habit of the whole document, so it is voted once: do the naming lines come before the dates, or after them?
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hiring.resumes import dates
from hiring.resumes.outline import Placed
from hiring.resumes.page import TRIM, Page, folded
from hiring.resumes.roles import PARTICLES, is_prose, title_score
from hiring.resumes.segments import LABELLED

MOST_LINES = 3
UNIT = r"(?:years?|yrs?|months?|mos?|jahre?|monate?|ans?|annees?|mois|anos?|mes(?:es)?|jaar|maanden|anni|mesi)"
DURATION = re.compile(rf"[0-9]{{1,2}} {UNIT}\.?(?:[ ,]+(?:and |und |et |y |e |en )?[0-9]{{1,2}} {UNIT}\.?)?")
NAMED = 2  # how sure a cue has to be before it is believed against the habit of the document


@dataclass
class Row:
    """A line with content: the stretches of it that are no dates, and the dates."""

    placed: Placed
    number: int
    ranges: list[dates.Range]
    rest: list[tuple[int, int]]
    is_bullet: bool
    is_prose: bool
    after_gap: bool

    @property
    def has_rest(self) -> bool:
        return bool(self.rest)


@dataclass
class Entry:
    """One entry: its dates, the stretches that name it (`beside` are those in the line of the dates), and the rows that describe it."""

    when: dates.Range
    spans: list[tuple[int, int]]
    first: int
    last: int
    own: int = 0
    beside: list[tuple[int, int]] = field(default_factory=list)


def rows(page: Page, placed: list[Placed], today: dt.date) -> list[Row]:
    """The lines that hold something, dates found in each."""
    made: list[Row] = []
    gap, carried, last = True, 0, -1
    for index, whole in enumerate(placed):
        line = replace(whole, start=max(whole.start, carried)) if whole.start < carried < whole.end else whole
        if line.is_blank or line.end <= carried:
            gap = gap or line.is_blank
            continue
        after = placed[index + 1] if index + 1 < len(placed) else None
        low = page.folded[line.start : line.end]
        if after is not None and not after.is_blank and dates.goes_on(low):
            low = page.folded[line.start : after.end].replace("\n", " ")
        found = [_moved(when, line.start) for when in dates.ranges(low, today) if when.start < line.end - line.start]
        carried = max([carried, *(when.end for when in found)])
        text = page.text[line.start : line.end].strip()
        bullet = text[:1] in "•-*–" and not (text[:1] in "-–" and found and len(text) < 40)
        gap = gap or bool(made and line.line.number - last > 1)
        last = line.line.number
        rest = _rest(page, line, found)
        if not rest and not found:
            gap = True
            continue
        words = " ".join(page.text[start:end] for start, end in rest)
        if found and found[0].start <= line.start + 1:
            words = words.rstrip(".")  # a heading behind its dates may end in a full stop, as LaTeX writes it
        if not found and DURATION.fullmatch(folded(words)):
            continue  # of all jobs at one employer together
        made.append(
            Row(line, line.line.number, found, rest, bullet, is_prose(words) or (not found and _tells(words)), gap)
        )
        gap = False
    return made


def _tells(words: str) -> bool:
    """A line that tells rather than names: many words, most of them small, and none that says what somebody is."""
    said = [word for word in words.split() if word[:1].isalpha() and word not in PARTICLES]
    small = sum(word[:1].islower() for word in said)
    if len(said) < 6 or small < 0.7 * len(said) or title_score(words) >= 2:
        return False
    return not any(label.match(folded(words)) for _, label in LABELLED)


def _moved(when: dates.Range, by: int) -> dates.Range:
    return dates.Range(when.start + by, when.end + by, when.since, when.until, when.is_current, when.is_single)


def _rest(page: Page, line: Placed, found: list[dates.Range]) -> list[tuple[int, int]]:
    """What stands beside the dates of a line, at least two letters of it."""
    at, rest = line.start, []
    for when in [*found, None]:
        start, end = at, when.start if when else line.end
        while start < end and page.text[start] in TRIM + "()[]/":
            start += 1
        while end > start and page.text[end - 1] in TRIM + "([/":
            end -= 1
        if sum(letter.isalpha() for letter in page.text[start:end]) > 1:
            rest.append((start, end))
        at = min(when.end, line.end) if when else line.end
    return rest


def is_anchor(row: Row, single: bool) -> bool:
    """Whether the dates of a row date an entry rather than stand inside a sentence."""
    dated = [when for when in row.ranges if single or not when.is_single]
    return bool(dated) and not row.is_prose and not (row.is_bullet and len(row.rest) and _long(row))


def _long(row: Row) -> bool:
    return sum(end - start for start, end in row.rest) > 90


def entries(all_rows: list[Row], cue: Callable[[Row], float]) -> list[Entry]:
    """The entries of these rows. `cue` says how much a row looks like it names a job or a school."""
    single = not any(is_anchor(row, False) for row in all_rows)
    anchors = [at for at, row in enumerate(all_rows) if is_anchor(row, single)]
    if not single:  # a lone year beside many ranges dates an entry too, when the row names one
        anchors = [
            at
            for at, row in enumerate(all_rows)
            if is_anchor(row, False) or (is_anchor(row, True) and not row.is_bullet and cue(row) >= 2)
        ]
    if not anchors:
        return []
    before = names_before(all_rows, anchors, cue)
    found = [_entry(all_rows, anchors, index, before, cue) for index in range(len(anchors))]
    for entry, after in itertools.pairwise(found):
        entry.last = max(entry.first, after.first - 1)
    return found


def names_before(all_rows: list[Row], anchors: list[int], cue: Callable[[Row], float]) -> bool:
    """The vote: do naming lines stand before the dates in this document?"""
    votes = 0.0
    first, last = anchors[0], anchors[-1]
    head = _above(all_rows, first, -1)
    if not head and cue(all_rows[first]) >= NAMED:
        return False  # the first is named in the line of its dates, with nothing above it
    tail = _below(all_rows, last, len(all_rows))
    votes += 2.0 if head else -1.0 if not all_rows[first].has_rest else -0.2
    votes += sum(cue(all_rows[at]) for at in head) - sum(cue(all_rows[at]) for at in tail)
    votes += 0 if tail else 1.0
    for index, at in enumerate(anchors[1:], 1):
        above = _above(all_rows, at, anchors[index - 1])
        if above and all_rows[above[0]].after_gap and _below(all_rows, anchors[index - 1], at)[:1] != above[:1]:
            votes += 1.0
        elif all_rows[at].after_gap:
            votes -= 1.0
    return votes > 0


def _above(all_rows: list[Row], at: int, floor: int) -> list[int]:
    """The naming rows just above an anchor, in reading order: short, no bullets, no sentences."""
    found: list[int] = []
    for up in range(at - 1, max(floor, at - 1 - MOST_LINES), -1):
        row = all_rows[up]
        if row.is_bullet or row.is_prose or (row.ranges and any(not when.is_single for when in row.ranges)):
            break
        found.insert(0, up)
        if row.after_gap:
            break
    return found


def _below(all_rows: list[Row], at: int, ceiling: int) -> list[int]:
    found: list[int] = []
    for down in range(at + 1, min(ceiling, at + 1 + MOST_LINES)):
        row = all_rows[down]
        if row.is_bullet or row.is_prose or (row.ranges and any(not when.is_single for when in row.ranges)):
            break
        if row.after_gap and (found or all_rows[at].has_rest):
            break
        found.append(down)
    return found


def _entry(all_rows: list[Row], anchors: list[int], index: int, before: bool, cue: Callable[[Row], float]) -> Entry:
    at = anchors[index]
    row = all_rows[at]
    dated = [when for when in row.ranges if not when.is_single] or row.ranges
    if before:
        near = _above(all_rows, at, anchors[index - 1] if index else -1)
        if index and near and not all_rows[near[0]].after_gap:
            usual = len(_above(all_rows, anchors[0], -1)) or (0 if cue(row) >= NAMED else MOST_LINES)
            near = near[len(near) - min(usual, len(near)) :]  # what stands above that still describes the entry before
    else:
        near = _below(all_rows, at, anchors[index + 1] if index + 1 < len(anchors) else len(all_rows))
    spans = [span for number in near for span in all_rows[number].rest]
    ordered = [*spans, *row.rest] if before else [*row.rest, *spans]
    return Entry(dated[0], ordered, min([*near, at]) if before else at, len(all_rows) - 1, own=at, beside=row.rest)
