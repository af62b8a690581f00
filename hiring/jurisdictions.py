"""Whose law applies in a place: from the most particular to the general. `US-NYC`, `US-NY`, `US`; `FR`, `EU`; at last `*`.

Rules of law are data with a jurisdiction each (application form, notices); this says which of them concern a job.
"""

from __future__ import annotations

import re

from hiring.models import Job, Location
from hiring.names import fold

EVERYWHERE = "*"
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
)
STATES = {
    "US": (
        "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,District of Columbia DC,"
        "Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,Kentucky KY,Louisiana LA,Maine ME,"
        "Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,Nebraska NE,Nevada NV,"
        "New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,Oregon OR,"
        "Pennsylvania PA,Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,Vermont VT,Virginia VA,"
        "Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY"
    ),
    "CA": (
        "Alberta AB,British Columbia BC,Manitoba MB,New Brunswick NB,Newfoundland and Labrador NL,Northwest Territories NT,"
        "Nova Scotia NS,Nunavut NU,Ontario ON,Prince Edward Island PE,Quebec QC,Québec QC,Saskatchewan SK,Yukon YT"
    ),
}
NAMES = {EVERYWHERE: "everywhere", "EU": "European Union", "US-NYC": "New York City"}
BOROUGHS = (
    "new york",
    "new york city",
    "nyc",
    "manhattan",
    "brooklyn",
    "queens",
    "bronx",
    "the bronx",
    "staten island",
)
CITIES = {("US", "NY", name): "US-NYC" for name in BOROUGHS}
CODES = {
    country: {fold(line.rpartition(" ")[0]): line.rpartition(" ")[2] for line in names.split(",")}
    for country, names in STATES.items()
}


def of_place(country: str, region: str = "", city: str = "") -> tuple[str, ...]:
    """The jurisdictions of a place, the most particular first; only `*` for a place nobody knows."""
    country = country.strip().upper()
    if not country:
        return (EVERYWHERE,)
    state = state_code(country, region)
    found = [CITIES.get((country, state, fold(city)), ""), f"{country}-{state}" if state else "", country]
    return (*(one for one in found if one), *(("EU",) if country in EU else ()), EVERYWHERE)


def state_code(country: str, region: str) -> str:
    """`ON` for “Ontario”, “ON” or “CA-ON”; empty for what is no state or province we tell apart."""
    codes = CODES.get(country, {})
    said = region.strip().upper().removeprefix(f"{country}-")
    return said if said in codes.values() else codes.get(fold(region), "")


def name_of(code: str) -> str:
    """“Ontario”, “France”, “New York City”; the code itself where nobody knows a name."""
    from hiring.query.places import COUNTRIES

    if code in NAMES:
        return NAMES[code]
    country, _, state = code.partition("-")
    if not state:
        return str(COUNTRIES.get(country, code))
    lines = (line.rpartition(" ") for line in STATES.get(country, "").split(","))
    return next((name for name, _, known in lines if known == state), code)


def is_one(code: str) -> bool:
    """Whether this names a jurisdiction we tell apart."""
    return code in NAMES or bool(re.fullmatch(r"[A-Z]{2}", code)) or name_of(code) != code


def of_location(location: Location) -> tuple[str, ...]:
    return of_place(location.country, location.region, location.city)


def of_job(job: Job) -> list[tuple[str, ...]]:
    """The jurisdictions of each place of a job: its own, those of its posting, and the countries that lets people work from."""
    found = [of_location(job.location)]
    posting = getattr(job, "posting", None)
    if posting is not None:
        found += [of_location(place.location) for place in posting.places.select_related("location")]
        found += [of_place(code) for code in posting.remote_countries.split(",") if code.strip()]
    return list(dict.fromkeys(found))
