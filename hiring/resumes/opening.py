"""What the top of a résumé says in the person's own words: headline, summary, years of experience."""

from __future__ import annotations

import itertools
import re

from hiring.resumes.outline import Outline, Placed
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
PERSONAL = re.compile(
    r"(?:geburts\w*|geboren|date of birth|birth ?date|dob|place of birth|nationalit\w*|staatsangehorigkeit|familienstand|marital status"
    r"|situation familiale|date de naissance|ne\(?e?\)? le|fecha de nacimiento|estado civil|nacionalidad|data di nascita|geboortedatum"
    r"|address|anschrift|adresse|direccion|indirizzo|adres|wohnort|phone|telefon\w*|tel|mobile?|handy|e-?mail|gender|sex|age|alter"
    r"|name|surname|vorname|nachname|nom|prenom|curriculum|lebenslauf|resume)\b"
)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
LONGEST_HEADLINE = 120
LONGEST_SUMMARY = 2_000
TOP_LINES = 14


def headline(sections: Outline, name: Found | None) -> Found | None:
    """The line that says what the person is: a job title near the name, else a short line right below it."""
    page = sections.page
    lines = [line for line in sections.lines if not line.is_blank]
    at = next((at for at, line in enumerate(lines) if name and _stands_in(page, name, line)), None)
    near = lines[at : at + 4] if at is not None else []
    near = [
        line
        for line in near
        if line.family not in ("experience", "education") and not YEAR.search(page.text, line.start, line.end)
    ]
    for line in [*near, *(line for line in lines[:TOP_LINES] if line.family in ("top", "personal", "summary"))]:
        if not line.is_heading and line.end - line.start <= LONGEST_HEADLINE and (said := _title_in(page, line, name)):
            return said
    if said := _above_the_place(page, lines, name):
        return said
    below = near[1] if len(near) > 1 and near[1].family in ("top", "personal", near[0].family) else None
    return page.trimmed(below.start, below.end, 0.5) if below and _says_something(page, below) else None


def _above_the_place(page: Page, lines: list[Placed], name: Found | None) -> Found | None:
    """A title right above where the person lives, before the jobs begin: a box or a column whose heading is another's."""
    for line, after in itertools.pairwise(lines):
        if line.family in ("experience", "education"):
            return None
        if not line.is_heading and line.end - line.start <= 60 and place_score(after.line.text) >= 0.85:
            said = _title_in(page, line, name)
            if said:
                return said
    return None


def _stands_in(page: Page, name: Found, line: Placed) -> bool:
    whole = page.found(line.start, line.end, 1)
    return whole.start <= name.start and name.end <= whole.end


def _title_in(page: Page, line: Placed, name: Found | None) -> Found | None:
    start = line.start
    text = page.text[start : line.end]
    if name and text.startswith(name.value):
        start += len(name.value)
        text = page.text[start : line.end]
    first = re.split(r"\s[|•]\s", text.lstrip(" ,|•–—-"))[0]
    if CONTACT.search(first) or place_score(first) >= 0.7 or first.endswith("."):
        return None
    head = re.split(r"\s[–—-]\s|,\s| / ", first)[0]
    if title_score(first) < 2 and not (title_score(head) >= 2 and len(first) < 90):
        return None
    at = page.text.find(first, start, line.end)
    return page.trimmed(at, at + len(first), 0.8) if at >= 0 else None


def _says_something(page: Page, line: Placed) -> bool:
    """A few words that are no contact, no place, no sentence: what the person calls their work."""
    text = page.text[line.start : line.end]
    letters = sum(letter.isalpha() or letter == " " for letter in text)
    if PERSONAL.match(page.folded, line.start, line.end):
        return False
    short = 3 < len(text) < 70 and len(text.split()) <= 7 and letters > 0.85 * len(text)
    return short and not line.is_heading and place_score(text) < 0.7 and not CONTACT.search(text)


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
