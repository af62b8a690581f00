"""What of a résumé may go to a language model: what somebody can do and did, and nothing that says who they are (AI-4, PRIV-11).

Built the strict way round. Whole sections are left out where other things stand: contacts, referees, schools, hobbies, publications.
Of what remains, names, contacts, places, employers, schools, years, ages and words of gender are taken out, and at last the whole is
looked through for what we know of the person (`leaks`): what still holds something is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hiring.models import Candidate
from hiring.names import fold
from hiring.resumes.outline import TOP, Placed, outline
from hiring.resumes.page import open_page
from hiring.resumes.profile import Profile
from hiring.semantic.texts import CONTACTS, INLINE, PERSONAL, STREET, YEARS

LEFT_OUT = {"personal", "references", "interests", "publications", "education"}
LONGEST = 12_000
READ = 40_000
HEAD = 120
"""Letters up to which a line with a year or a firm is the head of a job, and no sentence about it."""
PROSE = 45
"""Letters from which a line above the first heading is a sentence, not a name, a place or a contact."""

SCHOOL = re.compile(
    r"\b(?:universit\w*|universidad\w*|uniwersytet\w*|college|(?:high|grammar|business|primary|secondary) school|school of|institut\w* of"
    r"|hochschule\w*|fachhochschule\w*|\w*gymnasium|realschule\w*|gesamtschule\w*|polytechni\w*|politecnic\w*|ecole|lycee|faculty of"
    r"|conservato\w*|liceo|escuela|academy of|alumni|alma mater)\b"
)
GENDER = re.compile(
    r"\b(?:he|him|his|himself|she|her|hers|herself|s/he|he/him|she/her|they/them|m[ae]n|wom[ae]n|males?|females?|ladies|lady|gentlem[ae]n"
    r"|boys?|girls?|fathers?|mothers?|dad|mum|mom|husband|wife|spouse|sons?|daughters?|brothers?|sisters?|pregnan\w*|maternity|paternity"
    r"|parental|non[- ]?binary|trans(?:gender|woman|man)?|lgbt\w*|gay|lesbian|männlich\w*|weiblich\w*|m[äa]nner|frauen|mann|frau|herr|vater"
    r"|mutter|mutterschutz|elternzeit|ehemann|ehefrau|schwanger\w*|homme|femme|masculin|f[ée]minin|p[èe]re|m[èe]re|mari|[ée]pouse"
    r"|cong[ée] (?:maternit[ée]|parental)|hombre|mujer|masculino|femenino|padre|madre|esposa|esposo)\b|\((?:m/f|m/w/d|f/m|h/f)\)",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
AGE = re.compile(r"\b(?:aged?|alter|[âa]ge|edad)\s*:?\s*\d{1,2}\b|\b\d{2}\s*[- ]?years?[- ]young\b", re.IGNORECASE)
WORD = re.compile(r"[^\s,;:()\[\]{}<>\"“”„«»/|•]+")
GONE = "…"


@dataclass(frozen=True)
class Identity:
    """What would say who somebody is: words of names and handles (folded), and contacts as they are kept."""

    words: frozenset[str]
    contacts: frozenset[str]
    phrases: tuple[str, ...]
    employers: tuple[str, ...] = ()

    @classmethod
    def of(cls, candidate: Candidate, profile: Profile) -> Identity:
        # Asked of the table: what a page shows of a person in blind review may be less than who they are.
        name, location, company = Candidate.objects.values_list("name", "location", "company").get(pk=candidate.pk)
        contacts = set(candidate.contact_points.values_list("value", flat=True))
        contacts |= {found.value for found in (*profile.emails, *profile.phones, *profile.links)}
        said = [name, profile.name.value if profile.name else ""]
        said += [value.split("@")[0] for value in contacts if "@" in value]
        said += [value.rstrip("/").rsplit("/", 1)[-1] for value in contacts if "/" in value]
        words = {word for one in said for word in fold(one).split() if len(word) > 1 and not word.isdigit()}
        schools = [entry.school.value for entry in profile.education if entry.school]
        employers = [entry.employer.value for entry in profile.positions if entry.employer]
        places = [entry.location.value for entry in profile.positions if entry.location]
        places += [location, profile.location.value if profile.location else ""]
        phrases = {" ".join(one.split()) for one in (*schools, *employers, *places, company)}
        longest_first = sorted((phrase for phrase in phrases if len(phrase) > 2), key=len, reverse=True)
        firms = tuple(one for one in employers if len(one) > 2)
        return cls(frozenset(words), frozenset(contacts), tuple(longest_first), firms)


def resume(text: str, identity: Identity, profile: Profile) -> str:
    """The lines of a résumé that may be sent, in their order, behind the headline and before the degrees as they were read."""
    page = open_page(text[:READ])
    lines = outline(page).lines
    has_sections = any(line.is_heading for line in lines)
    kept = [profile.headline.value if profile.headline else ""]
    titles = [found.title.value for found in profile.positions if found.title]
    kept += [
        _said(page.text[one.line.start : one.end], titles, identity) for one in lines if _may_stay(one, has_sections)
    ]
    for study in profile.education:
        kept.append(", ".join(found.value for found in (study.degree, study.field) if found))
    clean = (line for line in (words(line, identity) for line in kept) if len(line.strip(f" {GONE}.,-–•")) > 2)
    return "\n".join(dict.fromkeys(clean))[:LONGEST]


def _may_stay(one: Placed, has_sections: bool) -> bool:
    if one.is_heading or one.is_blank or one.family in LEFT_OUT:
        return False
    if one.family == TOP and has_sections and one.end - one.start < PROSE:
        return False
    return not PERSONAL.match(one.line.text) and not SCHOOL.search(fold(one.line.text))


def _said(line: str, titles: list[str], identity: Identity) -> str:
    """A line; of one that heads a job, with its dates, firm and place, only the title."""
    low = line.lower()
    heads = len(line) < HEAD and (YEAR.search(line) or any(employer.lower() in low for employer in identity.employers))
    if not heads:
        return line
    return max((title for title in titles if title.lower() in low), key=len, default="")


def words(text: str, identity: Identity) -> str:
    """One line, or what a colleague typed, without what says who somebody is."""
    for pattern in (CONTACTS, STREET, INLINE, AGE, YEARS, GENDER):
        text = pattern.sub(GONE, text)
    text = text.replace("@", " ")
    for phrase in identity.phrases:
        text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", GONE, text, flags=re.IGNORECASE)
    text = WORD.sub(lambda found: GONE if _names(found[0], identity) else found[0], text)
    return " ".join(re.sub(rf"{GONE}(?:[\s,;–-]*{GONE})+", GONE, text).split())


def _names(word: str, identity: Identity) -> bool:
    """Whether a word, however it is accented, hyphenated or inflected (Haddad's), is of the person's name."""
    parts = fold(word).split()
    return any(part in identity.words or part.removesuffix("s") in identity.words for part in parts)


def leaks(text: str, identity: Identity) -> bool:
    """Whether anything of what we know of the person is still in what would be sent."""
    low = text.lower()
    digits = re.sub(r"\D", "", text)
    tails = [re.sub(r"\D", "", value)[-7:] for value in identity.contacts if "@" not in value and "/" not in value]
    found: Iterable[bool] = (
        "@" in text,
        any(word in identity.words for word in fold_all(text)),
        any(value.lower() in low for value in identity.contacts),
        any(len(tail) == 7 and tail in digits for tail in tails),
        any(phrase.lower() in low for phrase in identity.phrases if len(phrase) > 5),
    )
    return any(found)


def fold_all(text: str) -> set[str]:
    """The folded words of a text of any length."""
    return {word for piece in text.split() for word in fold(piece).split()}
