"""Degrees and schools, and when: told by the kind of degree and the kind of school, in the order the document keeps."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from hiring.resumes import segments
from hiring.resumes.entries import Row, rows
from hiring.resumes.outline import Outline, Placed
from hiring.resumes.page import Page, words
from hiring.resumes.profile import Education, Found
from hiring.resumes.roles import DEGREE, SCHOOL, is_prose
from hiring.resumes.segments import Segment

MOST = 20
NO_SUBJECT = re.compile(
    r"^(?:gpa|grade|note|abschluss|mention|final|with|cum laude|magna|summa|thesis|honou?rs|first class"
    r"|\(?[\d.,/ %]+\)?|hons|average"
    r"|schwerpunkt|thema|relevant|coursework|minor|dissertation|(?:page|seite|pagina|strona) ?\d)"
)
IN = re.compile(
    r"(?:^|[ ,(])(?:of|in|en|de|di|em|w|:|-|–|für|fur|der|des|d'|arts|science|sciences|engineering) (?=\S)",
    re.IGNORECASE,
)
ENGLISH_KINDS = ("university", "college", "school", "institute", "academy", "seminary", "polytechnic")
BEFORE_KIND = words("technische staatliche freie duale technical state royal national federal")
BINDS = words("in of en em de di der des fur w und and et e y")
SUBJECT_WORDS = re.compile(
    r"(?<!\w)(?:science|sciences|engineering|informatik|informatique|informatica|mathemati\w+|physi\w+|economi\w+"
    r"|management|administration"
    r"|betriebswirtschaft\w*|bwl|vwl|maschinenbau|elektrotechnik|chemi\w+|biolog\w+|psycholog\w+|law|droit|jura"
    r"|rechtswissenschaft\w*"
    r"|derecho|history|geschichte|design|marketing|finance|accounting|studies|literature|linguistics|philosoph\w+"
    r"|medicine|medizin|nursing"
    r"|architektur|architecture|statisti\w+|communication|journalism\w*|sociolog\w+|education|wirtschafts\w+|\w*wissenschaft\w*"
    r"|ingenier\w+|ingegneria|genie \w+|gestion|commerce|comptabilite|bedrijfskunde|administracion|arquitectura"
    r"|enfermer\w+|soins)(?!\w)"
)


@dataclass
class _Study:
    degree: Segment | None = None
    school: Segment | None = None
    subject: Segment | None = None
    start: str | None = None
    end: str | None = None
    is_dated: bool = False
    when: Found | None = None
    first: int = 0
    last: int = 0
    free: list[Segment] = field(default_factory=list)

    @property
    def kinds(self) -> int:
        return bool(self.degree) + bool(self.school) + self.is_dated


def read(sections: Outline, today: dt.date) -> tuple[Education, ...]:
    """What the person studied, as the document orders it."""
    page = sections.page
    placed = sections.of("education")
    if not sections.has("education"):
        placed = [line for line in sections.of("top", "other", "certificates") if _speaks(page, line)]
    studies: list[_Study] = []
    current: _Study | None = None
    for row in rows(page, placed, today):
        if (row.is_prose and not _speaks(page, row.placed)) or (
            row.is_bullet and current and current.kinds >= 2 and not _new(page, row)
        ):
            if current:
                current.last = row.placed.end
            continue
        current = _row(page, row, current, studies)
    return tuple(made for study in studies[:MOST] if (made := _education(page, study)))


def _speaks(page: Page, line: Placed) -> bool:
    low = page.folded[line.start : line.end]
    return (
        len(low) < 200
        and bool(DEGREE.search(low))
        and (bool(SCHOOL.search(low)) or bool(re.search(r"(?:19|20)\d\d", low)))
    )


def _new(page: Page, row: Row) -> bool:
    low = page.folded[row.placed.start : row.placed.end]
    return bool(DEGREE.search(low) or SCHOOL.search(low)) and not is_prose(low)


def _row(page: Page, row: Row, current: _Study | None, studies: list[_Study]) -> _Study:
    """Add what a row says to the current entry, or begin another when it says again what is known."""
    parts = [
        one for part in segments.cut(page, row.rest, abroad=False) if len(part.text) > 1 for one in _parted(page, part)
    ]
    kinds = [(_kind(part), part) for part in parts]
    has_degree = any(kind == "degree" for kind, _ in kinds)
    has_school = any(kind == "school" for kind, _ in kinds)
    again = current is not None and (
        (has_degree and current.degree is not None)
        or (has_school and current.school is not None)
        or (bool(row.ranges) and current.is_dated)
        or (row.after_gap and current.kinds >= 2)
    )
    if current is None or again:
        current = _Study(first=row.placed.start)
        studies.append(current)
    current.last = row.placed.end
    if row.ranges and not current.is_dated:
        when = row.ranges[0]
        current.is_dated, current.start, current.end = True, when.since, when.until
        current.when = page.trimmed(when.start, when.end, 0.9)
    for kind, part in kinds:
        if kind == "degree" and not current.degree:
            current.degree = part
        elif kind == "school" and not current.school:
            current.school = part
        elif not NO_SUBJECT.match(part.text.lower()):
            current.free.append(part)
    return current


def _parted(page: Page, part: Segment) -> list[Segment]:
    """`MSc Computer Science University of Leeds` is a degree and a school, with nothing between them."""
    low = page.folded[part.start : part.end]
    degree, school = DEGREE.match(low), SCHOOL.search(low)
    if part.told or not degree or not school or school.start() <= degree.end():
        return [part]
    at = part.start + _begins(part.text, low, school, degree.end())
    if at - part.start < degree.end() or page.text[at - 1] != " ":
        return [part]
    made = [
        Segment(start, end, page.text[start:end], part.line, 0, 0, 0)
        for start, end in ((part.start, at - 1), (at, part.end))
    ]
    return made if all(len(one.text) > 1 for one in made) else [part]


def _begins(text: str, low: str, school: re.Match[str], floor: int) -> int:
    """Where the name of a school begins: with its kind, or with what stands before it in English and in names such as Technische
    Universität. Words of the subject, and the one behind `in` or `of`, stay with the degree."""
    at = school.start()
    english = school.group() in ENGLISH_KINDS and not (
        school.group() == "university" and low.startswith(" of", school.end())
    )
    for _ in range(4):
        before = text[floor:at].rstrip().rpartition(" ")
        word, start = before[2], floor + len(before[0]) + len(before[1])
        said = low[start : start + len(word)]
        named = said in BEFORE_KIND or (english and word[:1].isupper() and not SUBJECT_WORDS.search(said))
        if not named or not before[0].strip() or text[floor:start].split()[-1].casefold() in BINDS:
            break
        at = start
    return at


def _kind(part: Segment) -> str:
    if part.told in segments.OF_STUDIES:
        return part.told
    low = part.text.lower()
    plain = segments.roles.folded(low)
    degree, school = DEGREE.search(plain), SCHOOL.search(plain)
    if degree and school:
        return (
            "degree"
            if degree.start() < school.start() and degree.start() < 12 and len(degree.group()) > 2
            else "school"
        )
    if degree and (degree.start() < 25 or len(degree.group()) > 5):
        return "degree"
    return "school" if school else ""


def _education(page: Page, study: _Study) -> Education | None:
    free = [part for part in study.free if part.place < 0.7 and part.text[:1].isupper() and len(part.text) < 80]
    subjects = [part for part in free if SUBJECT_WORDS.search(segments.roles.folded(part.text))]
    if not study.degree and not study.school:
        if not study.is_dated or len(free) < 2:
            return None
        study.degree, study.school = (subjects[0] if subjects else free[0]), None
    if not study.school:
        others = [part for part in free if part not in subjects and part is not study.degree]
        study.school = max(others, key=lambda part: len(part.text), default=None)
    if not study.degree:
        others = [part for part in free if part is not study.school]
        study.degree = (subjects or others or [None])[0]  # type: ignore[list-item]
    subject = next((part for part in subjects if part not in (study.degree, study.school)), None)
    field_ = page.found(subject.start, subject.end, 0.7) if subject else _inside(page, study.degree)
    return Education(
        degree=_found(page, study.degree, 0.85),
        school=_found(page, study.school, 0.85),
        field=field_,
        start=study.start,
        end=study.end,
        text=page.found(study.first, study.last, 0.8),
        when=study.when,
    )


def _inside(page: Page, degree: Segment | None) -> Found | None:
    """The subject within `Master of Science in Data Engineering`: what stands behind the last `in` or `of`."""
    if degree is None:
        return None
    last = None
    for match in IN.finditer(page.text, degree.start, degree.end):
        last = match
    if last is None or degree.end - last.end() < 3:
        return None
    return page.trimmed(last.end(), degree.end, 0.6)


def _found(page: Page, part: Segment | None, confidence: float) -> Found | None:
    return page.found(part.start, part.end, confidence) if part else None
