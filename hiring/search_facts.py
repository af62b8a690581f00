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
from hiring.models import Candidate, CandidateTag, ContactPoint, DocumentText, Suppression
from hiring.names import fold
from hiring.query import places
from hiring.suppression import address_hashes

READ_AT_MOST = 100_000  # characters of a résumé skills are looked for in
MOST_SKILLS = 150
SPLIT_HEADLINE = re.compile(r"\s+(?:at|bei|chez|@|·|\||–|—|-)\s+|[·|@]")  # dashes people write
STATED_YEARS = re.compile(r"\b([0-9]{1,2})\+?\s*(?:years|yrs|jahre|ans|años|anni)\b", re.IGNORECASE)
SUPPRESSED = "x:suppressed"


@dataclass
class Facts:
    """Lists are folded and without doubles. `as_row` is what the copy is written from."""

    pk: int
    skills: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    place: int = 0
    years: int | None = None

    def as_row(self) -> dict[str, Any]:
        return {
            "pk": self.pk,
            "skills": self.skills,
            "facts": sorted(self.words),
            "titles": _barred(self.titles),
            "companies": _barred(self.companies),
            "place": self.place,
            "years": self.years,
        }


def _barred(values: Sequence[str]) -> str:
    return "".join(f"| {value} " for value in values) + "|" if values else ""


def of_people(ids: Sequence[int]) -> list[Facts]:
    """The facts of these people, four questions for any number of them."""
    texts = dict(
        DocumentText.objects.filter(document__candidate__in=ids, document__kind="resume")
        .order_by("document__candidate", "-document__uploaded_at", "-document_id")
        .distinct("document__candidate")
        .values_list("document__candidate", "text")
    )
    tags: dict[int, list[str]] = {}
    for pk, name in CandidateTag.objects.filter(candidate__in=ids).order_by().values_list("candidate", "tag__name"):
        tags.setdefault(pk, []).append(name)
    suppressed = _suppressed(ids)
    rows = Candidate.objects.filter(pk__in=ids).values_list(
        "pk", "headline", "company", "location", "country", "language"
    )
    return [
        _facts(*row, text=texts.get(row[0], ""), tags=tags.get(row[0], ()), is_suppressed=row[0] in suppressed)
        for row in rows
    ]


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
    headline: str,
    company: str,
    location: str,
    country: str,
    language: str,
    *,
    text: str,
    tags: Iterable[str],
    is_suppressed: bool,
) -> Facts:
    facts = Facts(pk)
    title = SPLIT_HEADLINE.split(headline, 1)[0]
    facts.titles = _distinct([fold(title), fold(headline) if fold(headline) != fold(title) else ""])
    facts.companies = _distinct([fold(company)])
    facts.skills = skills_in("\n".join([headline, *tags, text[:READ_AT_MOST]]))
    city = places.locate(location, country)
    facts.place = city.number if city else 0
    stated = STATED_YEARS.search(text[:5_000])
    facts.years = int(stated[1]) if stated else None
    code = country or (city.country if city else "")
    facts.words |= {f"t:{word}" for value in facts.titles for word in value.split()}
    facts.words |= {f"c:{word}" for value in facts.companies for word in value.split()}
    where = [location, places.COUNTRIES.get(code, ""), code, *(city.names if city else ())]
    facts.words |= {f"l:{word}" for value in where for word in fold(value).split()}
    facts.words |= {f"g:{language.lower()[:2]}"} if language else set()
    facts.words |= {SUPPRESSED} if is_suppressed else set()
    return facts


def _distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


# ---------- Skills found in a text ----------


def skills_in(text: str) -> list[str]:
    """The skills a text names, as canonical keys, in one pass whatever the size of the taxonomy."""
    automaton = _automaton(taxonomy.version())
    low = text.lower()
    found: dict[str, None] = {}
    for end, (term, canonical, only_in_lists) in automaton.iter_long(low):
        start = end - len(term) + 1
        if _stands_alone(low, start, end + 1) and (not only_in_lists or _in_list(low, start, end + 1)):
            found[canonical] = None
            if len(found) >= MOST_SKILLS:
                break
    return list(found)


@lru_cache(maxsize=1)
def _automaton(version: int) -> Any:
    import ahocorasick  # type: ignore[import-not-found]  # read when first needed: no page pays for it

    automaton = ahocorasick.Automaton()
    for term in taxonomy.terms():
        automaton.add_word(term.text, (term.text, taxonomy.key(term.canonical), term.only_in_lists))
    automaton.make_automaton()
    return automaton


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before in ("+", "#", "_")) and not (after.isalnum() or after in ("+", "#", "_"))


LIST_BEFORE, LIST_AFTER = re.compile(r"[,;|•·:/\n(]\s*$"), re.compile(r"\s*(?:[,;|•·/\n)]|$)")


def _in_list(text: str, start: int, end: int) -> bool:
    """Between separators, as an item of a list stands; "R" and "Go" mean something else in a sentence."""
    alone = LIST_BEFORE.search(text[max(start - 4, 0) : start]) is not None or start == 0
    return alone and LIST_AFTER.match(text, end) is not None
