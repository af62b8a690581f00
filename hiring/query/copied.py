"""The fields that the search copy answers: array and word look-ups, never a phrase in a text where a fact is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import connection
from django.db.models import Q

from hiring import access, taxonomy
from hiring.models import Location, User
from hiring.names import fold
from hiring.query import places, skills, words
from hiring.query.fields import Asked, Condition, Field, OnSearch, Suggestion, of_choices, register
from hiring.query.tree import Term
from hiring.query.values import instead, months, plain_value, wrong

KILOMETRES = 30  # around a place when nothing is said
FARTHEST = 2_000
MOST_NAMES = 200
MOST_YEARS = 999
MANY_MONTHS = 20 * 12
SUGGESTED = 12


def _skill(asked: Asked, term: Term) -> Condition:
    """Whoever has the skill, or one that is a kind of it (J2EE answers Java). What no taxonomy knows is looked for as words."""
    text = plain_value(term)
    if term.is_prefix:
        beginning = taxonomy.key(text)
        known = sorted(
            {taxonomy.key(found.canonical) for found in taxonomy.terms() if found.text.startswith(beginning)}
        )
        return OnSearch("skills && %s", (known[:200],)) if known else words.beginning(text)
    return skills.who_has(text) or words.phrase(text)


def _skills(user: User, beginning: str) -> Iterable[Suggestion]:
    key, shown = taxonomy.key(beginning), []
    for found in taxonomy.terms():
        if found.text.startswith(key) and found.canonical not in shown:
            shown.append(found.canonical)
            yield Suggestion(found.canonical, "" if found.text == found.canonical.lower() else f"also {found.text}")
            if len(shown) >= SUGGESTED:
                return


def _title(asked: Asked, term: Term) -> Condition:
    """All words of a title, in this order; other names of the same title count (Programmer, Software Developer)."""
    text = plain_value(term)
    if term.is_prefix:
        return _words_of("t", text, term)
    others = [name for name in sorted(taxonomy.titles_like(text)) if name][:MOST_NAMES]
    names = list(dict.fromkeys([fold(text), *(fold(name) for name in others)]))
    names = [name for name in names if name]
    if not names:
        raise wrong(term, "title: needs a word.")
    asked_for = " | ".join(f"({_all('t', name.split())})" for name in names)
    if all(" " not in name for name in names):
        return OnSearch("facts @@ %s::tsquery", (asked_for,))
    return OnSearch("facts @@ %s::tsquery AND titles LIKE ANY(%s)", (asked_for, [f"% {name} %" for name in names]))


def _titles(user: User, beginning: str) -> Iterable[Suggestion]:
    key = taxonomy.key(beginning)
    names = (entry.name for entry in taxonomy.current().titles.entries if taxonomy.key(entry.name).startswith(key))
    return [Suggestion(name) for name, _ in zip(names, range(SUGGESTED), strict=False)]


def _company(asked: Asked, term: Term) -> Condition:
    text = plain_value(term)
    found = _words_of("c", text, term)
    if term.is_prefix or " " not in fold(text):
        return found
    return OnSearch(f"{found.sql} AND companies LIKE %s", (*found.params, f"% {fold(text)} %"))


COMPANIES = """
SELECT name FROM (SELECT unnest(most_common_vals::text::text[]) AS name FROM pg_stats
                   WHERE tablename = 'hiring_candidate' AND attname = 'company' AND schemaname = current_schema()) common
 WHERE name ILIKE %s AND name <> '' LIMIT %s
"""


def _companies(user: User, beginning: str) -> Iterable[Suggestion]:
    """The commonest employers, from what ANALYZE found; for those who see everybody."""
    if user.role not in access.SEES_EVERYBODY:
        return []
    begins = beginning.replace("\\", "").replace("%", "").replace("_", "\\_")
    with connection.cursor() as cursor:
        cursor.execute(COMPANIES, [f"{begins}%", SUGGESTED])
        return [Suggestion(row[0]) for row in cursor.fetchall()]


def _people(user: User, beginning: str) -> Iterable[Suggestion]:
    """Names of people one may see."""
    from hiring import finder  # stands above the query

    return [Suggestion(one.name, one.headline) for one in finder.people(beginning, user)] if beginning.strip() else []


def _location(asked: Asked, term: Term) -> Condition:
    """A city, a region or a country, as the record says it or by another name of the city."""
    text = plain_value(term)
    if text.lower() in ("none", "unknown"):
        return Q(location="")
    return _words_of("l", text, term)


def _cities(user: User, beginning: str) -> Iterable[Suggestion]:
    return [
        Suggestion(city.name, places.COUNTRIES.get(city.country, city.country))
        for city in places.beginning(beginning, SUGGESTED)
    ]


def _near(asked: Asked, term: Term) -> Condition:
    text = plain_value(term)
    city = places.locate(text) or _own_place(text)
    if city is None:
        close = places.like(text)
        hint = (
            f" Did you mean “{close}”?"
            if close
            else " Larger cities and your own locations are known; location: looks for the word."
        )
        raise wrong(term, f"No place “{text}” is known.{hint}", instead(term, [close] if close else []))
    if term.within > FARTHEST:
        raise wrong(term, f"At most {FARTHEST:,} km.")
    return OnSearch("place = ANY(%s::int[])", (places.near(city, term.within or KILOMETRES),))


def _own_place(text: str) -> places.City | None:
    """One of the organisation's locations, by the city it is in."""
    own = Location.objects.filter(name__iexact=text).values_list("city", "country").first()
    return places.locate(*own) if own else None


def _experience(asked: Asked, term: Term) -> Condition:
    """Whole years by their index, the months of the first and last one beside it; a copy without them counts as whole years."""
    if not term.op and term.text.lower() in ("none", "unknown"):
        return OnSearch("years IS NULL")
    if not term.op and term.text.lower() == "any":
        return OnSearch("years IS NOT NULL")
    low, high = months(term)
    parts, params = [], []
    for bound, sign in ((low, ">="), (high, "<=")):
        if bound is None:
            continue
        # Few are asked of the index. Half of everybody in it, beside an index that has found few, costs more than it saves.
        is_rare = sign == ">=" and bound >= MANY_MONTHS
        parts.append(f"years IS NOT NULL AND years {sign} %s" if is_rare else f"(years {sign} %s) IS TRUE")
        params.append(min(bound // 12, MOST_YEARS))
        if bound % 12 != (0 if sign == ">=" else 11):
            parts.append(f"coalesce(months, years * 12) {sign} %s")
            params.append(bound)
    return OnSearch(" AND ".join(parts), tuple(params))


def _language(asked: Asked, term: Term) -> Condition:
    """Spoken, as the résumé says, or the one we write to them in. A code or an English name."""
    text = fold(plain_value(term))
    code = next((code for code, name in LANGUAGES.items() if text in (code, name)), "")
    if not code:
        raise wrong(term, f"No language “{term.text}” is known. Write its code (fr) or its English name (French).")
    return OnSearch("facts @@ %s::tsquery", (f"'g:{code}'",))


def _name(asked: Asked, term: Term) -> Condition:
    """Beginnings of the words of a name, in any order; a nickname or one slip is forgiven."""
    text = plain_value(term)
    found = words.name_beginnings(text) if term.is_prefix else words.tolerant(text)
    if not found:
        raise wrong(term, "name: needs at least two letters of a name.")
    return OnSearch(words.NAMED, (found,))


def _words_of(mark: str, text: str, term: Term) -> OnSearch:
    found = fold(text).split()
    if not found:
        raise wrong(term, f"{term.field}: needs a word.")
    return OnSearch("facts @@ %s::tsquery", (_all(mark, found, last_goes_on=term.is_prefix),))


def _all(mark: str, found: Sequence[str], *, last_goes_on: bool = False) -> str:
    """Letters and digits only, so nothing in them can end the quotes."""
    parts = [f"'{mark}:{word}'" for word in found]
    if last_goes_on:
        parts[-1] += ":*"
    return " & ".join(parts)


LANGUAGES = dict(
    line.split("=") for line in Path(__file__).with_name("languages.txt").read_text(encoding="utf-8").splitlines()
)
"""Code to English name, in lower case."""


def _languages(user: User, beginning: str) -> Iterable[Suggestion]:
    return [
        Suggestion(name)
        for code, name in LANGUAGES.items()
        if name.startswith(fold(beginning)) or code == fold(beginning)
    ][:SUGGESTED]


register(
    Field(
        "skill", "Skill", "skill:python", _skill, aliases=("skills",), suggest=_skills, order=1,
        more=(("skill:java", "J2EE and Spring count as well"), ("skill:(python OR java)", "one of several"),
              ("C++", "a word that can only be a skill")),
    )
)  # fmt: skip
register(
    Field("title", "Job title", 'title:"data engineer"', _title, aliases=("role", "headline"), suggest=_titles, order=2)
)
register(
    Field(
        "location",
        "Location",
        "location:Berlin",
        _location,
        aliases=("city", "country", "in"),
        suggest=_cities,
        order=3,
    )
)
register(
    Field(
        "near", "Near", "near:Berlin 50km", _near, "place", suggest=_cities, order=4,
        more=(("near:Lyon", f"within {KILOMETRES} km"), ("near:Boston 20mi", "in miles")),
    )
)  # fmt: skip
register(Field("company", "Employer", "company:Siemens", _company, aliases=("employer",), suggest=_companies, order=5))
register(Field("name", "Name", "name:haddad", _name, suggest=_people, order=6))
YEARS = [
    ("<2", "less than two years"),
    ("2..5", "two to five"),
    (">=5", "five and more"),
    (">=10", "ten and more"),
    ("unknown", "no résumé says"),
]
WRITTEN = (
    ("experience:2.5", "about two and a half"),
    ("experience:3..8", "three to eight, both included"),
    ("experience:>=18mo", "in months"),
)
register(
    Field(
        "experience", "Years of experience", "experience:>=5", _experience, "number", ("years",), of_choices(YEARS), order=7,
        more=WRITTEN,
    )
)  # fmt: skip
register(
    Field("language", "Language", "language:french", _language, aliases=("lang", "speaks"), suggest=_languages, order=8)
)
