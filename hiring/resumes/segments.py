"""Cutting the heading lines of an entry into their parts, and saying for each what it most likely is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hiring.resumes import roles
from hiring.resumes.page import TRIM, Page
from hiring.resumes.places import place_score

CUT = re.compile(
    r"\s+[|•–—‐-]{1,2}\s+|[|•·\t]|\s{3,}|,\s+|;\s+|\s+(?:at|@|bei|chez|bij|presso|bei der|beim)\s+|\s*[()\[\]]\s*"
    r"|\s[–—]|[–—]\s|\n|\s+/\s+"
)
ABROAD = re.compile(r"\s+(?:en|em|w|na)\s+(?=[A-ZÀ-Þ])")
NAMED = (
    ("title", r"occupation or position held|position held|job title|position|role|designation|funktion|beruf oder funktion|stelle"
              r"|fonction(?: ou poste occupe)?|poste(?: occupe)?|profesion o cargo desempenado|cargo|puesto|functie"
              r"|beroep of functie|posizione|lavoro o posizione ricoperti|funcao|cargo ou funcao|stanowisko"),
    ("employer", r"name (?:and (?:address|type) )?of (?:the )?(?:employer|organisation|company)|employer|company(?: name)?|organi[sz]ation"
                 r"|arbeitgeber|name und (?:adresse|anschrift) des arbeitgebers|firma|unternehmen|nom (?:et adresse )?de l'employeur"
                 r"|employeur|entreprise|societe|nombre (?:y direccion )?del empleador|empresa|naam (?:en adres )?van de werkgever"
                 r"|werkgever|nome (?:e indirizzo )?del datore di lavoro|azienda|datore di lavoro|empregador|pracodawca"),
    ("nothing", r"main activities(?: and responsibilities)?|type of business(?: or sector)?|dates?|period|duration|zeitraum|dauer"
                r"|wichtigste tatigkeiten(?: und zustandigkeiten)?|principales activites(?: et responsabilites)?|dates|responsibilities"
                r"|principales funciones|principais atividades|principali mansioni|from|to"),
)  # fmt: skip
TOLD = 4  # what a label says weighs more than any look
LABELLED = [(kind, re.compile(rf"(?:{pattern})(?:[ ]?:[ ]?|[ ]{{1,4}})(?=\S)")) for kind, pattern in NAMED]
STUDIED = re.compile(r"\s+(?:from|an der|an|in der)\s+(?=[A-ZÀ-Þ])|:\s+")
LEFT_BEHIND = re.compile(r"\s(?:in|from|with|since|seit|en|de|du|im)$")
LEGAL_TAIL = re.compile(
    r"\s*,\s+(?=(?:Inc|LLC|Ltd|L\.P|LP|PLC|Corp|Co|S\.A|S\.L|GmbH|N\.V|B\.V|Limited|and|und|et|&)\b)"
)


@dataclass(frozen=True)
class Segment:
    """A part of a heading: `line` counts the lines of the entry, so that neighbours can be told from strangers."""

    start: int
    end: int
    text: str
    line: int
    title: float
    employer: float
    place: float


def cut(page: Page, spans: Iterable[tuple[int, int]], *, abroad: bool = True) -> list[Segment]:
    """The parts of these stretches of the page, in order. Each stretch is one line without its dates.
    `abroad`: cut at the `en` and `na` of Spanish and Portuguese; without it, as studies are written: `BSc from Delft`."""
    found: list[Segment] = []
    for number, (whole, end) in enumerate(spans):
        if end - whole > 400:
            continue
        label, start = _labelled(page, whole, end)
        if label:
            if label != "nothing" and end - start < 100:
                _add(page, start, end, number, found, label)
            continue
        at = start
        whole = _placed(page, start, end)
        if whole:
            found.append(_segment(page, start, end, number))
            continue
        glue = {match.start() for match in LEGAL_TAIL.finditer(page.text, start, end)}
        cuts = [match for match in CUT.finditer(page.text, start, end) if match.start() not in glue]
        cuts += (ABROAD if abroad else STUDIED).finditer(page.text, start, end)
        for match in sorted(cuts, key=lambda match: match.start()):
            if match.start() >= at:
                _add(page, at, match.start(), number, found)
                at = match.end()
        _add(page, at, end, number, found)
    return _with_places(page, found)


def _labelled(page: Page, start: int, end: int) -> tuple[str, int]:
    """What a label before the words says they are, and where they begin."""
    for kind, pattern in LABELLED:
        match = pattern.match(page.folded, start, end)
        colon = match is not None and ":" in match.group()
        if match and (
            colon
            or (" " in match.group().strip() and kind != "nothing")
            or (kind == "nothing" and match.end() - start > 9)
        ):
            return kind, match.end()
    return "", start


def _placed(page: Page, start: int, end: int) -> bool:
    text = page.text[start:end]
    return place_score(text) >= 0.85 and roles.employer_score(text.split(",")[0]) < 1.5


def _add(page: Page, start: int, end: int, line: int, found: list[Segment], label: str = "") -> None:
    while start < end and page.text[start] in TRIM + "\n":
        start += 1
    while end > start and page.text[end - 1] in TRIM + "\n":
        end -= 1
    if left := LEFT_BEHIND.search(page.text, start, end):
        end = left.start()
    if end - start > 1:
        made = _segment(page, start, end, line)
        if label == "employer" and ", " in made.text:  # the address behind the name
            made = _segment(page, start, start + made.text.index(", "), line)
        sure = {"title": (TOLD, 0, 0), "employer": (0, TOLD, 0)}.get(label, (made.title, made.employer, made.place))
        found.append(Segment(made.start, made.end, made.text, line, *sure))


def _segment(page: Page, start: int, end: int, line: int) -> Segment:
    text = page.text[start:end]
    return Segment(start, end, text, line, roles.title_score(text), roles.employer_score(text), place_score(text))


def _with_places(page: Page, segments: list[Segment]) -> list[Segment]:
    """`Lyon` and `France`, cut at the comma, are one place."""
    joined: list[Segment] = []
    for segment in segments:
        last = joined[-1] if joined else None
        if last and last.line == segment.line and segment.start - last.end <= 3:
            both = page.text[last.start : segment.end]
            if "," in both and place_score(both) >= 0.85 and last.title < 1 and last.employer < 1.5:
                joined[-1] = Segment(last.start, segment.end, both, last.line, 0, 0, place_score(both))
                continue
        joined.append(segment)
    return joined
