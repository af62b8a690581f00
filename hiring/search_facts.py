"""What the search copy says about a person beside their words: skills, titles, employers, place, languages, years.

Read for many people at once from the record and the newest résumé. Marks of the words in `facts`:
t: job title, c: employer, l: place and country, g: language (its code), x: reasons against mail (suppressed).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hiring import taxonomy
from hiring.models import (
    Candidate,
    CandidateTag,
    ContactPoint,
    DocumentText,
    ParsedProfile,
    ProfileCorrection,
    Suppression,
)
from hiring.names import fold, romanised
from hiring.query import places
from hiring.resumes import merged
from hiring.resumes.profile import Profile
from hiring.suppression import address_hashes

READ_AT_MOST = 100_000  # characters of a résumé skills are looked for in
MOST_SKILLS = 150
SPLIT_HEADLINE = re.compile(r"\s+(?:at|bei|chez|@|·|\||–|—|-)\s+|[·|@]")  # dashes people write
STATED_YEARS = re.compile(r"\b([0-9]{1,2})\+?\s*(?:years|yrs|jahre|ans|años|anni)\b", re.IGNORECASE)
SUPPRESSED = "x:suppressed"
MOST_MONTHS = 99 * 12 + 11


@dataclass
class Facts:
    """Lists are folded and without doubles. `latin` is a name of another alphabet in Latin letters. `as_row` is what
    the copy is written from."""

    pk: int
    skills: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    place: int = 0
    months: int | None = None
    latin: str = ""

    def as_row(self) -> dict[str, Any]:
        return {
            "pk": self.pk,
            "skills": self.skills,
            "facts": sorted(self.words),
            "titles": _barred(self.titles),
            "companies": _barred(self.companies),
            "place": self.place,
            "years": None if self.months is None else self.months // 12,
            "months": self.months,
            "latin": self.latin,
        }


def _barred(values: Sequence[str]) -> str:
    return "".join(f"| {value} " for value in values) + "|" if values else ""


def of_people(ids: Sequence[int]) -> list[Facts]:
    """The facts of these people, four questions for any number of them."""
    texts: dict[int, tuple[int, str]] = {
        pk: (document, text)
        for pk, document, text in DocumentText.objects.filter(document__candidate__in=ids, document__kind="resume")
        .order_by("document__candidate", "-document__uploaded_at", "-document_id")
        .distinct("document__candidate")
        .values_list("document__candidate", "document", "text")
    }
    profiles = _profiles(ids, {document: pk for pk, (document, _) in texts.items()})
    tags: dict[int, list[str]] = {}
    for pk, name in CandidateTag.objects.filter(candidate__in=ids).order_by().values_list("candidate", "tag__name"):
        tags.setdefault(pk, []).append(name)
    suppressed = _suppressed(ids)
    rows = Candidate.objects.filter(pk__in=ids).values_list(
        "pk", "name_key", "headline", "company", "location", "country", "language"
    )
    return [
        _facts(
            *row,
            text=texts.get(row[0], (0, ""))[1],
            profile=profiles.get(row[0], {}),
            tags=tags.get(row[0], ()),
            is_suppressed=row[0] in suppressed,
        )
        for row in rows
    ]


def _profiles(ids: Sequence[int], documents: dict[int, int]) -> dict[int, dict[str, Any]]:
    """The parsed profiles of these people as colleagues corrected them, by person; `documents` are their newest résumés."""
    parsed = ParsedProfile.objects.filter(document__in=list(documents), status=ParsedProfile.Status.DONE)
    read = {documents[pk]: profile for pk, profile in parsed.values_list("document", "profile")}
    corrections: dict[int, list[merged.Correction]] = {}
    standing = ProfileCorrection.objects.standing().filter(candidate__in=ids).order_by("pk")
    for row in standing:
        one = merged.Correction(row.path, row.value, row.is_removed, row.seen, row.pk)
        corrections.setdefault(row.candidate_id, []).append(one)
    empty = Profile().as_json()
    corrected = {pk: merged.merge(read.get(pk) or empty, own).profile for pk, own in corrections.items()}
    return {**read, **corrected}


def _suppressed(ids: Sequence[int]) -> set[int]:
    """Whose addresses are on the list of those not to be written to. The list holds keyed hashes, so they are made here."""
    points = ContactPoint.objects.emails().filter(candidate__in=ids, is_live=True).order_by()
    owners: dict[str, int] = {}
    if not Suppression.objects.exists():
        return set()
    for pk, value in points.values_list("candidate", "value"):
        owners |= dict.fromkeys(address_hashes([value]), pk)
    hashes = Suppression.objects.filter(address_hash__in=list(owners)).values_list("address_hash", flat=True)
    return {owners[found] for found in hashes}


def _facts(
    pk: int,
    name_key: str,
    headline: str,
    company: str,
    location: str,
    country: str,
    language: str,
    *,
    text: str,
    profile: dict[str, Any],
    tags: Iterable[str],
    is_suppressed: bool,
) -> Facts:
    """A profile that was parsed, and perhaps corrected, is believed; before that, what can be found in the text itself."""
    facts = Facts(pk, latin="" if name_key.isascii() else " ".join(romanised(name_key)))
    positions = profile.get("positions", ())
    title = SPLIT_HEADLINE.split(headline, maxsplit=1)[0]
    facts.titles = _distinct([fold(title), fold(headline), *(fold(_said(job, "title")) for job in positions)])
    facts.companies = _distinct([fold(company), *(fold(_said(job, "employer")) for job in positions)])
    named = [taxonomy.key(taxonomy.canonical(skill["name"]) or skill["name"]) for skill in profile.get("skills", ())]
    said = "\n".join([headline, *tags, "" if profile else text[:READ_AT_MOST]])
    facts.skills = _distinct([*named, *skills_in(said)])[:MOST_SKILLS]
    facts.months = _months(profile, text)
    where = location or _said(profile, "location")
    city = places.locate(where, country)
    facts.place = city.number if city else 0
    code = country or (city.country if city else "")
    around = [where, places.COUNTRIES.get(code, ""), code, *(city.names if city else ())]
    spoken = {language[:2].lower(), *(known.get("code", "") for known in profile.get("languages", ()))}
    facts.words |= {f"t:{word}" for value in facts.titles for word in value.split()}
    facts.words |= {f"c:{word}" for value in facts.companies for word in value.split()}
    facts.words |= {f"l:{word}" for value in around for word in fold(value).split()}
    facts.words |= {f"g:{code}" for code in spoken if code}
    facts.words |= {SUPPRESSED} if is_suppressed else set()
    return facts


def _said(entry: dict[str, Any], name: str) -> str:
    found = entry.get(name)
    return str(found.get("value", "")) if isinstance(found, dict) else ""


def _months(profile: dict[str, Any], text: str) -> int | None:
    """Months of experience: counted from the jobs, else as the person says."""
    for years in (profile.get("years_computed"), profile.get("years_stated")):
        if years is not None:
            return min(round(years * 12), MOST_MONTHS)
    stated = None if profile else STATED_YEARS.search(text[:5_000])
    return int(stated[1]) * 12 if stated else None


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


# ---------- Skills found in a text ----------


def skills_in(text: str) -> list[str]:
    """The skills a text names, as canonical keys, in one pass whatever the size of the taxonomy."""
    automaton = _automaton(taxonomy.version())
    low = text.lower()
    found: dict[str, None] = {}
    raw = text if len(text) == len(low) else low
    for end, (term, canonical, word) in automaton.iter_long(low):
        start = end - len(term) + 1
        if _stands_alone(low, start, end + 1) and (not word or _is_named(raw, start, end + 1, word)):
            found[canonical] = None
            if len(found) >= MOST_SKILLS:
                break
    return list(found)


@lru_cache(maxsize=1)
def _automaton(version: int) -> Any:
    import ahocorasick  # read when first needed: no page pays for it

    automaton = ahocorasick.Automaton()
    for term in taxonomy.terms():
        word = term.written if term.only_in_lists else ""
        automaton.add_word(term.text, (term.text, taxonomy.key(term.canonical), word))
    automaton.make_automaton()
    return automaton


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before in ("+", "#", "_")) and not (after.isalnum() or after in ("+", "#", "_"))


def _is_named(text: str, start: int, end: int, written: str) -> bool:
    """Whether a name that is also an ordinary word is meant: as an item of a list, or by its case."""
    said = text[start:end]
    listed = _in_list(text, start, end) and taxonomy.may_be_listed(said, written)
    return listed or taxonomy.is_told_by_case(said, written)


LIST_BEFORE, LIST_AFTER = re.compile(r"[,;|•·:/\n(]\s*$"), re.compile(r"\s*(?:[,;|•·/\n)]|$)")


def _in_list(text: str, start: int, end: int) -> bool:
    """Between separators, as an item of a list stands; "R" and "Go" mean something else in a sentence."""
    alone = LIST_BEFORE.search(text[max(start - 4, 0) : start]) is not None or start == 0
    return alone and LIST_AFTER.match(text, end) is not None
