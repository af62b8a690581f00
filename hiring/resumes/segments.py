"""Cutting the heading lines of an entry into their parts, and saying for each what it most likely is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hiring.resumes import roles
from hiring.resumes.page import TRIM, Page, folded
from hiring.resumes.places import place_score

CUT = re.compile(
    r"\s+[|•–—‐-]{1,2}\s+|[|•·\t]|\s{3,}|,\s+|;\s+|\s+(?:at|@|bei|chez|bij|presso|bei der|beim)\s+|\s*[()\[\]]\s*"
    r"|\s[–—]|[–—]\s|\n|\s+/\s+"
)
ABROAD = re.compile(r"\s+(?:en|em|w|na)\s+(?=[A-ZÀ-Þ])")
NAMED = (
    ("degree", r"(?:title of )?qualification(?: awarded)?|degree|bezeichnung der erworbenen qualifikation|abschluss"
               r"|titulo de la cualificacion obtenida|(?:intitule du )?(?:certificat ou )?diplome(?: delivre)?"
               r"|titolo della qualifica(?: rilasciata)?|designacao da qualificacao atribuida"
               r"|naam van het (?:behaalde |verkregen )?diploma"),
    ("school", r"(?:name and type of )?organi[sz]ation(?: providing education and training)?|institution|school|university|college"
               r"|schule|hochschule|name und art der bildungs- oder ausbildungseinrichtung|etablissement"
               r"|nom et type de l'etablissement(?: d'enseignement(?: ou de formation)?)?"
               r"|nombre y tipo de la organizacion(?: que ha impartido la (?:educacion|formacion)(?: o la formacion)?)?"
               r"|nome e tipo (?:d'|di )(?:organizzazione|istituto)(?: erogatrice dell'istruzione e formazione)?"
               r"|nome e tipo da organizacao(?: de ensino ou formacao)?|naam en type van (?:de )?onderwijsinstelling"),
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
OF_STUDIES = ("degree", "school")
TOLD = 4  # what a label says weighs more than any look
LABELLED = [(kind, re.compile(rf"(?:{pattern})(?:[ ]?:[ ]?|[ ]{{1,4}})(?=\S)")) for kind, pattern in NAMED]
STUDIED = re.compile(r"\s+(?:from|an der|an|in der)\s+(?=[A-ZÀ-Þ])|:\s+")
CAMPUS = re.compile(
    r"university (?:of|system of) [a-z ]{3,30}?(?P<at> at )(?=[a-z])"
)  # of Illinois at Urbana-Champaign
LEFT_BEHIND = re.compile(r"\s(?:in|from|with|since|seit|en|de|du|im)$")
LEGAL_TAIL = re.compile(
    r"\s+[-–]\s+(?=(?:EI|ME|EPP|EIRELI|MEI)(?![\w]))|\s*,\s+(?=(?:Inc|LLC|Ltd|L\.P|LP|PLC|Corp|Co|S\.A|S\.L|GmbH|N\.V|B\.V|Limited|INC|LTD|CORP|CO|LIMITED|and|und|et|&)\b)"
)
# Where a firm ends and a place begins with nothing but a blank between them, as what stood on the right of a line is read.
FIRM_ENDS = re.compile(
    r"(?<!\w)(?:Inc|INC|LLC|LLP|Ltd|LTD|Corp|CORP|PLC|plc|Co|CO|GmbH|AG|SE|SA|SAS|SARL|BV|B\.V)\.?\s+(?=[A-ZÀ-Þ])"
)


# A firm that bears its partners' names: `Ford, Daniel and Lee`.
PARTNER = r"[A-ZÀ-Þ][\w'’-]{1,24}"
PARTNERS = re.compile(rf"(?:{PARTNER},\s){{1,4}}{PARTNER},?\s(?:and|&|und|et|y|e|en|i)\s{PARTNER}")

BEFORE_NAME = re.compile(r"(?:[,|•(–—-]|\s(?:at|@|bei|chez|bij|presso))\s?$")


@dataclass(frozen=True)
class Segment:
    """A part of a heading: `line` counts the lines of the entry, so that neighbours can be told from strangers; `told` is what a
    label says it is."""

    start: int
    end: int
    text: str
    line: int
    title: float
    employer: float
    place: float
    told: str = ""


def cut(page: Page, spans: Iterable[tuple[int, int]], *, abroad: bool = True) -> list[Segment]:
    """The parts of these stretches of the page, in order. Each stretch is one line without its dates.
    `abroad`: cut at the `en` and `na` of Spanish and Portuguese; without it, as studies are written: `BSc from Delft`."""
    found: list[Segment] = []
    for number, (whole, end) in _firms_and_places(page, spans):
        if end - whole > 400:
            continue
        label, start = _labelled(page, whole, end, studies=not abroad)
        if label:
            if label != "nothing" and end - start < 100:
                _add(page, start, end, number, found, label)
            continue
        at = start
        whole = _placed(page, start, end)
        if whole:
            found.append(_segment(page, start, end, number))
            continue
        glue = {match.start() for match in LEGAL_TAIL.finditer(page.text, start, end)} | _partners(page, start, end)
        glue |= {match.start("at") for match in CAMPUS.finditer(page.folded, start, end)}
        cuts = [match for match in CUT.finditer(page.text, start, end) if match.start() not in glue]
        cuts += (ABROAD if abroad else STUDIED).finditer(page.text, start, end)
        for match in sorted(cuts, key=lambda match: match.start()):
            if match.start() >= at:
                _add(page, at, match.start(), number, found)
                at = match.end()
        _add(page, at, end, number, found)
    return _with_places(page, found)


def _firms_and_places(page: Page, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, tuple[int, int]]]:
    for number, (start, end) in enumerate(spans):
        firm = next(FIRM_ENDS.finditer(page.text, start, end), None)
        if firm and place_score(page.text[firm.end() : end]) >= 0.8:
            yield number, (start, firm.end())
            yield number, (firm.end(), end)
        else:
            yield number, (start, end)


def _partners(page: Page, start: int, end: int) -> set[int]:
    """The commas within a firm's name. A title or a place before them is no partner: `Director, Ford and Lee`."""
    commas: set[int] = set()
    at = start
    while match := PARTNERS.search(page.text, at, end):
        first = match.group().split(",")[0]
        begins = match.start() == start or BEFORE_NAME.search(page.text, start, match.start())
        is_role = roles.title_score(first) >= 1 or folded(first) in roles.ROLES
        if begins and not is_role and place_score(first) < 0.7:
            commas |= {match.start() + found.start() for found in re.finditer(r",\s", match.group())}
            at = match.end()
        else:
            at = match.start() + len(first)
    return commas


def _labelled(page: Page, start: int, end: int, *, studies: bool) -> tuple[str, int]:
    """What a label before the words says they are, and where they begin."""
    for kind, pattern in LABELLED:
        if not studies and kind in OF_STUDIES:
            continue
        match = pattern.match(page.folded, start, end)
        colon = match is not None and ":" in match.group()
        if match and (
            colon
            or (" " in match.group().strip() and kind != "nothing")
            or (kind == "nothing" and match.end() - start > 9)
            or (match.group().startswith("organi") and roles.SCHOOL.search(page.folded, match.end(), end) is not None)
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
        glued = _partners(page, start, end)
        commas = [match.start() for match in re.finditer(", ", made.text) if start + match.start() not in glued]
        if label == "employer" and commas:  # the address behind the name
            made = _segment(page, start, start + commas[0], line)
        if label in ("title", "employer"):
            made = replace(made, title=TOLD * (label == "title"), employer=TOLD * (label == "employer"), place=0)
        found.append(replace(made, told=label))


def _segment(page: Page, start: int, end: int, line: int) -> Segment:
    text = page.text[start:end]
    if text.endswith(".") and place_score(text[:-1]) >= 0.7:
        end, text = end - 1, text[:-1]
    employer = roles.employer_score(text)
    if PARTNERS.fullmatch(text) and _partners(page, start, end):
        employer = max(employer, 2.0)
    return Segment(start, end, text, line, roles.title_score(text), employer, place_score(text))


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
