"""Take out of a text what says who somebody is: names, contacts, links, schools, ages, birth, addresses, words for a sex,
and which language is the mother tongue.

Rather a word too many than one too few: what is cut is shown as cut. What stays has the same places, so that evidence found
in the whole text is found in what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hiring import masks
from hiring.models import Candidate, ContactPoint, Document
from hiring.names import fold
from hiring.resumes import outline, page, record
from hiring.resumes.profile import Found, Profile
from hiring.resumes.spoken import SPOKEN
from hiring.semantic.texts import INLINE, PERSONAL, STREET

Span = tuple[int, int, str]

CONTACT = re.compile(r"\S+@\S+|(?<![\w])\+?\(?\d[\d ()./-]{6,20}\d(?!\w)|(?<![\w@])@[\w.-]{2,}")
LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|me|ai|app|edu|eu|info|co|uk|de|fr|es|it|nl|ch|at|pl|be|"
    r"example|page|site|tech|xyz)\b(?:/\S*)?",
    re.IGNORECASE,
)
SCHOOL = re.compile(
    r"[^\n]{0,80}\b(?:universit\w*|uni|college|polytechn\w*|politecnico|institut\w*|academy|akademie|acad[ée]mie|schools?|[ée]coles?|"
    r"lyc[ée]es?|hochschule\w*|fachhochschule|gymnasium|escuela|universidad\w*|instituto|facult\w*|alma mater|alumn\w*|"
    r"graduat\w*|class of)\b[^\n]{0,80}",
    re.IGNORECASE,
)
ACRONYM = re.compile(r"[^\n]{0,80}\b(?:ETH|EPFL|MIT|HEC|INSEAD|LSE|UCL|UCLA|ENS|NYU|TU|IIT|UC)\b[^\n]{0,80}")
BORN = re.compile(
    r"\b(?:born|geboren|geb\.|n[ée]e?\s+(?:le|à|en)|nacid[oa]|nat[oa]\s+(?:il|a)|d\.?o\.?b\.?|date of birth|birth\w*|geburts\w*)[^\n]{0,40}"
    r"|\b(?:aged?|alter|[âa]ge|edad)\W{0,3}\d{1,2}\b|\b\d{1,2}[\s-]*(?:years?[\s-]old|yrs?[\s-]old|jahre\s+alt|ans\b(?!\s*d)|a[nñ]os\b)"
    r"|\b(?:\d{1,2}[./-]){2}(?:\d\d){1,2}\b|\b(?:19|20)\d\d-\d\d-\d\d\b"
    r"|\b\d{1,2}(?:st|nd|rd|th|\.|er)?\s+[^\W\d]{3,10}\.?,?\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
SEX = re.compile(
    r"\b(?:she|he|her|hers|him|his|herself|himself|mr|mrs|ms|miss|mister|madam|sir|female|male|wom[ae]n|m[ae]n|girls?|boys?|lady|ladies|"
    r"gentlem[ae]n|mother\w*|father\w*|mum|dad|wife|husband|daughters?|sons?|sisters?|brothers?|maternity|paternity|sorority|fraternity|"
    r"chair(?:wo)?man|sales(?:wo)?man|waitress|actress|herr|frau|weiblich|m[äa]nnlich|mutter\w*|vater\w*|elternzeit|mutterschutz|monsieur|"
    r"madame|mademoiselle|mme|mlle|homme|femme|f[ée]minin|masculin|m[èe]re|p[èe]re|se[ñn]or\w*|hombre|mujer|femenino|masculino|madre|padre|"
    r"transgender|non-?binary|pronouns?)\b",
    re.IGNORECASE,
)
PATTERNS = (
    (CONTACT, "contact"),
    (LINK, "link"),
    (SCHOOL, "school"),
    (ACRONYM, "school"),
    (BORN, "date"),
    (PERSONAL, "personal"),
    (INLINE, "personal"),
    (STREET, "address"),
    (SEX, "word for a sex"),
)
MOTHER_TONGUE = re.compile(
    r"(?<!\w)(?:mother[ -]tongues?|native speakers?|muttersprach\w*|langues? maternelles?|lenguas? maternas?|moedertaal|"
    r"lingua madre|madrelingua|ana dil\w*|first language)(?!\w)"
)
FLUENT = re.compile(
    r"(?<!react )(?<!cloud )(?<![\w-])(?:native(?: or bilingual)?(?: proficiency| level)?(?! (?:apps?|mobile|ios|android|code))|nativ[oae]|"
    r"maternelle|materna|ojczysty|bilingu\w*|bilingue|zweisprachig|tweetalig|c2|(?:business[ -])?fluent\w*|fliessend|"
    r"verhandlungssicher|courant|couramment|fluid[oa]|fluente|vloeiend|biegly|plynnie|akici|proficient|"
    r"full professional(?: proficiency)?)(?!\w)"
)
"""How well the best speak a language, in folded words. A mother tongue tells where somebody comes from, so it reads as all of
these do: fluent. Only beside a language, or alone on a line, are they about one."""
YEAR_ENDS = re.compile(r"(?:19|20)\d\d\s*\n")
"""A year that ends a line looks like a postcode before the town on the next one, which is a heading."""
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|_+")
NEAR = 40  # letters between a language and how well it is spoken
GLUED_FROM = 4  # letters of a name that count inside of longer words, too: noorhaddad


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: its words, or what was cut out here (`cut` says what kind). `mark` is what quotes it."""

    text: str
    cut: str = ""
    start: int = 0
    mark: str = ""
    ident: str = ""


@dataclass
class Redactor:
    """What must not be read about one person. `words` are folded words of names, `phrases` folded names of schools and
    addresses, as they stand anywhere."""

    words: set[str] = field(default_factory=set)
    phrases: set[str] = field(default_factory=set)

    def spans(self, text: str, more: Iterable[Span] = ()) -> list[Span]:
        """What is cut, in order and without overlap."""
        found = [*more, *self._names(text), *self._phrases(text), *_tongues(text)]
        for pattern, kind in PATTERNS:
            found += [
                (match.start(), match.end(), kind) for match in pattern.finditer(text) if not YEAR_ENDS.match(match[0])
            ]
        return _joined(found)

    def pieces(self, text: str, more: Iterable[Span] = ()) -> list[Piece]:
        return list(_pieces(text, self.spans(text, more)))

    def said(self, text: str, more: Iterable[Span] = ()) -> str:
        """The text as one reads it, each cut named: `[school]`."""
        return "".join(f"[{piece.cut}]" if piece.cut else piece.text for piece in self.pieces(text, more))

    def _names(self, text: str) -> Iterator[Span]:
        glued = [word for word in self.words if len(word) >= GLUED_FROM]
        for match in WORD.finditer(text):
            word = fold(match[0])
            parts = set(word.split()) | {word.replace(" ", "")}
            if parts & self.words or any(each in part for part in parts for each in glued):
                yield match.start(), match.end(), "name"

    def _phrases(self, text: str) -> Iterator[Span]:
        low = page.folded(text)
        for phrase in self.phrases:
            at = low.find(phrase)
            while at >= 0:
                yield at, at + len(phrase), "school"
                at = low.find(phrase, at + len(phrase))


def _tongues(text: str) -> Iterator[Span]:
    """How well languages are spoken, where it may be that one is the mother tongue."""
    low = page.folded(text)
    for line in re.finditer(r"[^\n]+", low):
        begin, said = line.start(), line[0]
        languages = [match.span() for match in SPOKEN.finditer(said)]
        for match in MOTHER_TONGUE.finditer(said):
            yield begin + match.start(), begin + match.end(), "fluent"
        for match in FLUENT.finditer(said):
            is_near = any(start - NEAR < match.end() and match.start() < end + NEAR for start, end in languages)
            if is_near or not WORD.search(said[: match.start()] + said[match.end() :]):
                yield begin + match.start(), begin + match.end(), "fluent"


def for_person(candidate: Candidate, *documents: Document) -> Redactor:
    """What we know of this person that tells who they are."""
    with masks.lifted():
        known = Redactor(_words(candidate.__dict__["name"]))
        for kind, raw in ContactPoint.objects.filter(candidate=candidate.pk).values_list("kind", "raw"):
            known.words |= {word for word in _words(raw) if len(word) >= GLUED_FROM} if kind != "phone" else set()
            known.phrases.add(page.folded(raw))
        for document in documents:
            if profile := record.profile_of(document):
                _learn(known, profile)
    known.words -= _common()
    return known


def of_document(known: Redactor, document: Document, text: str) -> list[Piece]:
    """A résumé's text in pieces. Its section on education is cut but for degree and subject: where somebody learnt, and
    when, tells their age and their means."""
    profile = record.profile_of(document)
    return known.pieces(text, [*_education(text, profile), *_heads(text, profile)])


def _learn(known: Redactor, profile: Profile) -> None:
    if profile.name:
        known.words |= _words(profile.name.value)
    for one in profile.education:
        if one.school and len(one.school.value) > 2:
            known.phrases.add(page.folded(one.school.value))
    for found in (*profile.emails, *profile.links):
        known.phrases.add(page.folded(found.value))


def _education(text: str, profile: Profile | None) -> Iterator[Span]:
    kept = [found for one in (profile.education if profile else ()) for found in (one.degree, one.field) if found]
    for one in profile.education if profile else ():
        yield from _around(one.text.start, one.text.end, kept)
    for start, end in _sections(text, "education", "personal"):
        yield from _around(start, end, kept)


def _sections(text: str, *families: str) -> Iterator[tuple[int, int]]:
    seen = page.open_page(text)
    for placed in outline.outline(seen).of(*families):
        if not placed.is_blank:
            found = seen.found(placed.start, placed.end, 1.0)
            yield found.start, found.end


def _around(start: int, end: int, kept: Sequence[Found]) -> Iterator[Span]:
    """From `start` to `end`, but for what is kept."""
    for one in sorted(kept, key=lambda found: found.start):
        if start <= one.start and one.end <= end:
            yield start, one.start, "school"
            start = one.end
    yield start, end, "school"


def _heads(text: str, profile: Profile | None) -> Iterator[Span]:
    """The first line is a name more often than not. Where the name was read elsewhere, it may be anything."""
    if profile and profile.name:
        yield profile.name.start, profile.name.end, "name"
        return
    first = re.search(r"\S[^\n]*", text)
    if first and len(first[0].split()) <= 5:
        yield first.start(), first.end(), "name"


def _words(name: str) -> set[str]:
    return {word for word in fold(name).split() if len(word) > 1}


def _common() -> set[str]:
    return {
        "com",
        "org",
        "net",
        "www",
        "https",
        "http",
        "mail",
        "gmail",
        "github",
        "linkedin",
        "example",
        "hotmail",
        "outlook",
    }


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end, kind in sorted(
        (span for span in found if span[0] < span[1]), key=lambda one: (one[0], -one[1], one[2])
    ):
        if joined and start < joined[-1][1]:
            first = joined[-1]
            joined[-1] = (first[0], max(first[1], end), first[2])
        else:
            joined.append((start, end, kind))
    return joined


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    at = 0
    for start, end, kind in spans:
        if at < start:
            yield Piece(text[at:start], start=at)
        yield Piece("", kind, start)
        at = end
    if at < len(text):
        yield Piece(text[at:], start=at)
