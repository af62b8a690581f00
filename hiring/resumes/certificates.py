"""Certificates and licences: the lines under their heading, and well-known ones named in the top lines."""

from __future__ import annotations

import datetime as dt
import re

from hiring.resumes.entries import rows
from hiring.resumes.outline import Outline
from hiring.resumes.profile import Certificate

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
MOST = 30
LONGEST = 120


def read(sections: Outline, today: dt.date) -> tuple[Certificate, ...]:
    page = sections.page
    found: dict[str, Certificate] = {}
    for row in rows(page, sections.of("certificates"), today):
        if len(found) == MOST:
            break
        text = page.text[row.placed.start : row.placed.end]
        if not row.rest or len(text) > LONGEST or (row.is_prose and not row.is_bullet):
            continue
        name = page.trimmed(row.rest[0][0], row.rest[0][1], 0.8)
        if name is not None and len(name.value) > 2:
            when = row.ranges[0] if row.ranges else None
            found.setdefault(name.value.lower(), Certificate(name, (when.since or when.until) if when else None))
    for line in sections.of("top", "summary", "skills", "education", "other", "publications"):
        for match in KNOWN.finditer(page.folded, line.start, line.end):
            if len(found) < MOST and not any(match.group() in name for name in found):
                found[match.group()] = Certificate(page.found(match.start(), match.end(), 0.75), None)
    return tuple(found.values())
