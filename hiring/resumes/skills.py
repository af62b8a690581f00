"""Skills with the places that prove them, and how long they were used in dated jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hiring.resumes import dates, roles
from hiring.resumes.lexicon import GENERAL, Hit, Lexicon
from hiring.resumes.outline import Outline, Placed
from hiring.resumes.page import TRIM, Page, folded
from hiring.resumes.page import words as page_words
from hiring.resumes.positions import Job
from hiring.resumes.profile import Found, Skill
from hiring.resumes.spoken import CODE
from hiring.taxonomy.vocabulary import has_own_case, is_told_by_case, may_be_listed

STRONG = ("experience", "projects")
RANK = {"experience": 0, "projects": 1, "skills": 2, "summary": 3, "certificates": 4, "education": 5}
SILENT = ("references", "personal", "languages", "interests")
MOST = 400
MOST_EVIDENCE = 12
ITEM = re.compile(r"[^,;|•·\n\t()\[\]]+")
LABEL = re.compile(r"^[^:,;|•]{2,40}:[ \n]")
RATING = re.compile(
    r"[ ]?[-–—:(]?[ ]?(?:\d{1,2}[ ]?(?:\+[ ]?)?(?:years?|yrs?|jahre?|ans|anos|%|/ ?\d+)|(?:very |sehr )?(?:good|gut"
    r"|advanced|expert\w*|basic|beginner|intermediate"
    r"|proficient|fortgeschritten|grundkenntnisse|avance|confirme|intermediaire|debutant|avanzado|intermedio|basico"
    r"|gevorderd|basis|fluent))\.?\)?$"
)
JOINED = re.compile(r" (?:and|und|et|y|e|en|i|ve|&|or|oder) | / ")
DOTS = re.compile(r"[●○★☆▪■□⬤◯*]{2,}")
LICENCE = re.compile(
    r"driv\w+ licen[cs]e|fuhrerschein|permis|prawo jazdy|rijbewijs|patente|carnet de conducir|carta de conducao"
)
CLASS = re.compile(r"(?:a[12]?|am|[bcdt]1?|[bcd]1?\+?e)(?: (?:and|und|et|y|e|en|i) (?:a|b|c|d|be|ce))?")
ABOUT_A_SKILL = ("programming language", "software", "muttersprache", "verhandlungssicher")
DID = page_words(
    """achieved answered assisted built coordinated created cut delivered designed developed drove handled implemented improved
    increased introduced launched led maintained managed met organised organized planned prepared processed ran reduced resolved set
    supervised supported trained wrote"""
)
MAX_ITEM = 45
MAX_ITEM_WORDS = 5


@dataclass
class _Gathered:
    name: str
    evidence: list[tuple[int, int, float, str]] = field(default_factory=list)


def read(sections: Outline, jobs: list[Job], lexicon: Lexicon, language: str, taken: list[Found]) -> tuple[Skill, ...]:
    """The skills of a résumé, those proven by work first. `taken` are values that are something else (employers, schools)."""
    page = sections.page
    gathered: dict[str, _Gathered] = {}
    titles = [job.position.title.value for job in jobs if job.position.title]
    held = {folded(title) for title in titles if roles.title_score(title) >= 1}
    for start, end, name, confidence in _all(sections, lexicon, language):
        if any(one.start <= start and end <= one.end for one in taken):
            continue
        label = name or " ".join(page.text[start:end].split())
        said = " ".join(page.folded[start:end].split())
        if said in held or (
            _is_title(folded(label)) and (said == folded(label) or sections.family_at(start) != "skills")
        ):
            continue  # what somebody was, rather than what somebody can
        one = gathered.setdefault(folded(label), _Gathered(label))
        if len(one.evidence) < MOST_EVIDENCE:
            one.evidence.append((start, end, confidence, sections.family_at(start)))
        if len(gathered) >= MOST:
            break
    made = [_skill(page, one, jobs) for one in gathered.values()]
    return tuple(
        sorted(made, key=lambda skill: (not skill.is_strong, RANK.get(skill.section, 9), -(skill.months or 0)))
    )


def _skill(page: Page, one: _Gathered, jobs: list[Job]) -> Skill:
    used = [
        job.months
        for job in jobs
        if job.months and any(job.start <= start < job.end for start, _, _, _ in one.evidence)
    ]
    best = min(one.evidence, key=lambda place: RANK.get(place[3], 9))
    within = best[3] in STRONG or any(job.start <= start < job.end for start, _, _, _ in one.evidence for job in jobs)
    return Skill(
        name=one.name,
        evidence=tuple(page.found(start, end, confidence) for start, end, confidence, _ in one.evidence),
        section=best[3],
        is_strong=within,
        months=dates.covered([months for months in used if months]) if used else None,
    )


def _all(sections: Outline, lexicon: Lexicon, language: str) -> Iterator[tuple[int, int, str, float]]:
    listed = [line for line in sections.lines if line.family == "skills" and not line.is_heading and not line.is_blank]
    yield from _items(sections.page, listed, lexicon)
    inside = {line.line.number for line in listed}
    yield from _mentions(sections, lexicon, language, inside)


# Lists: under a heading for skills every item is one, whether we know it or not


def _items(page: Page, lines: list[Placed], lexicon: Lexicon) -> Iterator[tuple[int, int, str, float]]:
    for start, end in _paragraphs(page, lines):
        if label := LABEL.match(page.text[start:end]):
            start += label.end()
        is_licence = False
        for match in ITEM.finditer(page.text, start, end):
            low = page.folded[match.start() : match.end()].strip(" .")
            if is_licence and CLASS.fullmatch(low):
                continue  # `driving licence B, C`: no language of programming
            is_licence = bool(LICENCE.search(low))
            yield from _item(page, match.start(), match.end(), lexicon)


def _paragraphs(page: Page, lines: list[Placed]) -> Iterator[tuple[int, int]]:
    """Lines, joined where a long comma list was wrapped in the middle of an item."""
    at = 0
    while at < len(lines):
        start, end = lines[at].start, lines[at].end
        while at + 1 < len(lines) and _wraps(page, lines[at], lines[at + 1]):
            at += 1
            end = lines[at].end
        yield start, end
        at += 1


def _wraps(page: Page, line: Placed, after: Placed) -> bool:
    text = page.text[line.start : line.end]
    if (
        after.line.number != line.line.number + 1
        or page.text[after.start] in "•-*–"
        or ":" in page.text[after.start : after.start + 30]
    ):
        return False
    if text[-1] not in ".:" and text.count(",") and page.text[after.start].islower():
        return True
    return text[-1] in ",;/&" or (len(text) >= 45 and text.count(",") >= 2 and text[-1] not in ".:")


def _item(page: Page, start: int, end: int, lexicon: Lexicon) -> Iterator[tuple[int, int, str, float]]:
    """One item of a list: as a whole, cut at its `and`, or the terms that stand in it."""
    start, end = _bare(page, start, end)
    if rated := RATING.search(page.folded[start:end]):
        start, end = _bare(page, start, start + rated.start())
    if dots := DOTS.search(page.text[start:end]):
        start, end = _bare(page, start, start + dots.start())
    low = " ".join(page.folded[start:end].split())
    if low in ABOUT_A_SKILL:
        return
    whole = lexicon.whole(low)
    if whole and whole[1] and not may_be_listed(page.text[start:end], whole[1]):
        whole = None
    if not low or low in CODE or (low in GENERAL and not (whole and whole[1])):
        return
    if whole and not whole[0] and _is_title(low):
        return
    if whole:
        yield start, end, whole[0], 0.95 if whole[0] else 0.9
        return
    joined = JOINED.search(page.folded[start:end])
    if joined and end - start <= 2 * MAX_ITEM:
        yield from _item(page, start, start + joined.start(), lexicon)
        yield from _item(page, start + joined.end(), end, lexicon)
        return
    if "/" in low and all(lexicon.whole(part.strip()) for part in low.split("/")):
        at = start
        for part in page.text[start:end].split("/"):
            yield from _item(page, at, at + len(part), lexicon)
            at += len(part) + 1
        return
    if _can_be_skill(page.text[start:end], low):
        yield start, end, "", 0.7
        return
    for hit in lexicon.hits(low if len(low) == end - start else page.folded[start:end]):
        if not hit.word and (hit.name or " " in hit.term or len(hit.term) > 3):
            yield start + hit.start, start + hit.end, hit.name, 0.75


def _bare(page: Page, start: int, end: int) -> tuple[int, int]:
    while start < end and page.text[start] in TRIM + "\n→>":
        start += 1
    while end > start and (
        page.text[end - 1] in TRIM + "\n" or (page.text[end - 1] == "." and page.text[start:end].count(".") == 1)
    ):
        end -= 1
    return start, end


def _is_title(low: str) -> bool:
    """`data analyst`: what somebody is, rather than what somebody can."""
    return " " in low and roles.title_score(low) >= 2 and low.split()[-1] in roles.ROLES


def _can_be_skill(text: str, low: str) -> bool:
    """Short, of letters, no sentence, no date, no job title, no address."""
    words = low.split()
    if (
        not 1 <= len(words) <= MAX_ITEM_WORDS
        or not 2 <= len(low) <= MAX_ITEM
        or text.rstrip().endswith((".", "!", "?"))
    ):
        return False
    if (
        not re.search(r"[^\W\d_]", low)
        or "@" in low
        or "http" in low
        or "www." in low
        or re.search(r"(?:19|20)\d\d|\d{4,}", low)
    ):
        return False
    if len(words) > 1 and words[0] in DID:
        return False  # what somebody did, told in a point below a group of skills
    if all(word in GENERAL for word in words) or roles.LEGAL.search(low) or (len(words) == 1 and len(low) < 3):
        return False
    return roles.title_score(text) < 2 and roles.is_prose(text) is False


# Mentions: in the text of jobs, projects and summaries


def _mentions(
    sections: Outline, lexicon: Lexicon, language: str, skip: set[int]
) -> Iterator[tuple[int, int, str, float]]:
    page = sections.page
    low = _searched(page)
    lines = sections.lines
    at = 0
    for hit in lexicon.hits(low):
        while at + 1 < len(lines) and lines[at + 1].line.start <= hit.start:
            at += 1
        line = lines[at]
        if line.line.number in skip or line.is_heading or line.family in SILENT:
            continue
        confidence = _believed(page, line, hit, language)
        if confidence:
            yield hit.start, hit.end, hit.name, confidence


def _searched(page: Page) -> str:
    """The folded text, line ends turned to blanks where a paragraph was only wrapped."""
    out = list(page.folded)
    for line, after in zip(page.lines, page.lines[1:], strict=False):
        if line.end - line.start >= 50 and after.text and after.text[0] not in "•-*–":
            for place in range(line.end, min(after.start, len(out))):
                out[place] = " "
    return "".join(out)


def _believed(page: Page, line: Placed, hit: Hit, language: str) -> float:
    """How far a mention counts: the vocabulary everywhere, the public list where it looks like a name or says more than a word."""
    if hit.word or len(hit.term) <= 2:
        return 0.7 if _is_named(page, line, hit, language) else 0
    if hit.name:
        return 0.9
    if line.family == "top" and line.end - line.start < 60:
        return 0
    if " " in hit.term.strip():
        return 0.55 if not all(word in GENERAL for word in hit.term.split()) else 0
    raw = page.text[hit.start : hit.end]
    if any(letter.isupper() for letter in raw[1:]) or any(letter.isdigit() for letter in raw):
        shouting = page.text[line.start : line.end].isupper()
        return 0 if shouting or len(raw) < 3 else 0.6
    if not raw[:1].isupper() or language == "de":
        return 0
    return 0.5 if _capital_means_name(page, line, hit) else 0


def _is_named(page: Page, line: Placed, hit: Hit, language: str) -> bool:
    """Whether a name that is also an ordinary word is meant: by its case, as an item of a list, by a capital within a sentence."""
    said = page.text[hit.start : hit.end]
    if is_told_by_case(said, hit.word) and not page.text[line.start : line.end].isupper():
        return True
    if not may_be_listed(said, hit.word):
        return False
    if _in_list(page, hit):
        return True
    return (
        not has_own_case(hit.word) and len(hit.term) > 2 and language != "de" and _capital_means_name(page, line, hit)
    )


def _in_list(page: Page, hit: Hit) -> bool:
    """Between commas, bars or brackets: `Python, R, SQL`."""
    before = page.text[max(0, hit.start - 3) : hit.start].rstrip(" ")[-1:]
    after = page.text[hit.end : hit.end + 3].lstrip(" ")[:1]
    marks = ",;|/•(:"
    return (
        (before in marks or before == "\n")
        and (after in ",;|/•)" or after in "\n.")
        and bool(before.strip(":\n") or after in ",;|/")
    )


def _capital_means_name(page: Page, line: Placed, hit: Hit) -> bool:
    """A capital inside a sentence marks a name; at its beginning or in a line of capitals it marks nothing."""
    before = page.text[line.start : hit.start].rstrip()
    if not page.text[hit.start].isupper() or not before or before[-1] in ".!?•:-–":
        return False
    words = [word for word in page.text[line.start : line.end].split() if word[:1].isalpha()]
    capital = sum(word[:1].isupper() for word in words)
    return len(words) > 3 and capital <= len(words) * 0.6
