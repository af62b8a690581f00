"""What a parsed résumé holds. Frozen values that survive JSON unchanged, so that a stored profile is the one that was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

PARSER_VERSION = "5"

T = TypeVar("T")

Month = str
"""As exact as the text is: `2020-01`, or `2020` where only the year stands there."""


@dataclass(frozen=True)
class Found:
    """A value and where it stands: `text[start:end]` of the document's stored text, as written.

    `value` is the same, tidied: an e-mail in lower case, a phone number in E.164, blanks collapsed. `confidence` runs from
    0 to 1: about .9 stands behind a label or a shape that leaves no doubt, about .5 is a fair guess.
    """

    value: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Position:
    """One job a person held. `text` is the whole passage; `end` is None when it lasts (`is_current`) or is not said.

    `when` is where the dates stand; `highlights` are the points the passage is made of, where it is made of points.
    """

    title: Found | None
    employer: Found | None
    location: Found | None
    start: Month | None
    end: Month | None
    is_current: bool
    text: Found
    confidence: float
    when: Found | None = None
    highlights: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Education:
    degree: Found | None
    school: Found | None
    field: Found | None
    start: Month | None
    end: Month | None
    text: Found
    when: Found | None = None


@dataclass(frozen=True)
class Skill:
    """`name` is canonical; `evidence` the places it stands. Strong: named in a job or project, not only in a list.

    `section` is where its best evidence stands (`experience`, `skills`, `summary` ...). `months` is how long the jobs
    whose text names it lasted together, None when no dated job does.
    """

    name: str
    evidence: tuple[Found, ...]
    section: str
    is_strong: bool
    months: int | None


@dataclass(frozen=True)
class Language:
    """`code` is ISO 639-1, `name` as written. `level` is `native`, `C2` to `A1`, `fluent`, `good`, `basic` or empty."""

    code: str
    name: Found
    level: str


@dataclass(frozen=True)
class Certificate:
    name: Found
    date: Month | None


@dataclass(frozen=True)
class Profile:
    """All that was read. `years_stated` is what the person says, `years_computed` the union of the jobs' months / 12.

    `text_language` is ISO 639-1 or empty when it cannot be told. `warnings` are sentences for the recruiter.
    """

    name: Found | None = None
    emails: tuple[Found, ...] = ()
    phones: tuple[Found, ...] = ()
    links: tuple[Found, ...] = ()
    location: Found | None = None
    headline: Found | None = None
    summary: Found | None = None
    positions: tuple[Position, ...] = ()
    education: tuple[Education, ...] = ()
    skills: tuple[Skill, ...] = ()
    languages: tuple[Language, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    years_stated: float | None = None
    years_computed: float | None = None
    text_language: str = ""
    parser_version: str = PARSER_VERSION
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Objects, lists, strings and numbers only; `from_json` gives back an equal profile."""
        return _plain(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Profile:
        """The profile that `as_json` wrote. Keys of later versions are ignored, missing ones empty."""
        return cls(
            **_pick(cls, data, years_stated=_same, years_computed=_same, text_language=str, parser_version=str),
            **_pick(cls, data, name=_found, location=_found, headline=_found, summary=_found),
            **_pick(cls, data, emails=_many(_one), phones=_many(_one), links=_many(_one), warnings=_many(str)),
            **_pick(cls, data, positions=_many(_position), education=_many(_education), skills=_many(_skill)),
            **_pick(cls, data, languages=_many(_language), certificates=_many(_certificate)),
        )


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _pick(cls: type, data: Mapping[str, Any], **makers: Callable[[Any], Any]) -> dict[str, Any]:
    return {key: make(data[key]) for key, make in makers.items() if key in data}


def _same(value: Any) -> Any:
    return value


def _many(make: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda values: tuple(make(value) for value in values)


def _one(data: Mapping[str, Any]) -> Found:
    return Found(data["value"], data["start"], data["end"], data["confidence"])


def _found(data: Mapping[str, Any] | None) -> Found | None:
    return None if data is None else _one(data)


def _position(data: Mapping[str, Any]) -> Position:
    return Position(
        title=_found(data["title"]),
        employer=_found(data["employer"]),
        location=_found(data["location"]),
        start=data["start"],
        end=data["end"],
        is_current=data["is_current"],
        text=_one(data["text"]),
        confidence=data["confidence"],
        when=_found(data.get("when")),
        highlights=_many(_one)(data.get("highlights") or ()),
    )


def _education(data: Mapping[str, Any]) -> Education:
    return Education(
        degree=_found(data["degree"]),
        school=_found(data["school"]),
        field=_found(data["field"]),
        start=data["start"],
        end=data["end"],
        text=_one(data["text"]),
        when=_found(data.get("when")),
    )


def _skill(data: Mapping[str, Any]) -> Skill:
    return Skill(data["name"], _many(_one)(data["evidence"]), data["section"], data["is_strong"], data["months"])


def _language(data: Mapping[str, Any]) -> Language:
    return Language(data["code"], _one(data["name"]), data["level"])


def _certificate(data: Mapping[str, Any]) -> Certificate:
    return Certificate(_one(data["name"]), data["date"])
