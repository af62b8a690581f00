"""Whose résumé it is. A wrong name is worse than none: where nothing scores, nothing is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hiring.resumes import roles
from hiring.resumes.headings import family_of
from hiring.resumes.outline import Outline
from hiring.resumes.page import Page, folded, words
from hiring.resumes.places import place_score
from hiring.resumes.profile import Found

LABEL = re.compile(
    r"(?<!\w)(?:full name|name|candidate(?: name)?|nom et prenom|nom(?: complet)?|nombre(?: y apellidos| completo)?"
    r"|vor- und nachname|vollstandiger name"
    r"|naam|nome(?: completo| e cognome)?|imie i nazwisko|ad soyad|adi soyadi|surname\(s\) / first name\(s\)"
    r"|first name\(s\) / surname\(s\))[ ]?[:\-–]?[ ]{1,6}"
)
OTHERS = re.compile(
    r"father|mother|spouse|husband|wife|emergency|nominee|reference|company|project|file|user|vater|mutter|pere|mere|padre|madre"
)
TITLES = re.compile(
    r"^(?:(?:curriculum vitae|resume|lebenslauf|cv|hoja de vida|curriculo|zyciorys|ozgecmis|europass)(?: of| von"
    r"| de| di| du|:| -| –)*[ ]+)",
)
HONOUR = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|ing|dipl|herr|frau|m|mme|mlle|sr|sra|dott|eng|mag)\.?[ ]+(?:ing\.? )?)+",
    re.IGNORECASE,
)
AFTER = re.compile(
    r",?[ ](?:ph\.?d|mba|msc|m\.sc|bsc|pmp|cpa|cfa|md|jr|sr|ii|iii|iv|esq|acca|b\.sc|m\.a|b\.a|mcips|cissp)\.?(?:,.*)?$",
    re.I,
)
LATIN = re.compile("[A-Za-z\u00c0-\u024f]{2}")
OTHER_SCRIPT = re.compile(
    "[\\s(/|–-]{0,4}[\u0370-\u03ff\u0400-\u052f\u0590-\u08ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\ufb1d-\ufefc]"
    "[^\nA-Za-z\u00c0-\u024f]{0,60}"
)
PART = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-]){0,25}")
LOW_PARTS = {"de", "del", "della", "di", "da", "dos", "das", "do", "van", "von", "der", "den", "ten", "ter", "la", "le", "el", "al", "bin",
             "binti", "ben", "y", "e", "zu", "zur", "af", "av", "i", "du", "des", "vom", "op", "st", "dal", "los", "las"}  # fmt: skip
NO_NAME = words(
    """page of the and with for phone mobile email address street road avenue city state zip profile contact http www linkedin github
    confidential private date birth nationality gender status married single photo references available upon request version
    personal data information details general team project company inc ltd llc gmbh university college school bachelor master
    degree dear sir madam application cover letter updated microsoft office java python certified senior
    junior lead years experience strong skills"""
)
LAST_PART = re.compile(r",\s([^,|•·;]{3,40})$")
FIRST_LINES = 14


def name(sections: Outline, emails: Sequence[Found]) -> Found | None:
    """The person's name, as written (all capitals are turned into a name's capitals)."""
    page = sections.page
    locals_ = [folded(email.value).split("@")[0] for email in emails]
    best: tuple[float, int, int] | None = None
    for start, end, score in _candidates(sections):
        start, end = _bare(page, start, end)
        shape = _shape(page.text[start:end])
        if not shape:
            continue
        tokens = [token for token in re.split(r"[\W_]+", page.folded[start:end]) if len(token) > 2]
        score += shape + (1.6 if any(token in local for token in tokens for local in locals_) else 0)
        if best is None or score > best[0]:
            best = (score, start, end)
    if best is None or best[0] < 1.8:
        return None
    raw = " ".join(page.text[best[1] : best[2]].split())
    return page.found(best[1], best[2], round(min(0.98, 0.35 + best[0] / 8), 2), _tidy(raw))


def _candidates(sections: Outline) -> Iterator[tuple[int, int, float]]:
    page = sections.page
    shown = [line for line in sections.lines if line.line.start != line.line.end]
    for rank, placed in enumerate(shown):
        line = placed.line
        if rank >= 200 or line.end - line.start > 300:
            if rank >= 400:
                break
            continue
        low = page.folded[line.start : line.end]
        label = LABEL.search(low, 0, 60)
        if label and placed.family in ("top", "personal") and not OTHERS.search(low, 0, label.start()):
            yield line.start + label.end(), _till(page, line.start + label.end(), line.end), 3.4
        if rank < FIRST_LINES:
            base = 3 - 0.25 * rank
            lives = LAST_PART.search(line.text)
            lives_in = line.start + lives.start() if lives and place_score(lives[1]) >= 0.7 else -1
            for part, (start, end) in enumerate(_parts(page, line.start, line.end)):
                if end == lives_in:
                    continue  # what stands before a country is a place, known or not
                yield start, end, base - 0.3 * part
        elif rank < 200 and line.end - line.start < 60 and not placed.is_heading and placed.family != "references":
            yield line.start, line.end, 0.6 if placed.family in ("top", "personal") else 0.2
    previous = ""
    for placed in shown:  # in columns and tables the name may stand anywhere: big letters show in all capitals
        line = placed.line
        if line.end - line.start < 45 and line.text.isupper() and not placed.is_heading and line.text != previous:
            yield line.start, line.end, 0.4
        previous = line.text
    for line in [placed.line for placed in shown[-4:]]:
        yield line.start, line.end, 0.8


def _till(page: Page, start: int, end: int) -> int:
    cut = re.search(r"[|•\t;]|\s{3,}|\s[a-z-]{3,12}:", page.folded[start:end])
    return start + cut.start() if cut else end


def _parts(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in re.finditer(r"\s*[|•\t·;/]\s*|\s{3,}|\s[–—-]\s|,\s", page.text[start:end]):
        yield at, start + match.start()
        at = start + match.end()
    yield at, end
    if at != start:
        yield start, end


def _bare(page: Page, start: int, end: int) -> tuple[int, int]:
    """Without `Curriculum Vitae of`, honours before and degrees after."""
    if LATIN.search(page.text, start, end):  # the name once more in another script
        if before := OTHER_SCRIPT.match(page.text, start, end):
            start = before.end()
        if beside := OTHER_SCRIPT.search(page.text, start, end):
            end = beside.start()
    while start < end and page.text[start] in " ,.:;•|-–*_#\t":
        start += 1
    if title := TITLES.match(page.folded[start:end]):
        start += title.end()
    if honour := HONOUR.match(page.text[start:end]):
        start += honour.end()
    if after := AFTER.search(page.text[start:end]):
        end = start + after.start()
    while end > start and page.text[end - 1] in " ,.:;•|-–*_\t":
        end -= 1
    return start, end


def _shape(text: str) -> float:
    """Whether this can be a name at all: 0 when not; 1 for two to four names; less for one."""
    words = text.split()
    if not 1 <= len(words) <= 6 or not 3 <= len(text) <= 50 or any(not PART.fullmatch(word) for word in words):
        return 0
    low = [folded(word).strip(".'") for word in words]
    if family_of(folded(text)) or any(word in NO_NAME for word in low):
        return 0
    big = [word for word, plain in zip(words, low, strict=True) if plain not in LOW_PARTS]
    if not big or not (all(word[:1].isupper() for word in big)):
        return 0
    if place_score(text) >= 0.7 or any(word in roles.ROLES or word in roles.ORGANISATIONS for word in low):
        return 0
    legal = roles.LEGAL.search(folded(text))
    if roles.title_score(text) >= 2 or (legal and (len(words) > 3 or len(legal.group().strip(" ,.()")) > 2)):
        return 0  # Sá, Ag and Co are names too
    if len(words) == 1:
        return 0 if len(text) < 4 else 0.001 - 1.5
    return 1.0 if len(big) <= 4 else 0.4


def _tidy(raw: str) -> str:
    if not raw.isupper() and not (raw.split()[-1].isupper() and len(raw.split()[-1]) > 2):
        return raw
    return " ".join(
        _capital(word) if word.isupper() and len(word) > 1 and "." not in word else word for word in raw.split()
    )


def _capital(word: str) -> str:
    """`O'NEILL-KAYA` as a name is written."""
    plain = word.lower()
    if folded(word) in LOW_PARTS:
        return plain
    return re.sub(r"(^|[-'’])(\w)", lambda match: match.group(1) + match.group(2).upper(), plain)
