"""A criterion in words, and what may not be one: nobody is judged by who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hiring import protected
from pipeline.models import CriterionKind as Kind

if TYPE_CHECKING:
    from pipeline.screening.criteria import Criterion

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
"""What can be asked of a language. “Native” is no level but where somebody was born."""

LONGEST = {"skill": 80, "title": 120, "name": 120, "text": 300, "city": 80}
MOST_YEARS = 40


def says(one: Criterion) -> str:
    """“Python, at least 3 years”."""
    asks = one.asks
    if one.kind == Kind.SKILL:
        return f"{asks['skill']}{_years(asks)}"
    if one.kind == Kind.EXPERIENCE:
        return f"{_count(asks['years'])} of experience"
    if one.kind == Kind.TITLE:
        return f"Worked as {asks['title']}{_years(asks)}"
    if one.kind == Kind.LANGUAGE:
        level = f", {asks['level']} or better" if asks.get("level") else ""
        return language(asks["language"]) + level
    if one.kind == Kind.LOCATION:
        return f"Lives in or near {place(asks)}" if asks.get("city") else f"Lives in {place(asks)}"
    if one.kind == Kind.CERTIFICATE:
        return str(asks["name"])
    if one.kind == Kind.ANSWER:
        return f"{asks['label']} {wanted(asks)}"
    return str(asks["text"])


def _years(asks: Any) -> str:
    return f", at least {_count(asks['years'])}" if asks.get("years") else ""


def _count(years: float) -> str:
    return f"{years:g} year{'' if years == 1 else 's'}"


def wanted(asks: Any) -> str:
    """The answers that meet a question, in words."""
    if asks.get("least") is not None:
        return f"at least {asks['least']:g}"
    return " or ".join({"yes": "Yes", "no": "No"}.get(str(one), str(one)) for one in asks.get("accept") or ())


def language(code: str) -> str:
    from hiring.resumes.spoken import NAMES

    return NAMES[code].split()[0].title() if code in NAMES else code


def place(asks: Any) -> str:
    from hiring.query.places import COUNTRIES

    country = COUNTRIES.get(asks.get("country") or "", asks.get("country") or "")
    return ", ".join(part for part in (asks.get("city"), country) if part)


def not_asked(one: Criterion) -> str:
    """Why this cannot be a criterion, as a sentence; empty when it can (AI-4)."""
    said = [str(one.asks.get(name, "")) for name in ("skill", "title", "name", "text", "label")]
    for text in said:
        if found := protected.found_in(text):
            instead = (
                "ask for a level instead, as “German, C2”"
                if protected.NATIVE.fullmatch(found)
                else "name what has to be done instead"
            )
            return f"“{found}” speaks of who somebody is, not of what the work needs. Nobody may be judged by it; {instead}."
    return ""
