"""What judging may look at of an application, and nothing else of a person.

What somebody can do, did and answered. Never who they are: name, contacts, street and postcode, birth, sex, nationality, family,
religion, schools and years of study are shut out of the text before anything is looked for in it, and text that a file hides from
the eye is not part of it at all (AI-4, AI-5).
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hiring.names import fold
from hiring.resumes import dates
from hiring.resumes.page import Page, folded, open_page
from hiring.resumes.profile import Education, Found, Position, Profile
from hiring.semantic import texts
from hiring.taxonomy import Taxonomy
from pipeline.screening.results import Evidence

QUOTE = 180
STREET = re.compile(
    r"^[^\n]{0,60}(?:\b(?:street|road|avenue|lane|drive|boulevard|rue|calle|via|platz|allee)\b|stra(?:ß|ss)e\b|str\.)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
HEAD = 1_500  # characters in which an address stands


@dataclass
class Facts:
    """One application as judging sees it. `name` is only there to be shut out. `profile` is what was read from `text`, with what
    colleagues put right; `as_of` ends what lasts: the day of the application, so that it is judged the same on any day."""

    profile: Profile
    text: str
    taxonomy: Taxonomy
    as_of: dt.date
    name: str = ""
    has_resume: bool = True
    problem: str = ""
    """Why the résumé could not be read, as a sentence; empty when it could."""
    location: str = ""
    """Where the record says the person lives, for when the résumé does not."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    questions: Sequence[Mapping[str, Any]] = ()

    @cached_property
    def page(self) -> Page:
        return open_page(self.text)

    @cached_property
    def shut_out(self) -> list[tuple[int, int]]:
        """The parts of the text nothing is looked for in, in order, none overlapping."""
        profile = self.profile
        single = [profile.name, profile.location, *profile.emails, *profile.phones, *profile.links]
        single += [one.school for one in profile.education]
        spans = [(one.start, one.end) for one in single if one and one.end > one.start]
        for pattern in (texts.PERSONAL, texts.CONTACTS):
            spans += [match.span() for match in pattern.finditer(self.text)]
        spans += [
            match.span() for match in STREET.finditer(self.text[:HEAD]) if any(c.isdigit() for c in match.group())
        ]
        for name in {self.name, profile.name.value if profile.name else ""}:
            spans += _named(self.text, name)
        return _joined(spans)

    def counts(self, start: int, end: int) -> bool:
        """Whether this part of the text may show anything."""
        spans = self.shut_out
        at = bisect_right(spans, (start, len(self.text) + 1))
        before = at and spans[at - 1][1] > start
        behind = at < len(spans) and spans[at][0] < end
        return not (before or behind)

    def job_at(self, start: int) -> Position | None:
        """The job in whose text this stands."""
        return next((one for one in self.profile.positions if one.text.start <= start < one.text.end), None)

    def study_at(self, start: int) -> Education | None:
        return next((one for one in self.profile.education if one.text.start <= start < one.text.end), None)

    def months(self, positions: Sequence[Position]) -> int:
        """How long these jobs lasted together; those at the same time count once."""
        spans = [self.span_of(one) for one in positions]
        return dates.covered([span for span in spans if span])

    def span_of(self, one: Position) -> tuple[int, int] | None:
        if not one.is_current and not one.end:
            return None
        return dates.months_of(one.start, None if one.is_current else one.end, self.as_of)

    def quote(self, found: Found, where: str = "") -> Evidence:
        """A value as evidence: the words around it where it stands in the text, else that a colleague wrote it."""
        if found.end <= found.start or found.end > len(self.text):
            return Evidence("record", found.value, where or "Put right by a colleague")
        stands = self.text[found.start : found.end]
        said = " ".join(stands.split())[:100]
        return Evidence("resume", around(self.text, found.start, found.end), where, found.start, found.end, said)


def _named(text: str, name: str) -> list[tuple[int, int]]:
    """Where two words of a name stand side by side, with their accents or without, in any case, either name first."""
    words = [word for word in fold(name).split() if len(word) > 1]
    if len(words) < 2:
        return []  # a name of one word is shut out where the parser read it
    one = "|".join(re.escape(word) for word in words)
    pattern = rf"(?<!\w)(?:{one})(?:[ \t-](?:\w\.? )?(?:{one}))+(?!\w)"
    return [match.span() for match in re.finditer(pattern, folded(text))]


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def around(text: str, start: int, end: int) -> str:
    """The line a passage stands in, cut around it where that is long."""
    opens = text.rfind("\n", 0, start) + 1
    closes = text.find("\n", end)
    closes = len(text) if closes < 0 else closes
    left = max(opens, start - 70)
    right = min(closes, max(end, left + QUOTE))
    said = " ".join(text[left:right].split())[: QUOTE + 20]
    return f"{'…' if left > opens else ''}{said.lstrip('•-*– ')}{'…' if right < closes else ''}"


def called(one: Position) -> str:
    """A job in words: what it was, where, when."""
    from hiring.resumes.shown import month

    said = [part.value for part in (one.title, one.employer) if part and part.value]
    start, end = month(one.start), "now" if one.is_current else month(one.end)
    when = " – ".join(part for part in (start, end) if part)
    return ", ".join(part for part in (" at ".join(said), when) if part)[:160]
