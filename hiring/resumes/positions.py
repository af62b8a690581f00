"""The jobs a person held, and how long: anchored on dates, named by the lines around them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from hiring.resumes import dates, roles, segments
from hiring.resumes.dates import Range
from hiring.resumes.entries import NAMED, Entry, Row, entries, rows
from hiring.resumes.outline import TOP, Outline
from hiring.resumes.page import Page, folded, words
from hiring.resumes.places import place_score
from hiring.resumes.profile import Found, Position
from hiring.resumes.segments import Segment

MOST = 60
MOST_POINTS = 40
SMALL_WORDS = roles.PARTICLES | words("of and the und et y e en i des der die du do")


@dataclass(frozen=True)
class Job:
    """A position and the stretch of the page's text that tells of it, with the months it took."""

    position: Position
    start: int
    end: int
    months: tuple[int, int] | None


def read(sections: Outline, today: dt.date) -> list[Job]:
    """The jobs, as the document orders them."""
    page = sections.page
    families: tuple[str, ...] = ("experience",)
    if not sections.has("experience"):
        families = ("projects",) if sections.has("projects") else (TOP, "personal", "summary", "other")
    lines = rows(page, sections.of(*families), today)
    found = [_named(page, entry) for entry in entries(lines, _cue(page))[:MOST]]
    if families != ("experience",):
        found = [named for named in found if named.title and named.title.title >= 1]
    if not found and families == ("experience",):
        found = _undated(page, lines)
    for named in found:
        if not named.title or named.title.title < 2:
            _labelled(page, named, lines)
        if not named.place:
            _placed_below(page, named, lines)
    title_first = _order(found)
    jobs: list[Job] = []
    for named in found:
        named.settle(title_first, jobs[-1].position.employer if jobs else None, page)
        jobs.append(_job(page, named, lines, today))
    return [job for job in jobs if job.position.title or job.position.employer]


def _cue(page: Page) -> Callable[[Row], float]:
    def cue(row: Row) -> float:
        parts = segments.cut(page, row.rest)
        return max((max(part.title, part.employer if part.employer >= 1.5 else 0) for part in parts), default=0)

    return cue


@dataclass
class _Named:
    entry: Entry
    parts: list[Segment]
    title: Segment | None = None
    employer: Segment | None = None
    place: Segment | None = None
    inherited: Found | None = None

    def settle(self, title_first: bool, before: Found | None, page: Page) -> None:
        """What had no mark of its own is told by the order this document keeps."""
        free = [part for part in self.parts if part not in (self.title, self.employer, self.place) and part.place < 0.7]
        free = [part for part in free if not roles.NO_TITLE.match(folded(part.text))]
        free = [part for part in free if (len(part.text) < 70 and _begins_a_name(part.text)) or part.text[:1].isdigit()]
        if not self.title and not self.employer and len(free) > 1:
            self.title, self.employer = (free[0], free[1]) if title_first else (free[1], free[0])
        elif not self.title and free and self.employer:
            self.title = free[0]
        elif not self.employer and self.title and free:
            self.employer = min(free, key=lambda part: _distance(part, self.title, title_first))
        elif not self.title and not self.employer and free:
            self.title = free[0]
        parts = [part for part in self.parts if not roles.NO_TITLE.match(folded(part.text))]
        if self.title and not self.employer and not free and len(parts) == 1:
            self.inherited = before  # several roles below one employer


def _begins_a_name(text: str) -> bool:
    """A capital, or a particle before one: `da Rosa`."""
    particle, _, rest = text.partition(" ")
    return text[:1].isupper() or (particle in roles.PARTICLES and rest[:1].isupper())


def _distance(part: Segment, title: Segment | None, title_first: bool) -> tuple[bool, int, int]:
    assert title is not None  # noqa: S101
    wrong_side = (part.start > title.start) != title_first
    return (wrong_side and part.line != title.line, abs(part.line - title.line), abs(part.start - title.start))


def _named(page: Page, entry: Entry) -> _Named:
    parts = _naming(page, entry)
    named = _Named(entry, parts)
    titles = [part for part in parts if part.title >= 0.8 and part.title >= part.employer - 0.5]
    if titles:
        named.title = max(titles, key=lambda part: (part.title, -part.start))
    orgs = [part for part in parts if part is not named.title and part.employer >= 1.5 and part.place < 0.85]
    if orgs:
        named.employer = max(orgs, key=lambda part: (part.employer, -part.title, -part.start))
    places = [part for part in parts if part.place >= 0.7 and part not in (named.title, named.employer)]
    if places:
        named.place = max(places, key=lambda part: part.place)
    return named


def _naming(page: Page, entry: Entry) -> list[Segment]:
    """The parts that may name the job. Where the line of the dates says title and employer, other lines add only what is plainly a name."""
    parts = segments.cut(page, entry.spans)
    beside = [part for part in parts if any(start <= part.start < end for start, end in entry.beside)]
    title = max(beside, key=lambda part: (part.title, -part.start), default=None)
    others = [part for part in beside if part is not title and part.place < 0.7 and _begins_a_name(part.text)]
    if title is None or title.title < NAMED or not others:
        return parts
    has_employer = any(part.employer >= 1.5 for part in others)
    return [
        part
        for part in parts
        if part in beside
        or part.place >= 0.7
        or (part.employer >= 1.5 and not has_employer and _is_name(part.text))
        or max(part.title, part.employer) >= segments.TOLD
    ]


def _is_name(text: str) -> bool:
    """Written as names are: capitals, with none but the small words of names between them."""
    return not any(word.islower() and word not in SMALL_WORDS for word in text.split() if word.isalpha())


def _undated(page: Page, lines: list[Row]) -> list[_Named]:
    """The jobs of a section that dates none: each line that names one, with the lines below it."""
    cue = _cue(page)
    heads = [at for at, row in enumerate(lines) if not (row.is_bullet or row.is_prose) and cue(row) >= NAMED]
    titled = [
        at for at in heads if max((part.title for part in segments.cut(page, lines[at].rest)), default=0) >= NAMED
    ]
    found = []
    for at, after in itertools.pairwise([*titled, len(lines)]):
        never = Range(lines[at].placed.start, lines[at].placed.start, None, None, False, is_single=True)
        spans = [
            span for row in lines[at : min(at + 2, after)] if not (row.is_bullet or row.is_prose) for span in row.rest
        ]
        found.append(_named(page, Entry(never, spans, at, after - 1, own=at, beside=lines[at].rest)))
    return found


def _placed_below(page: Page, named: _Named, lines: list[Row]) -> None:
    """A place that has a line of its own right below the dates."""
    for row in lines[named.entry.own + 1 : min(named.entry.own + 1, named.entry.last) + 1]:
        start, end = row.placed.start, row.placed.end
        if not row.ranges and place_score(page.text[start:end]) >= 0.8:
            named.place = Segment(start, end, page.text[start:end], 0, 0, 0, place_score(page.text[start:end]))


def _labelled(page: Page, named: _Named, lines: list[Row]) -> None:
    """`Role: Test Engineer` somewhere below the dates."""
    entry = named.entry
    spans = [span for row in lines[entry.own + 1 : min(entry.last, entry.own + 6) + 1] for span in row.rest]
    told = next((part for part in segments.cut(page, spans) if part.title >= segments.TOLD), None)
    if told:
        named.title = told


def _order(found: list[_Named]) -> bool:
    """Whether titles come before employers where both are sure."""
    votes = [
        1 if named.title.start < named.employer.start else -1
        for named in found
        if named.title and named.employer and named.title.title >= 2
    ]
    lone = [
        1 if named.title is named.parts[0] else -1
        for named in found
        if named.title and named.title.title >= 2 and not named.employer and len(named.parts) > 1
    ]
    return sum(votes) + sum(lone) >= 0


def _job(page: Page, named: _Named, lines: list[Row], today: dt.date) -> Job:
    entry, when = named.entry, named.entry.when
    start = min([lines[entry.first].placed.start, *(span[0] for span in entry.spans)])
    end = max([lines[entry.last].placed.end, when.end, *(span[1] for span in entry.spans)])
    sure = 0.5 + (0.2 if named.title and named.title.title >= 2 else 0) + (0.2 if named.employer else 0)
    title = _found(page, named.title, min(0.95, 0.5 + (named.title.title if named.title else 0) * 0.15))
    employer = _found(page, named.employer, min(0.95, 0.5 + (named.employer.employer if named.employer else 0) * 0.15))
    position = Position(
        title=title,
        employer=employer or named.inherited,
        location=_found(page, named.place, named.place.place if named.place else 0),
        start=when.since or (when.until if when.is_single else None),
        end=when.until,
        is_current=when.is_current,
        text=page.found(start, end, 0.8),
        confidence=round(sure, 2),
        when=page.trimmed(when.start, when.end, 0.9),
        highlights=_highlights(page, entry, lines),
    )
    return Job(position, start, end, dates.months_of(when.since, when.until, today))


def _highlights(page: Page, entry: Entry, lines: list[Row]) -> tuple[Found, ...]:
    """The points below the lines that name the job, each with the lines it runs on over."""
    points: list[tuple[int, int]] = []
    for row in lines[entry.first : entry.last + 1]:
        at, end = row.placed.start, row.placed.end
        names = bool(row.ranges) or any(at <= start < end for start, _ in entry.spans)
        if row.is_bullet and not names:
            points.append((at, end))
        elif points and not names and not row.after_gap:
            points[-1] = (points[-1][0], end)
    found = (page.trimmed(start, end, 0.8) for start, end in points[:MOST_POINTS])
    return tuple(one for one in found if one)


def _found(page: Page, part: Segment | None, confidence: float) -> Found | None:
    return page.found(part.start, part.end, round(confidence, 2)) if part else None


def years(jobs: list[Job]) -> float | None:
    """The union of the jobs' months, in years to one place; None when no job is dated."""
    intervals = [job.months for job in jobs if job.months]
    return round(dates.covered(intervals) / 12, 1) if intervals else None
