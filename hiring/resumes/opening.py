"""What the top of a résumé says in the person's own words: headline, summary, years of experience."""

from __future__ import annotations

import re
from itertools import pairwise

from hiring.resumes.contacts import AT
from hiring.resumes.outline import Outline
from hiring.resumes.page import Page
from hiring.resumes.places import place_score
from hiring.resumes.profile import Found
from hiring.resumes.roles import title_score

YEARS = re.compile(
    r"(?<![\w.,/-])(?P<number>[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|zwei"
    r"|drei|vier|funf|sechs|sieben|acht"
    r"|neun|zehn|deux|trois|quatre|cinq|sept|huit|neuf|dix|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|diez)(?:[.,](?P<half>5))?[ ]?\+?[ ]?"
    r"(?:plus[ ])?(?:years?|yrs?\.?|jahren?|jahre|ans|annees|anos|jaar|anni|lat|yil)(?!\w)"
)
NUMBER_WORDS = {
    word: number
    for number, said in {
        2: "two zwei deux dos", 3: "three drei trois tres", 4: "four vier quatre cuatro", 5: "five funf cinq cinco",
        6: "six sechs seis", 7: "seven sieben sept siete", 8: "eight acht huit ocho", 9: "nine neun neuf nueve",
        10: "ten zehn dix diez", 12: "twelve", 15: "fifteen", 20: "twenty",
    }.items()
    for word in said.split()
}  # fmt: skip
EXPERIENCE = re.compile(
    r"experience|erfahrung|experiencia|ervaring|esperienza|doswiadczeni|deneyim|berufserfahrung|experienced"
    r"|in the (?:field|industry)|praxis"
)
CONTACT = re.compile(r"@|https?:|www\.|[0-9]{5,}|\+[0-9]{2}")
LONGEST_HEADLINE = 120
LONGEST_SUMMARY = 2_000
TOP_LINES = 14


def headline(sections: Outline, name: Found | None) -> Found | None:
    """The line that says what the person is: a job title near the name."""
    page = sections.page
    lines = [line for line in sections.lines if not line.is_blank][:TOP_LINES]
    for line in lines:
        if (
            line.is_heading
            or line.family not in ("top", "personal", "summary")
            or line.end - line.start > LONGEST_HEADLINE
        ):
            continue
        start = line.start
        text = page.text[start : line.end]
        if name and name.value and text.startswith(name.value):
            start += len(name.value)
            text = page.text[start : line.end]
        first = re.split(r"\s[|•]\s", text.lstrip(" ,|•–—-"))[0]
        if (
            CONTACT.search(first)
            or (AT.search(text) and "@" in first)
            or place_score(first) >= 0.7
            or first.endswith(".")
        ):
            continue
        if title_score(first) >= 2 or (title_score(re.split(r"\s[–—-]\s|,\s| / ", first)[0]) >= 2 and len(first) < 90):
            at = page.text.find(first, start, line.end)
            return page.trimmed(at, at + len(first), 0.8) if at >= 0 else None
    return _below_name(sections, name)


def _below_name(sections: Outline, name: Found | None) -> Found | None:
    """A short line right below the name that is no contact and no place: what the person calls their work."""
    page = sections.page
    lines = [line for line in sections.lines if not line.is_blank][:TOP_LINES]
    for line, after in pairwise(lines):
        text = page.text[after.start : after.end]
        if (
            name is None
            or page.found(line.start, line.end, 1).start > name.start
            or name.end > page.found(line.start, line.end, 1).end
        ):
            continue
        fits = (
            after.family in ("top", "personal")
            and not after.is_heading
            and 3 < len(text) < 70
            and not text.endswith(".")
        )
        letters = sum(letter.isalpha() or letter == " " for letter in text)
        if (
            fits
            and letters > 0.85 * len(text)
            and len(text.split()) <= 7
            and place_score(text) < 0.7
            and not CONTACT.search(text)
        ):
            return page.trimmed(after.start, after.end, 0.5)
        return None
    return None


def summary(sections: Outline) -> Found | None:
    """The lines under a summary's heading, else the first paragraph of sentences above the sections."""
    page = sections.page
    lines = [line for line in sections.of("summary") if not line.is_blank]
    confidence = 0.9
    if not lines:
        lines = [
            line
            for line in sections.of("top")
            if line.end - line.start > 60 and not CONTACT.search(page.text, line.start, line.end)
        ]
        confidence = 0.6
    if not lines:
        return None
    kept = [lines[0]]
    for line in lines[1:]:
        if line.line.number - kept[-1].line.number > 2 or line.end - lines[0].start > LONGEST_SUMMARY:
            break
        kept.append(line)
    if kept[-1].end - kept[0].start < 20:
        return None
    return page.trimmed(kept[0].start, min(kept[-1].end, kept[0].start + LONGEST_SUMMARY), confidence)


def years_stated(page: Page) -> float | None:
    """The most years of experience the person speaks of in one breath with the word."""
    most: float | None = None
    for match in YEARS.finditer(page.folded):
        around = page.folded[max(0, match.start() - 60) : match.end() + 60]
        if not EXPERIENCE.search(around):
            continue
        number = match["number"]
        value = (int(number) if number.isdigit() else NUMBER_WORDS[number]) + (0.5 if match["half"] else 0)
        if value <= 50 and (most is None or value > most):
            most = float(value)
    return most
