"""Words of a posting that shut people out: titles that mean one gender, texts that speak of age, origin or birth.

Which words speak of who somebody is, is one table for the whole house (hiring/protected.py); what is particular to adverts
stands here. Nothing of it can be certain: but for a title that names one gender, these are hints.
"""

from __future__ import annotations

import re

from hiring import protected

MARKER = re.compile(
    r"\(\s*[mwfdhxi*]\s*(?:[/|,·.]\s*[mwfdhxi*]\s*)+\)|\b[mfh]/[fwhm](?:/[dxi*])?\b|\(all genders\)|\(gn\*?\)"
    r"|[:*_·•]in(?:nen)?\b|/-?in(?:nen)?\b|\(in(?:nen)?\)|[·•.(/-][-]?(?:e|ne|rice|trice|euse|ière|ère|le|a|as|ora)s?\b\)?|/-?(?:a|as|ora)\b",
    re.IGNORECASE,
)
"""What says that all genders are meant: (m/w/d), H/F, :in, ·e, /a."""

ENGLISH = {
    "salesman": "salesperson", "saleswoman": "salesperson", "chairman": "chair", "foreman": "supervisor", "craftsman": "craftsperson",
    "waitress": "server", "stewardess": "flight attendant", "hostess": "host", "actress": "actor", "handyman": "maintenance technician",
    "businessman": "business manager", "businesswoman": "business manager", "policeman": "police officer", "fireman": "firefighter",
    "cameraman": "camera operator", "repairman": "repair technician", "barman": "bartender", "barmaid": "bartender",
    "cleaning lady": "cleaner", "draftsman": "drafter", "draughtsman": "drafter", "lineman": "line worker", "workman": "worker",
    "spokesman": "spokesperson", "spokeswoman": "spokesperson", "seamstress": "sewing specialist", "deliveryman": "courier",
    "tradesman": "tradesperson", "serviceman": "service technician", "anchorman": "anchor", "groundsman": "groundskeeper",
    "cleaning woman": "cleaner", "girl friday": "assistant", "headmistress": "head teacher", "headmaster": "head teacher",
}  # fmt: skip
GENDERED = {
    "en": re.compile(rf"\b(?:{'|'.join(ENGLISH)})\b", re.IGNORECASE),
    "de": re.compile(
        r"\b\w+(?:mann|frau|schwester|dame|mädchen)\b|\b\w+(?:er|eur|or|ent|ant|ist|log|urg|iker|tekt|wirt|öt|it)in\b",
        re.I,
    ),
    "fr": re.compile(r"\b\w+(?:trice|teuse|euse|ière|ienne|ante)\b|\bhôtesse\b|\bfemme de ménage\b", re.IGNORECASE),
    "es": re.compile(r"\b\w+(?:dora|tora|nera|ciera|ñera)\b|\bazafata\b|\bseñorita\b", re.IGNORECASE),
    "it": re.compile(r"\b\w+(?:trice|essa|iera)\b", re.IGNORECASE),
}
"""Titles that name one gender and no other."""
MASCULINE = {
    "de": re.compile(
        r"\b(?!senior|junior)\w{2,}(?:er|eur|or|ent|ant|ist|loge|iker|tekt|wirt)\b(?![-\w])", re.IGNORECASE
    ),
    "fr": re.compile(r"\b\w+(?:teur|eur|ier|ien)\b(?![·•.(/])", re.IGNORECASE),
    "es": re.compile(r"\b\w+(?:dor|tor|nero|ciero|ñero|ado)\b(?![/(])", re.IGNORECASE),
    "it": re.compile(r"\b\w+(?:tore|iere)\b(?![/(])", re.IGNORECASE),
}
"""Titles that grammar makes men's, though all may be meant."""
PROPOSED = {"de": "(m/w/d)", "fr": "(H/F)", "es": "(H/M)", "it": "(M/F)"}

FAIR = re.compile(
    r"regardless|irrespective|without (?:regard|distinction|discrimination)|equal (?:opportunit|treatment|employment)|all genders|diversity"
    r"|discriminat|welcome applications|encourage (?:applications|everyone|people)|unabhängig von|ungeachtet|gleichstellung|schwerbehindert"
    r"|bei gleicher eignung|vielfalt|chancengleich|sans distinction|quel(?:le)?s? que soi|égalité|handicap|diversité"
    r"|independientemente|igualdad"
    r"|diversidad|senza distinzione|pari opportunità|affirmative|reasonable (?:adjustments?|accommodations?)|protected veterans?",
    re.IGNORECASE,
)
"""A sentence that speaks of such words to say that they do not count."""
KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (protected.any_of(protected.BIRTH), "ask for the level the work needs, such as C2"),
    (protected.any_of(protected.AGE), "describe the work and how you work together, not an age"),
    (
        protected.any_of(protected.ETHNICITY, protected.NATIONALITY, protected.MARITAL),
        "say what has to be done, or who may work there by law",
    ),
    (re.compile(r"(?<![\w/])(?:he|him|his|she|her|hers)(?![\w/])", re.IGNORECASE), "write “you”, or “they”"),
    (
        re.compile(r"(?<!\w)(?:able[ -]bodied|physically fit|körperlich fit)(?!\w)", re.IGNORECASE),
        "say what has to be lifted, driven or climbed",
    ),
    (
        re.compile(r"(?<!\w)(?:rock ?stars?|ninjas?|gurus?|wunderkind)(?!\w)", re.IGNORECASE),
        "name what the person can do",
    ),
)
ORDINARY = {"age", "aged", "born", "birth", "edad", "âge", "âges", "età"}
"""Words that are about people when they are asked, and about anything in a text."""


def gendered(title: str, language: str) -> str:
    """The word of a title that names one gender and no other; empty when there is none, or a marker says that all are meant."""
    if MARKER.search(title):
        return ""
    for code in {"en", language.split("-")[0]}:
        if (pattern := GENDERED.get(code)) and (found := pattern.search(title)):
            return found.group()
    return ""


def instead_of(word: str, language: str) -> str:
    """What to write instead of a title that names one gender: “salesperson”, or the marker its language has."""
    neutral = ENGLISH.get(word.lower())
    marker = PROPOSED.get(language.split("-")[0], "")
    return f"write “{neutral}”" if neutral else f"add “{marker}”" if marker else "name the work, not who does it"


def title_hints(title: str, language: str) -> list[str]:
    """What would make a title speak to more people."""
    code = language.split("-")[0]
    pattern = MASCULINE.get(code)
    if pattern and not MARKER.search(title) and not gendered(title, language) and (found := pattern.search(title)):
        return [f"“{found.group()}” is a man's word to many readers: add “{PROPOSED[code]}”."]
    if re.search(r"(?i)\b(rock ?star|ninja|guru)s?\b", title):
        return ["Name the role as people look for it: nobody searches for a ninja."]
    return []


def text_hints(text: str) -> list[str]:
    """Words of a text that speak of who somebody is, with what to write instead; each word once."""
    said: dict[str, str] = {}
    for sentence in re.split(r"(?<=[.!?;:])\s+|\n+|[•·]", text):
        if FAIR.search(sentence):
            continue
        sentence = protected.without_work(sentence)
        for pattern, instead in KINDS:
            for found in pattern.finditer(sentence):
                if found.group().lower() in ORDINARY:
                    continue
                said.setdefault(found.group().lower(), f"“{found.group()}” may shut people out: {instead}.")
    return list(said.values())
