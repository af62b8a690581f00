"""Languages a person speaks and how well, and the language the text itself is written in."""

from __future__ import annotations

import re

from hiring.resumes.outline import Outline
from hiring.resumes.page import Page
from hiring.resumes.profile import Language
from hiring.resumes.spoken import CODE, SPOKEN

LEVELS = (
    ("native", r"native|mother tongue|first language|muttersprach\w*|langue maternelle|maternelle|lengua materna|nativ[oae]|materna"
               r"|moedertaal|lingua madre|madrelingua|ojczysty|bilingu\w*|bilingue|ana dil\w*|zweisprachig|tweetalig"),
    ("C2", r"c2"), ("C1", r"c1"), ("B2", r"b2"), ("B1", r"b1"), ("A2", r"a2"), ("A1", r"a1"),
    ("fluent", r"fluent\w*|fliessend|fließend|verhandlungssicher|courant|couramment|fluido|fluida|fluente|vloeiend|biegly|plynnie|akici"
               r"|full professional\w*|business fluent|proficient|advanced|avance|avanzado|avancado|avanzato|gevorderd"
               r"|sehr gut|excellent"
               r"|excelente|ileri|zaawansowany|professional working\w*|very good|lu, ecrit, parle|zeer goed|ottimo|full"),
    ("good", r"good|gut|bon|bien|bueno|goed|buono|dobry|intermediate|mittelstufe|intermediaire|intermedio|intermediario|conversational"
             r"|konversationssicher|orta|professional|limited working\w*|redelijk|gute kenntnisse|medio"
             r"|gut in wort und schrift"),
    ("basic", r"basic|basics|beginner|elementary|grundkenntnisse|anfanger|grundlagen|notions|debutant|scolaire|basico|principiante"
              r"|basis|scolastico|podstawowy|baslangic|temel|school level|schulkenntnisse|elementaire|elementare|limited"),
)  # fmt: skip
LEVEL = [(name, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")) for name, pattern in LEVELS]
IN_PROSE = re.compile(
    r"(?:fluent|native|speaks?|langu|sprach|langue|idioma|(?<!a-)(?<!a )level|niveau|\b[abc][12]\b|bilingual)"
)
STOPWORDS = {
    "en": "the and of to in for with on as at from by an is was were this that i my have",
    "de": "und der die das in von mit fur im den des bei zur als auf zu ist eine einer sowie bis",
    "fr": "et de la le les des en du pour un une au dans par sur avec chez aux est",
    "es": "y de la el los en del para con por un una las al como desde se su",
    "nl": "en de van het een in voor met op bij te naar als door aan tot zijn",
    "pt": "e de do da em para com os na no um uma por ao das dos como nao",
    "it": "e di il la per con del della in un una nel dei al le gli da presso",
    "pl": "i w z na do o oraz od przez dla sie jako w",
    "tr": "ve ile bir icin bu da de olarak olan en",
}
STOP = {language: set(words.split()) for language, words in STOPWORDS.items()}
PLAIN_WORD = re.compile(r"(?<![\w.@/-])[a-z]{1,12}(?![\w@/])")
LETTERS = {
    "de": "äöüß",
    "fr": "éèêçœ",
    "es": "ñ¿ó",
    "pt": "ãõ",
    "pl": "ąęłśżź",
    "tr": "şğı",
    "it": "òì",
}  # a hint, no more


def read(sections: Outline) -> tuple[Language, ...]:
    """Languages under their heading, or where a level stands beside a language elsewhere."""
    page = sections.page
    found: dict[str, Language] = {}
    lines = [line for line in sections.of("languages") if not line.is_blank]
    for line in lines:
        _line(page, line.start, line.end, found, 0.92)
    if not found:
        for line in sections.of(
            "top", "personal", "summary", "skills", "other", "interests", "certificates", "education"
        ):
            low = page.folded[line.start : line.end]
            if len(low) < 200 and SPOKEN.search(low) and IN_PROSE.search(low):
                _line(page, line.start, line.end, found, 0.7)
    return tuple(found.values())


def _line(page: Page, start: int, end: int, found: dict[str, Language], confidence: float) -> None:
    """Each language of a line with the level nearest behind it, or before it when the levels come first."""
    names = list(SPOKEN.finditer(page.folded, start, end))
    if not names:
        last = next(reversed(found.values()), None)
        if last is not None and not last.level and end - start < 60:  # the level stands in the next line
            found[last.code] = Language(last.code, last.name, _level(page.folded[start:end]))
        return
    for index, name in enumerate(names):
        until = names[index + 1].start() if index + 1 < len(names) else end
        level = _level(page.folded[name.end() : min(until, name.end() + 60)])
        if not level and index == 0:
            level = _level(page.folded[max(start, name.start() - 40) : name.start()])
        code = CODE[name.group()]
        if code not in found or (level and not found[code].level):
            found[code] = Language(code, page.found(name.start(), name.end(), confidence), level)


def _level(text: str) -> str:
    hits = [
        (match.start(), rank, name) for rank, (name, pattern) in enumerate(LEVEL) if (match := pattern.search(text))
    ]
    return min(hits)[2] if hits else ""


def text_language(page: Page) -> str:
    """The language of the text by its commonest words; empty when there is too little to tell."""
    counts: dict[str, float] = dict.fromkeys(STOP, 0.0)
    for language, letters in LETTERS.items():
        counts[language] += min(5.0, 0.4 * sum(page.text.count(letter, 0, 40_000) for letter in letters))
    words = PLAIN_WORD.findall(page.folded[:40_000])
    for word in words:
        for language, stop in STOP.items():
            if word in stop:
                counts[language] += 1
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < 4 or best < second * 1.15:
        return ""
    return max(counts, key=lambda language: counts[language])
