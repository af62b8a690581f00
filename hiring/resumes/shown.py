"""A parsed profile as its page shows it: what was read, from where, how sure we are in words, who corrected it, and what the
record says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from hiring import contact_points
from hiring.documents.preview import Passage, slug
from hiring.errors import Refused
from hiring.models import ContactPoint, ProfileCorrection
from hiring.names import fold
from hiring.resumes import merged
from hiring.resumes.record import Current

NOT_CERTAIN, A_GUESS = 0.7, 0.5
MOST_EVIDENCE = 5  # places of a skill that light up
LABELS = {"name": "Name", "headline": "Headline", "location": "Location", "summary": "Summary"}
SECTIONS = {
    "positions": ("Experience", "position"),
    "skills": ("Skills", "skill"),
    "education": ("Education", "study"),
    "languages": ("Languages", "language"),
    "certificates": ("Certificates", "certificate"),
    "emails": ("E-mail", "address"),
    "phones": ("Phone", "number"),
    "links": ("Links", "link"),
}
FIELD_LABELS = {
    "title": "Title", "employer": "Employer", "location": "Place", "start": "From", "end": "Until", "degree": "Degree",
    "field": "Field", "school": "School", "name": "Name", "level": "Level", "date": "Date", "value": "Value",
}  # fmt: skip
USED_AS = {"emails": ContactPoint.Kind.EMAIL, "phones": ContactPoint.Kind.PHONE, "links": ContactPoint.Kind.LINK}


@dataclass
class Field:
    """One value. `place` is the id of its first patch on a page, "" when it was not read from the text."""

    path: str
    text: str
    place: str = ""
    doubt: str = ""
    correction: ProfileCorrection | None = None
    was: str = ""
    use: str = ""
    """What can be taken over into the record with one click: a fact, or a kind of contact point; else ""."""


@dataclass
class Fact:
    key: str
    label: str
    field: Field
    on_record: str = ""


@dataclass
class Entry:
    section: str
    key: str
    main: list[Field]
    span: str = ""
    when: str = ""
    """The id of the first patch of where the span stands on a page, "" when it was not read from the text."""
    more: list[Field] = field(default_factory=list)
    is_strong: bool = True
    corrections: list[ProfileCorrection] = field(default_factory=list)
    """Those of fields that are not shown by themselves: months, a level."""
    added: ProfileCorrection | None = None
    """Somebody wrote the whole entry by hand."""

    @property
    def path(self) -> str:
        return f"{self.section}/{self.key}"

    @property
    def ident(self) -> str:
        return slug(self.path)


@dataclass
class Section:
    key: str
    label: str
    noun: str
    entries: list[Entry]


@dataclass
class Removed:
    label: str
    correction: ProfileCorrection


@dataclass
class Shown:
    """`is_empty`: nothing was read and nothing written by hand."""

    facts: list[Fact]
    sections: list[Section]
    removed: list[Removed]
    years: str
    warnings: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return not any(fact.field.text for fact in self.facts) and not any(one.entries for one in self.sections)


def of(current: Current, points: Sequence[ContactPoint]) -> Shown:
    """Everything the page says of this profile. Asks no query."""
    profile = current.merged.profile
    facts = [_fact(current, key) for key in merged.FACTS]
    sections = [
        Section(key, label, noun, [_entry(current, key, entry, points) for entry in profile[key]])
        for key, (label, noun) in SECTIONS.items()
    ]
    removed = [Removed(name, current.rows[pk]) for _, name, pk in current.merged.removed if pk in current.rows]
    return Shown(facts, sections, removed, _years(profile), profile.get("warnings") or ())


def _field(current: Current, path: str, value: Any, text: str | None = None) -> Field:
    said = merged.shown(value) if text is None else text
    found = Field(path, said)
    if _stands(value):
        found.place = f"place-{slug(path)}"
    if path in current.merged.corrected:
        found.correction = current.rows.get(current.merged.corrected[path])
        found.was = current.merged.was.get(path, "")
    elif isinstance(value, dict) and said:
        found.doubt = doubt(float(value.get("confidence", 1.0)))
    return found


def doubt(confidence: float) -> str:
    """How sure the parser was, in words; nothing where it was."""
    return "a guess" if confidence < A_GUESS else "not certain" if confidence < NOT_CERTAIN else ""


def _fact(current: Current, key: str) -> Fact:
    said = _field(current, key, current.merged.profile.get(key))
    if key == "headline" and not said.text:
        said.text = headline_of(current.merged.profile)
    on_record = str(getattr(current.candidate, key, "") or "")
    if key != "summary" and _words(said.text) - _words(on_record):
        said.use = key
    return Fact(key, LABELS[key], said, on_record if said.use else "")


def _words(text: str) -> set[str]:
    """The words by which two values differ: “Analyst at Quill” and “Analyst · Quill” do not."""
    return set(fold(text).split()) - {"at"}


def headline_of(profile: dict[str, Any]) -> str:
    """A line made of the newest position, where the résumé has none of its own."""
    for entry in profile["positions"]:
        title, employer = merged.shown(entry.get("title")), merged.shown(entry.get("employer"))
        if title:
            return f"{title} at {employer}" if employer and entry.get("is_current") else title
    return ""


def _entry(current: Current, section: str, entry: dict[str, Any], points: Sequence[ContactPoint]) -> Entry:
    path = f"{section}/{entry['key']}"
    if section == "skills":
        value = {**(entry["evidence"][0] if entry.get("evidence") else {}), "value": entry["name"]}
        main = [_field(current, f"{path}/name", value, entry["name"])]
        main[0].place = f"place-{slug(path)}" if entry.get("evidence") else ""
        main[0].doubt = ""
    elif section in USED_AS:
        main = [_field(current, f"{path}/value", entry, readable(section, merged.shown(entry)))]
        main[0].use = USED_AS[section] if not _is_known(section, merged.shown(entry), points) else ""
    else:
        names = [name for name in merged.ENTRIES[section] if name not in ("start", "end", "date", "level")]
        main = [_field(current, f"{path}/{name}", entry.get(name)) for name in names if merged.shown(entry.get(name))]
    found = Entry(section, entry["key"], main[:1], span_of(section, entry), "", main[1:], entry.get("is_strong", True))
    if _stands(entry.get("when")):
        found.when = f"place-{slug(path)}-when"
    made = [
        current.rows[pk]
        for at, pk in current.merged.corrected.items()
        if at.startswith(f"{path}/") and pk in current.rows
    ]
    if entry["key"].startswith(merged.NEW):
        found.added = made[0] if made else None
        for one in main:
            one.correction = None
    else:
        said = [one.correction for one in main]
        found.corrections = [one for one in made if one not in said]
    return found


def readable(section: str, value: str) -> str:
    """A phone number in groups; anything else as it is."""
    if section != "phones":
        return value
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _is_known(section: str, value: str, points: Sequence[ContactPoint]) -> bool:
    normalise = {
        "emails": contact_points.normalise_email,
        "phones": contact_points.normalise_phone,
        "links": contact_points.normalise_link,
    }[section]
    try:
        value = normalise(value)
    except Refused:
        return True  # it cannot be taken over
    return any(point.kind == USED_AS[section] and point.value == value for point in points)


def span_of(section: str, entry: dict[str, Any]) -> str:
    """When, or how well: “Mar 2021 – now”, “C1”."""
    if section == "languages":
        return str(entry.get("level") or "")
    if section == "certificates":
        return month(entry.get("date"))
    if section not in ("positions", "education"):
        return ""
    start, end = month(entry.get("start")), "now" if entry.get("is_current") else month(entry.get("end"))
    return " – ".join(part for part in (start, end) if part)


def month(value: str | None) -> str:
    """`2021-03` as Mar 2021; a year stays one."""
    if not value or len(value) < 7:
        return value or ""
    return f"{dt.date(int(value[:4]), int(value[5:7]), 1):%b %Y}"


def _years(profile: dict[str, Any]) -> str:
    """How long the person has worked: what the dates add up to, and what they say where that is something else."""
    computed, stated = profile.get("years_computed"), profile.get("years_stated")
    if computed is None and stated is None:
        return ""
    if computed is None:
        return f"{stated:g} years, as they say"
    text = f"{computed:.0f} years" if computed >= 1.5 else "1 year" if computed >= 0.9 else "less than a year"
    return f"{text}; they say {stated:g}" if stated is not None and abs(stated - computed) > 1.5 else text


def passages(current: Current) -> list[Passage]:
    """What of the document's text lights up, by the path of what was read from it."""
    return list(_passages(current.merged.profile))


def _passages(profile: dict[str, Any]) -> Iterator[Passage]:
    for key in merged.FACTS:
        yield from _passage(key, profile.get(key))
    for section in merged.ENTRIES:
        for entry in profile[section]:
            path = f"{section}/{entry['key']}"
            if section == "skills":
                for evidence in entry.get("evidence", ())[:MOST_EVIDENCE]:
                    yield from _passage(path, evidence)
            elif section in USED_AS:
                yield from _passage(f"{path}/value", entry)
            else:
                for name, kind in merged.ENTRIES[section].items():
                    if kind == "found":
                        yield from _passage(f"{path}/{name}", entry.get(name))
                yield from _passage(f"{path}/when", entry.get("when"))


def _stands(value: Any) -> bool:
    """Whether it was read from the text, where it has a place."""
    return isinstance(value, dict) and value.get("end", 0) > value.get("start", 0)


def _passage(key: str, value: Any) -> Iterator[Passage]:
    if _stands(value):
        yield Passage(key, value["start"], value["end"])
