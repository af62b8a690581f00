"""A place as people write it, in its parts: city, region, country. What is not plainly one of them stays with the city."""

from __future__ import annotations

import re

from hiring.query import places as known
from hiring.resumes.page import folded, words
from hiring.resumes.places import REGION_OF, REGIONS, STATES

POSTAL_BEFORE = re.compile(r"((?:[A-Z]{1,2}-)?\d{4,6}(?: [A-Z]{2}(?= ))?|\d{2}-\d{3}) (?=\D)")
POSTAL_ALONE = re.compile(r"\d{4,6}|\d{2}-\d{3}")
POSTAL_BEHIND = re.compile(r"(?<=\S) (\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$")
CANADA = words("on qc bc ab mb sk ns nb nl pe")
ELSEWHERE = words("nsw vic qld sp rj mg pr")
"""Letters of states whose country they do not tell."""


def parts_of(where: str) -> dict[str, str]:
    """`Lyon, France` as {"city": "Lyon", "countryCode": "FR"}; the empty place as nothing."""
    parts = [part.strip() for part in where.split(",") if part.strip()]
    found: dict[str, str] = {}
    if len(parts) > 1 and POSTAL_ALONE.fullmatch(parts[0]):
        found["postalCode"] = parts.pop(0)
    elif parts and (match := POSTAL_BEFORE.match(parts[0])):
        found["postalCode"], parts[0] = match[1], parts[0][match.end() :]
    elif parts and (match := POSTAL_BEHIND.search(parts[-1])):
        found["postalCode"], parts[-1] = match[1], parts[-1][: match.start()]
    code = _country(parts[-1], parts[0] if len(parts) > 1 else "") if parts else ""
    if code:
        found["countryCode"] = code
        is_city_too = len(parts) == 1 and (place := known.locate(parts[0])) is not None and place.country == code
        parts = parts if is_city_too else parts[:-1]  # Singapore
    if len(parts) > 1 and ((len(parts) == 2 and code) or _is_region(parts[-1])):
        found["region"] = parts.pop()
        if not code and folded(found["region"]) in STATES - ELSEWHERE:
            found["countryCode"] = "CA" if folded(found["region"]) in CANADA else "US"
    if parts:
        found["city"] = ", ".join(parts)
    return {name: found[name] for name in ("postalCode", "city", "region", "countryCode") if name in found}


def _country(said: str, city: str) -> str:
    """The code of a country named in one of the languages we know. Two letters may be a state's too: then the city decides."""
    low = folded(said).strip(" .")
    code = REGION_OF.get(low, "") or known.country_code(said)
    if len(low) != 2 or not code or low not in STATES:
        return code
    if not said.isupper():
        return ""
    place = known.locate(city) if city else None
    is_there = place is not None and any(one.country == code for one in (place, known.locate(city, code)) if one)
    return code if is_there else ""


def _is_region(said: str) -> bool:
    low = folded(said)
    return low in REGIONS or (low in STATES and said.isupper())
