"""What was read and what was corrected, made into one profile. Pure: plain data in, plain data out.

Works on the JSON form of a profile (hiring/resumes/profile.py). An entry of a list has a key made from what was read of it; a
corrected entry is found again in another reading by that key, or by its likeness to what was seen when it was corrected; if it
is in neither, it stays as it was seen. So no reading, however different, takes a correction away.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hiring.names import fold

Json = dict[str, Any]

FACTS = ("name", "headline", "location", "summary")
"""Single values."""

ENTRIES: dict[str, dict[str, str]] = {
    "positions": {"title": "found", "employer": "found", "location": "found", "start": "month", "end": "month"},
    "education": {"degree": "found", "field": "found", "school": "found", "start": "month", "end": "month"},
    "skills": {"name": "text"},
    "languages": {"name": "found", "level": "text"},
    "certificates": {"name": "found", "date": "month"},
    "emails": {"value": "text"},
    "phones": {"value": "text"},
    "links": {"value": "text"},
}
"""Lists, and the fields of their entries that can be corrected: a value with its place, a month, or plain text."""

TOLD_APART_BY = {
    "positions": ("title", "employer", "start"),
    "education": ("degree", "school", "start"),
    "skills": ("name",),
    "languages": ("name",),
    "certificates": ("name",),
    "emails": ("value",),
    "phones": ("value",),
    "links": ("value",),
}
AS_WRITTEN = {"skills", "emails", "phones", "links"}
"""Lists whose entries differ by signs: C, C# and C++ are three skills."""

LIKE_ENOUGH = 2  # of the three things a position or a study is told apart by
NEW = "new-"  # how keys of entries begin that nobody read: they were added by hand


class Correction(NamedTuple):
    """A standing correction as this module needs it; `pk` is only handed on."""

    path: str
    value: Any
    is_removed: bool
    seen: Json
    pk: int = 0


@dataclass
class Merged:
    """One profile. `corrected` says which correction stands behind a path; `removed` are entries that were taken out by
    hand, with the correction that did it; `was` is what was read at a corrected path, "" where nothing was."""

    profile: Json
    corrected: dict[str, int] = field(default_factory=dict)
    removed: list[tuple[str, str, int]] = field(default_factory=list)
    was: dict[str, str] = field(default_factory=dict)


def merge(read: Mapping[str, Any], corrections: Iterable[Correction]) -> Merged:
    """The profile that was read, with the corrections in it. Every entry of a list carries its `key`."""
    merged = Merged(copy.deepcopy(dict(read)))
    facts: list[Correction] = []
    groups: dict[str, dict[str, list[Correction]]] = {section: {} for section in ENTRIES}
    for correction in corrections:
        section, _, rest = correction.path.partition("/")
        if section in groups and rest:
            groups[section].setdefault(rest.partition("/")[0], []).append(correction)
        elif section in FACTS:
            facts.append(correction)
    for one in facts:
        merged.was[one.path] = shown(merged.profile.get(one.path))
        merged.corrected[one.path] = one.pk
        merged.profile[one.path] = None if one.is_removed else _written(merged.profile.get(one.path), one.value)
    for section in ENTRIES:
        entries = [dict(entry) for entry in merged.profile.get(section) or ()]
        give_keys(section, entries)
        merged.profile[section] = _corrected(merged, section, entries, groups[section])
    return merged


def _corrected(merged: Merged, section: str, entries: list[Json], groups: dict[str, list[Correction]]) -> list[Json]:
    home = _homes(section, entries, groups)
    for key, corrections in groups.items():
        entry = home.get(key)
        if entry is None:
            entry = copy.deepcopy(corrections[0].seen) or blank(section)
            _put_in(section, entries, entry)
        entry["key"] = key
        removing = next((one for one in corrections if one.is_removed and one.path.count("/") == 1), None)
        if removing:
            entries.remove(entry)
            merged.removed.append((section, name_of(section, entry), removing.pk))
            continue
        for one in corrections:
            name = one.path.rpartition("/")[2]
            if name in ENTRIES[section]:
                merged.corrected[one.path] = one.pk
                merged.was[one.path] = "" if key.startswith(NEW) else shown(entry.get(name))
                _write(section, entry, name, None if one.is_removed else one.value)
    return entries


def _homes(section: str, entries: list[Json], groups: dict[str, list[Correction]]) -> dict[str, Json]:
    """The entry each group of corrections is about: first by key, then what is left by likeness, the best pairs first."""
    by_key = {entry["key"]: entry for entry in entries}
    home = {key: by_key[key] for key in groups if key in by_key}
    taken = {entry["key"] for entry in home.values()}
    pairs = [
        (likeness(section, corrections[0].seen, entry), -order, key, entry)
        for key, corrections in groups.items()
        if key not in home and not key.startswith(NEW)
        for order, entry in enumerate(entries)
        if entry["key"] not in taken
    ]
    for score, _, key, entry in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if score >= LIKE_ENOUGH and key not in home and entry["key"] not in taken:
            home[key] = entry
            taken.add(entry["key"])
    return home


def likeness(section: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How many of the things entries are told apart by are said of both and the same. Only lists of three have likenesses."""
    names = TOLD_APART_BY[section]
    mine, theirs = ([compared(section, entry, name) for name in names] for entry in (one, other))
    return sum(bool(a) and a == b for a, b in zip(mine, theirs, strict=True)) if len(names) > 1 else 0


def alike(section: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries say the same in all they are told apart by."""
    return all(compared(section, one, name) == compared(section, other, name) for name in TOLD_APART_BY[section])


def give_keys(section: str, entries: list[Json]) -> None:
    """Key each entry by what it says. Twins are counted, so that they stay two."""
    seen: dict[str, int] = {}
    for entry in entries:
        said = "|".join(compared(section, entry, name) for name in TOLD_APART_BY[section])
        key = hashlib.sha256(said.encode()).hexdigest()[:10]
        seen[key] = seen.get(key, 0) + 1
        entry["key"] = key if seen[key] == 1 else f"{key}-{seen[key]}"


def _put_in(section: str, entries: list[Json], entry: Json) -> None:
    """Where an entry belongs that this reading does not have: by its start among dated ones, else at the end."""
    start = str(entry.get("start") or "")
    place = next(
        (n for n, other in enumerate(entries) if start and str(other.get("start") or "") < start), len(entries)
    )
    entries.insert(place, entry)


def _write(section: str, entry: Json, name: str, value: Any) -> None:
    kind = ENTRIES[section][name]
    if kind == "found":
        entry[name] = None if value is None else _written(entry.get(name), value)
        if value is None and section in ("languages", "certificates"):
            entry[name] = _written(None, "")  # these have no entry without a name
        if section == "languages":
            entry["code"] = ""  # it follows from the name
    elif kind == "month":
        if section == "positions" and name == "end":
            entry["is_current"] = value == "now"
            value = None if value == "now" else value
        entry[name] = value
    else:
        entry[name] = value if value is not None else ""
        if section == "skills":
            entry["is_strong"] = entry.get("is_strong", False)
        if section in ("emails", "phones", "links"):
            entry["confidence"] = 1.0


def _written(read: Mapping[str, Any] | None, value: str) -> Json:
    """A value somebody wrote: certain, and still at the place in the text it was read from, if it was."""
    return {"value": value, "start": read["start"] if read else 0, "end": read["end"] if read else 0, "confidence": 1.0}


def blank(section: str) -> Json:
    """An entry of which nothing is known yet."""
    nowhere = {"value": "", "start": 0, "end": 0, "confidence": 1.0}
    of: dict[str, Json] = {
        "positions": {"title": None, "employer": None, "location": None, "start": None, "end": None, "is_current": False,
                      "text": nowhere, "confidence": 1.0},
        "education": {"degree": None, "school": None, "field": None, "start": None, "end": None, "text": nowhere},
        "skills": {"name": "", "evidence": [], "section": "", "is_strong": False, "months": None},
        "languages": {"code": "", "name": nowhere, "level": ""},
        "certificates": {"name": nowhere, "date": None},
    }  # fmt: skip
    return copy.deepcopy(of.get(section, nowhere))


def compared(section: str, entry: Mapping[str, Any], name: str) -> str:
    """A field of an entry in the form it is compared in."""
    said = shown(entry.get(name))
    return " ".join(said.casefold().split()) if section in AS_WRITTEN else fold(said)


def shown(value: Any) -> str:
    """A value of any of the kinds as the text a person reads; nothing is ""."""
    if isinstance(value, Mapping):
        value = value.get("value")
    return "" if value is None else str(value)


def name_of(section: str, entry: Mapping[str, Any]) -> str:
    """What to call an entry in a sentence."""
    said = [shown(entry.get(name)) for name in TOLD_APART_BY[section][:2]]
    return ", ".join(part for part in said if part) or "an entry"
