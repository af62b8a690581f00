"""Certificates and licences: the lines under their heading, and well-known ones named in the top lines."""

from __future__ import annotations

import datetime as dt
import re

from hiring.resumes.entries import rows
from hiring.resumes.outline import Outline
from hiring.resumes.page import Page, folded
from hiring.resumes.profile import Certificate, Found

KNOWN = re.compile(
    r"(?<!\w)(?:(?:aws|microsoft|google|azure|oracle|cisco|salesforce|hubspot|sap|red hat|vmware"
    r"|comptia)[ ](?:certified|cloud certified)[ ][\w :&+-]{4,60}"
    r"|certified[ ](?:scrum|public|information|ethical|kubernetes|financial|internal|management|project"
    r"|associate)[\w ()-]{4,50}"
    r"|professional scrum master(?: i+)?|pmp|prince2(?:[ ](?:foundation|practitioner))?|cissp|cisa|cism|ceh|ccna"
    r"|ccnp|ccie|itil(?:[ ]v?[0-9])?"
    r"(?:[ ]foundation)?|six sigma (?:green|black|yellow) belt|cfa level i{1,3}|frm|acca|cima|cpa|csm|cspo"
    r"|safe agilist|istqb[\w ]{0,30}|togaf[ 0-9.]{0,4})(?!\w)"
)
LISTED = re.compile(r"[,;|]\s")
MANY = 3
MOST = 30
LONGEST = 120


def read(sections: Outline, today: dt.date, name: Found | None = None) -> tuple[Certificate, ...]:
    """Where the person's name stands in large letters a column ends, and what follows is certified by nobody."""
    page = sections.page
    found: dict[str, Certificate] = {}
    for row in rows(page, sections.of("certificates"), today):
        if len(found) == MOST:
            break
        text = page.text[row.placed.start : row.placed.end]
        if name is not None and folded(text).startswith(folded(name.value)):
            break
        if not row.rest or len(text) > LONGEST or (row.is_prose and not row.is_bullet):
            continue
        if not row.ranges and len(LISTED.findall(text)) >= MANY:
            continue  # skills below a heading for both
        called = _whole(page, row.rest[0][0], row.rest[0][1])
        if called is not None and len(called.value) > 2:
            when = row.ranges[0] if row.ranges else None
            found.setdefault(called.value.lower(), Certificate(called, (when.since or when.until) if when else None))
    for line in sections.of("top", "summary", "skills", "education", "other", "publications"):
        for match in KNOWN.finditer(page.folded, line.start, line.end):
            if len(found) < MOST and not any(match.group() in known for known in found):
                found[match.group()] = Certificate(page.found(match.start(), match.end(), 0.75), None)
    return tuple(found.values())


def _whole(page: Page, start: int, end: int) -> Found | None:
    """Without a bracket that its date has taken the other half of."""
    opened = page.text.rfind("(", start, end)
    is_cut = opened > start and ")" not in page.text[opened:end]
    return page.trimmed(start, opened if is_cut else end, 0.8)
