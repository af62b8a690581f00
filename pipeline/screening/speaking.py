"""Languages, places and certificates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hiring.names import fold
from hiring.query import places as known
from hiring.resumes.page import folded
from hiring.resumes.place_parts import parts_of
from hiring.resumes.profile import Found
from hiring.taxonomy import key
from pipeline.models import Verdict
from pipeline.screening import wording
from pipeline.screening.criteria import Criterion
from pipeline.screening.facts import Facts, called
from pipeline.screening.results import Evidence, Result
from pipeline.screening.working import MOST_EVIDENCE, phrases

RANK = {
    "A1": 1.0,
    "A2": 2.0,
    "basic": 2.0,
    "B1": 3.0,
    "good": 3.5,
    "B2": 4.0,
    "C1": 5.0,
    "fluent": 5.0,
    "C2": 6.0,
    "native": 6.0,
}
"""How well each of the words for a level speaks; those in between meet only what lies below."""

NEAR_KM, ROUND_KM = 30, 100


def language(one: Criterion, facts: Facts) -> Result:
    """What the person says of the language. The language a résumé is written in says nothing: that would be where they come from."""
    asked, level = str(one.asks["language"]), str(one.asks.get("level") or "")
    said = next((spoken for spoken in facts.profile.languages if spoken.code == asked), None)
    name = wording.language(asked)
    if said is None:
        return Result(one.key, Verdict.NOT_FOUND, "language", f"{name} is not named among the languages.")
    evidence = (facts.quote(said.name, "Languages"),)
    if not level:
        return Result(
            one.key, Verdict.MET, "language", f"Speaks {name}{f': {said.level}' if said.level else ''}.", evidence
        )
    if not said.level:
        return Result(one.key, Verdict.PARTLY, "language_level", f"Speaks {name}; how well is not said.", evidence)
    if RANK.get(said.level, 0.0) >= RANK[level]:
        return Result(one.key, Verdict.MET, "language_level", f"Speaks {name}: {said.level}.", evidence)
    return Result(
        one.key, Verdict.PARTLY, "language_level", f"Speaks {name}: {said.level}; {level} asked for.", evidence
    )


# --- places -----------------------------------------------------------------------------------------------------------


def location(one: Criterion, facts: Facts) -> Result:
    """Town and country alone: a street or a postcode is never looked at."""
    where = facts.profile.location
    said = parts_of(where.value) if where and where.value else {}
    source = "resume" if said else "record"
    if not said and facts.location:
        said = parts_of(facts.location)
    city, country = said.get("city", ""), said.get("countryCode", "")
    if not city and not country:
        return Result(one.key, Verdict.NOT_FOUND, "location", "Where they live is not said.")
    evidence = (_town(facts, where if source == "resume" else None, city, country),)
    wanted_city, wanted_country = str(one.asks.get("city") or ""), str(one.asks.get("country") or "")
    here, there = (
        known.locate(wanted_city, wanted_country) if wanted_city else None,
        known.locate(city, country) if city else None,
    )
    country = country or (there.country if there else "")
    if not wanted_city:
        if not country:
            return Result(one.key, Verdict.UNKNOWN, "location", "The country is not said.", evidence)
        verdict = Verdict.MET if country == wanted_country else Verdict.NOT_FOUND
        return Result(one.key, verdict, "location_country", _lives(city, country), evidence)
    if here and there:
        distance = known.distance(here, there)
        near = Verdict.MET if distance <= NEAR_KM else Verdict.PARTLY if distance <= ROUND_KM else Verdict.NOT_FOUND
        away = "" if distance <= NEAR_KM else f", {distance:.0f} km away"
        return Result(one.key, near, "location_distance", f"{_lives(city, country).rstrip('.')}{away}.", evidence)
    if city and fold(city) == fold(wanted_city) and country in ("", wanted_country):
        return Result(one.key, Verdict.MET, "location_city", _lives(city, country), evidence)
    if country and wanted_country and country != wanted_country:
        return Result(one.key, Verdict.NOT_FOUND, "location_country", _lives(city, country), evidence)
    return Result(
        one.key,
        Verdict.UNKNOWN,
        "location_unknown",
        f"{_lives(city, country).rstrip('.')}: how far is not known.",
        evidence,
    )


def _lives(city: str, country: str) -> str:
    return f"Lives in {wording.place({'city': city, 'country': country})}."


def _town(facts: Facts, where: Found | None, city: str, country: str) -> Evidence:
    """The town as evidence, without the street it stands beside."""
    name = wording.place({"city": city, "country": country})
    if where is None or where.end <= where.start:
        return Evidence("record", name, "The record")
    low, town = folded(facts.text[where.start : where.end]), folded(city or name)
    at = low.find(town)
    start = where.start + at if at >= 0 and len(low) == where.end - where.start else where.start
    end = start + len(town) if at >= 0 else where.end
    return Evidence(
        "resume", name, "Location", start, end, " ".join(facts.text[start:end].split())[:100] if at >= 0 else ""
    )


# --- certificates -------------------------------------------------------------------------------------------------------

NOT_YET = re.compile(
    r"in progress|preparing|prepare for|expected|planned|pending|working towards?|studying (?:for|towards)|candidate|enrolled"
    r"|in vorbereitung|en cours|angestrebt"
)
HELD = re.compile(r"certif|licen[cs]|diplom|accredit|holder|chartered|zertifi|qualifi|since|passed|badge")


def certificate(one: Criterion, facts: Facts) -> Result:
    """Under the certificates, or where the text says that it is held; one that is only named, or on the way, is partly."""
    asked = str(one.asks["name"])
    names = _names(asked, facts)
    listed = [held for held in facts.profile.certificates if _says(held.name.value, names)]
    sure = [
        held.name for held in listed if held.name.end <= held.name.start or facts.counts(held.name.start, held.name.end)
    ]
    places = phrases(facts, names)
    sure = [place for place in sure if not _is_ahead(facts, place)]
    if sure:
        evidence = tuple(facts.quote(place, "Certificates") for place in sure[:MOST_EVIDENCE])
        return Result(one.key, Verdict.MET, "certificate", "Among the certificates.", evidence)
    if not places:
        return Result(one.key, Verdict.NOT_FOUND, "certificate", f"{asked} is not named in the résumé.")
    evidence = tuple(facts.quote(place, _where(facts, place)) for place in places[:MOST_EVIDENCE])
    held_now = [place for place in places if not _is_ahead(facts, place)]
    if not held_now:
        return Result(one.key, Verdict.PARTLY, "certificate_ahead", "On the way, as the résumé says.", evidence)
    if any(HELD.search(_near(facts, place)) for place in held_now):
        return Result(one.key, Verdict.MET, "certificate_held", "The résumé says that it is held.", evidence)
    return Result(one.key, Verdict.PARTLY, "certificate_named", "Named, but not among the certificates.", evidence)


def _names(asked: str, facts: Facts) -> list[str]:
    """Every name of what is asked and of what stands above it. A class (“driving licence B”) is asked for by its licence: résumés
    write it in many ways."""
    low = " ".join(folded(asked).split())
    bare = re.sub(r"[ ,(]+(?:class|category|klasse|categorie)?[ ]?[a-e][0-9]?\)?$", "", low) if "licen" in low else low
    known = facts.taxonomy.certificates
    same = sorted(known.expand(bare) | facts.taxonomy.skills.names(bare), key=lambda name: (-len(name), name))
    return list(dict.fromkeys([low, bare, *same]))


def _says(value: str, names: Iterable[str]) -> bool:
    low = f" {key(value)} "
    return any(re.search(rf"(?<!\w){re.escape(key(name))}(?!\w)", low) for name in names)


def _near(facts: Facts, place: Found) -> str:
    """The line a place stands in, at most so far around it."""
    text = facts.text
    opens, closes = text.rfind("\n", 0, place.start) + 1, text.find("\n", place.end)
    closes = len(text) if closes < 0 else closes
    return folded(text[max(opens, place.start - 60) : min(closes, place.end + 60)])


def _is_ahead(facts: Facts, place: Found) -> bool:
    return place.end > place.start and bool(NOT_YET.search(_near(facts, place)))


def _where(facts: Facts, place: Found) -> str:
    job = facts.job_at(place.start)
    return called(job) if job else "Résumé"
