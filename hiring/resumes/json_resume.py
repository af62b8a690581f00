"""JSON Resume, schema 1.0.0 (jsonresume.org): a person's profile as one file that other programs read and write (DATA-7).

A file that comes in is kept as it is, as a document of its person: what we do not know in it is not lost. Its text is written
out for search and preview, and its profile is told by the file itself rather than guessed from the text. How one goes out again
stands in handing_out.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hiring.errors import Refused
from hiring.resumes.profile import Certificate, Education, Found, Language, Position, Profile, Skill
from hiring.resumes.rendition import Writer

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
DATE = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
NOTHING = Found("", 0, 0, 1.0)
OURS = "throughline"
"""The key below `meta` for what the schema has no place for: further e-mail addresses and phone numbers."""

TEXTS = {
    "basics": ("name", "label", "image", "email", "phone", "url", "summary"),
    "work": ("name", "location", "description", "position", "url", "startDate", "endDate", "summary"),
    "education": ("institution", "url", "area", "studyType", "startDate", "endDate", "score"),
    "skills": ("name", "level"),
    "languages": ("language", "fluency"),
    "certificates": ("name", "date", "url", "issuer"),
}
DATES = ("startDate", "endDate", "date")
WORDS_IN = {"work": "highlights", "education": "courses", "skills": "keywords"}
LEVELS = {
    "native": "native", "native speaker": "native", "mother tongue": "native", "bilingual": "native",
    "fluent": "fluent", "good": "good", "basic": "basic", "beginner": "basic", "elementary": "basic",
} | {level.lower(): level for level in ("C2", "C1", "B2", "B1", "A2", "A1")}  # fmt: skip


# ---------- In ----------


def read(data: bytes) -> dict[str, Any]:
    """The object a file holds, checked. Refused with the line and column, or the place, of what is wrong."""
    if len(data) > MAX_BYTES:
        raise Refused("The file is larger than 1 MB. A JSON Resume is a few kilobytes.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The file is not UTF-8 text: byte {error.start + 1} cannot be read.") from None
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Refused(f"This is not JSON: line {error.lineno}, column {error.colno}: {_plainly(error.msg)}.") from None
    except RecursionError:
        raise Refused("The file is nested more deeply than a résumé can be.") from None
    except ValueError as error:
        raise Refused(f"This is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise Refused("A JSON Resume is one object: the file has to begin with {.")
    _check_letters(found, "", 0)
    _check(found)
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _plainly(message: str) -> str:
    words = {
        "Expecting value": "a value is missing",
        "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
        "Expecting ',' delimiter": "a comma is missing",
        "Expecting ':' delimiter": "a colon is missing",
        "Unterminated string starting at": "a text begins that does not end",
        "Extra data": "the résumé ends before the file does",
        "Illegal trailing comma before end of object": "there is a comma too many",
        "Illegal trailing comma before end of array": "there is a comma too many",
    }
    return words.get(message, message[:1].lower() + message[1:])


def _check_letters(value: Any, at: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Refused("The file is nested more deeply than a résumé can be.")
    if isinstance(value, dict):
        for key, one in value.items():
            _check_letters(key, at, depth + 1)
            _check_letters(one, f"{at}.{key}" if at else key, depth + 1)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _check_letters(one, f"{at}[{number}]", depth + 1)
    elif isinstance(value, str) and ("\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise Refused(f"{at or 'A name'} holds a character that no text has.")


def _check(found: Mapping[str, Any]) -> None:
    """The parts we read are what the schema says; the rest is nobody's business."""
    basics = {} if found.get("basics") is None else found["basics"]
    if not isinstance(basics, dict):
        raise Refused("basics has to be an object with name, email and so on.")
    _check_fields(basics, "basics", TEXTS["basics"])
    where = {} if basics.get("location") is None else basics["location"]
    if not isinstance(where, dict):
        raise Refused("basics.location has to be an object with city, region and countryCode.")
    _check_fields(where, "basics.location", ("city", "region", "countryCode", "address", "postalCode"))
    for number, one in enumerate(_list(basics, "profiles", "basics.profiles")):
        _check_fields(one, f"basics.profiles[{number}]", ("network", "username", "url"))
    for section in ("work", "education", "skills", "languages", "certificates"):
        for number, one in enumerate(_list(found, section, section)):
            at = f"{section}[{number}]"
            _check_fields(one, at, TEXTS[section])
            words = (one.get(WORDS_IN[section]) or []) if section in WORDS_IN else []
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise Refused(f"{at}.{WORDS_IN[section]} has to be a list of texts.")


def _list(owner: Mapping[str, Any], name: str, at: str) -> list[dict[str, Any]]:
    found = [] if owner.get(name) is None else owner[name]
    if not isinstance(found, list):
        raise Refused(f"{at} has to be a list.")
    for number, one in enumerate(found):
        if not isinstance(one, dict):
            raise Refused(f"{at}[{number}] has to be an object.")
    return found


def _check_fields(owner: Mapping[str, Any], at: str, names: tuple[str, ...]) -> None:
    for name in names:
        value = owner.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise Refused(f"{at}.{name} has to be a text.")
        if name in DATES and value and not DATE.fullmatch(value):
            raise Refused(f"{at}.{name} is “{value[:40]}”. Dates are written 2021, 2021-03 or 2021-03-15.")


# ---------- Text and profile of a file ----------


def written_out(found: Mapping[str, Any]) -> tuple[str, Profile]:
    """The file as a text people read, and the profile it tells, each value with its place in that text.

    Every entry of the file becomes one of the profile, in the same order; only skills are counted by their keywords.
    """
    page = Writer()
    basics = found.get("basics") or {}
    extra = further_points(found)
    name, headline = page.one(text_in(basics, "name")), page.one(text_in(basics, "label"))
    emails = page.each([text_in(basics, "email"), *extra.get("emails", ())])
    phones = page.each([text_in(basics, "phone"), *extra.get("phones", ())])
    links = page.each([text_in(basics, "url"), *(text_in(one, "url") for one in basics.get("profiles") or ())])
    location = page.one(_place(basics.get("location") or {}))
    summary = page.one(text_in(basics, "summary"))
    return_of = {}
    for section, title, make in (
        ("work", "Experience", _position),
        ("education", "Education", _study),
        ("skills", "Skills", _skills),
        ("languages", "Languages", _language),
        ("certificates", "Certificates", _certificate),
    ):
        if found.get(section):
            page.heading(title)
        return_of[section] = [make(page, one) for one in found.get(section) or ()]
    profile = Profile(
        name=name,
        headline=headline,
        emails=emails,
        phones=phones,
        links=links,
        location=location,
        summary=summary,
        positions=tuple(return_of["work"]),  # type: ignore[arg-type]
        education=tuple(return_of["education"]),  # type: ignore[arg-type]
        skills=_told_once([skill for made in return_of["skills"] for skill in made]),  # type: ignore[union-attr]
        languages=tuple(return_of["languages"]),  # type: ignore[arg-type]
        certificates=tuple(return_of["certificates"]),  # type: ignore[arg-type]
    )
    return page.text, profile


def text_in(owner: Mapping[str, Any], name: str) -> str:
    """What an object says under a name; empty when it says nothing."""
    return str(owner.get(name) or "")


def further_points(found: Mapping[str, Any]) -> dict[str, list[str]]:
    """The further addresses and numbers we wrote down below `meta`, by kind."""
    meta = found.get("meta")
    ours = meta.get(OURS) if isinstance(meta, dict) else None
    if not isinstance(ours, dict):
        return {}
    return {
        name: [one for one in ours.get(name) or () if isinstance(one, str)]
        for name in ("emails", "phones")
        if isinstance(ours.get(name), list)
    }


def _place(where: Mapping[str, Any]) -> str:
    return ", ".join(
        part for part in (text_in(where, "city"), text_in(where, "region"), text_in(where, "countryCode")) if part
    )


def _month(value: str) -> str | None:
    return value[:7] or None


def _span(start: str, end: str) -> str:
    return " – ".join(part for part in (start, end or ("now" if start else "")) if part)


def _position(page: Writer, one: Mapping[str, Any]) -> Position:
    at = len(page.text)
    title, employer, where = page.line(text_in(one, "position"), text_in(one, "name"), text_in(one, "location"))
    start, end = text_in(one, "startDate"), text_in(one, "endDate")
    when = next(iter(page.line(_span(start, end))), None)
    page.one(text_in(one, "summary"))
    highlights = page.each(one.get("highlights") or ())
    return Position(
        title=title,
        employer=employer,
        location=where,
        start=_month(start),
        end=_month(end),
        is_current=bool(start) and not end,
        text=page.since(at),
        confidence=1.0,
        when=when,
        highlights=highlights,
    )


def _study(page: Writer, one: Mapping[str, Any]) -> Education:
    at = len(page.text)
    degree, area, school = page.line(text_in(one, "studyType"), text_in(one, "area"), text_in(one, "institution"))
    start, end = text_in(one, "startDate"), text_in(one, "endDate")
    when = page.one(" – ".join(part for part in (start, end) if part))
    page.each(one.get("courses") or ())
    return Education(degree, school, area, _month(start), _month(end), page.since(at), when)


def _skills(page: Writer, one: Mapping[str, Any]) -> list[Skill]:
    words = one.get("keywords") or ()
    found = page.each([text_in(one, "name"), *words])
    named = found[1:] if words and len(found) > 1 else found  # a name above keywords is their heading
    return [Skill(word.value, (word,), "skills", False, None) for word in named]


def _told_once(skills: list[Skill]) -> tuple[Skill, ...]:
    seen: dict[str, Skill] = {}
    for skill in skills:
        seen.setdefault(skill.name.casefold(), skill)
    return tuple(seen.values())


def _language(page: Writer, one: Mapping[str, Any]) -> Language:
    name, _ = page.line(text_in(one, "language"), text_in(one, "fluency"))
    return Language("", name or NOTHING, LEVELS.get(text_in(one, "fluency").strip().casefold(), ""))


def _certificate(page: Writer, one: Mapping[str, Any]) -> Certificate:
    name, _, _ = page.line(text_in(one, "name"), text_in(one, "issuer"), text_in(one, "date"))
    return Certificate(name or NOTHING, _month(text_in(one, "date")))
