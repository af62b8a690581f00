"""What of a person or a job is embedded: what they can do and did, and nothing that must not count.

Names, contacts, addresses, birth, sex, nationality, family, religion, employers, schools and years are taken out before the
model sees the text (EQ and AI requirements): nobody is found or left out because of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
import unicodedata

from hiring.names import fold

VERSION = "1"  # another text for the same record: raise it, and everybody is embedded anew
LONGEST = 6_000  # characters; the model reads about the first thousand
READ = 20_000

CONTACTS = re.compile(
    r"\S+@\S+|(?:https?://|www\.)\S+|\b(?:linkedin|github|xing)\.com/\S*|(?<![\w])\+?\(?\d[\d ()./-]{6,20}\d(?!\w)"
)
YEARS = re.compile(
    r"(?:\b(?:0?[1-9]|1[0-2])[/.-])?\b(?:19|20)\d\d\b(?:[/.-](?:0?[1-9]|1[0-2])\b)?|\b(?:\d{1,2}[./-]){2}(?:\d\d){1,2}\b"
)
PERSONAL = re.compile(
    r"""^\W*(?:
    date\ of\ birth|d\.?o\.?b\.?|birth\s?(?:date|day|place)?|place\ of\ birth|born|age|geburts\w*|geboren|alter|n[ée]e?\ (?:le|à)|[âa]ge
    |date\ de\ naissance|lieu\ de\ naissance|fecha\ de\ nacimiento|lugar\ de\ nacimiento|edad
    |nationality|citizen(?:ship)?|nationalit[äé]t?|staatsangeh\w*|staatsb\w*|nacionalidad|ethnic\w*|race|caste|hautfarbe
    |gender|sex|geschlecht|sexe|sexo|pronouns
    |marital\ status|civil\ status|family\ status|familienstand|situation\ (?:familiale|de\ famille)|[ée]tat\ civil|estado\ civil
    |children|kinder|enfants|hijos|spouse|father|mother|husband|wife
    |religion|konfession|glaube|religi[óo]n|denomination
    |name|full\ name|first\ name|last\ name|surname|vorname|nachname|nom|pr[ée]nom|nombre|apellidos?
    |address|adresse|anschrift|wohnort|direcci[óo]n|domicilio|residence|postcode|zip|plz|passport|id\ no|ssn
    |disability|schwerbehinder\w*|health|photo|lichtbild|military\ service|wehrdienst
    )\b[\s.]*[:\-–|\t].*$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
INLINE = re.compile(
    r"\b\d{1,2}[\s-]*(?:years?[\s-]old|yrs?[\s-]old|jahre\ alt|ans\b(?!\s*d)|años\s+de\s+edad)"
    r"|\b(?:un)?married\b|\bdivorced\b|\bwidow(?:ed|er)?\b|\bverheiratet\b|\bledig\b|\bgeschieden\b|\bmari[ée]e?\b"
    r"|\b(?:mr|mrs|ms|miss|herr|frau|monsieur|madame|mme)\b\.?(?=\s)",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\b\d{1,5}[a-z]?,?\s+(?:\w+\s){0,3}(?:street|st\.|road|rd\.|avenue|ave\.|lane|drive|boulevard|blvd\.?|rue|calle)\b[^\n,]*"
    r"|\b(?:rue|avenue|calle|via|place)\s+[^\n,\d]{2,40}\d{0,5}\b|\b\w+(?:stra(?:ß|ss)e|str\.|weg|platz|gasse)\s+\d{1,4}\w?\b"
    r"|\b(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÄÖÜ][\w-]+",
    re.IGNORECASE,
)
TAGS = re.compile(r"<[^>]{0,2000}>")


def of_candidate(text: str, *, name: str, headline: str, company: str) -> str:
    """What a résumé says about somebody's work, after the headline; empty when there is nothing to go by."""
    resume = text[:READ]
    said = PERSONAL.sub(" ", resume)
    for value in sorted({company, *_employers_and_schools(resume)}, key=len, reverse=True):
        if len(value) > 2:
            said = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", said, flags=re.IGNORECASE)
            headline = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", headline, flags=re.IGNORECASE)
    said = f"{headline}. {said}" if headline.strip() else said
    for pattern in (CONTACTS, STREET, YEARS, INLINE):
        said = pattern.sub(" ", said)
    return _without_name(" ".join(said.split()), name)[:LONGEST]


def of_job(title: str, description: str, organisation: str) -> str:
    """What a job asks for: its title, then the words of its advert."""
    plain = html.unescape(TAGS.sub(" ", description))
    said = f"{title}. {title}. {plain}" if plain.strip() else title  # the title counts double in a long advert
    said = CONTACTS.sub(" ", said)
    if organisation:
        said = re.sub(rf"(?<!\w){re.escape(organisation)}(?!\w)", " ", said, flags=re.IGNORECASE)
    return " ".join(said.split())[:LONGEST]


def of_query(text: str) -> str:
    """Words somebody asks with. Contacts in it say nothing about what is looked for."""
    return " ".join(CONTACTS.sub(" ", text).split())[:LONGEST]


def digest(text: str) -> str:
    return hashlib.sha256(f"{VERSION} {text}".encode()).hexdigest()


def _employers_and_schools(text: str) -> set[str]:
    """As the résumé parser reads them; what it misses stays."""
    from hiring.resumes.parsing import parse

    profile = parse(text, regions=(), today=dt.date(2000, 1, 1))
    found = {one.employer.value for one in profile.positions if one.employer}
    return found | {one.school.value for one in profile.education if one.school}


def _without_name(text: str, name: str) -> str:
    """Without the words of the person's name, however they are accented; initials stay, they are letters."""
    words = {word for word in fold(name).split() if len(word) > 1}
    if not words:
        return text
    kept = []
    for word in text.split(" "):
        bare = fold(unicodedata.normalize("NFC", word))
        if not bare or not set(bare.split()) <= words:
            kept.append(word)
    return " ".join(kept)
