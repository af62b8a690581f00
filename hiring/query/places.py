"""Where places are: a built-in list of larger cities, and what a location says in words and country names."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from hiring.names import fold

EARTH_KM = 6_371.0
LIST = Path(__file__).with_name("places.txt")
COUNTRIES = dict(
    line.split("=") for line in Path(__file__).with_name("countries.txt").read_text(encoding="utf-8").splitlines()
)
"""Code to English name."""


@dataclass(frozen=True)
class City:
    """`number` stays the city's own from version to version: the list only ever grows at its end."""

    number: int
    names: tuple[str, ...]
    country: str
    latitude: float
    longitude: float
    size: int

    @property
    def name(self) -> str:
        return self.names[0]


@cache
def cities() -> tuple[City, ...]:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return tuple(_city(number, line) for number, line in enumerate(lines, 1))


def _city(number: int, line: str) -> City:
    names, country, latitude, longitude, size = line.split(";")
    return City(number, tuple(names.split(",")), country, float(latitude), float(longitude), int(size))


@cache
def _by_key() -> dict[str, tuple[City, ...]]:
    found: dict[str, tuple[City, ...]] = {}
    for city in cities():
        for name in city.names:
            key = fold(name)
            if city not in found.get(key, ()):
                found[key] = (*found.get(key, ()), city)
    return found


def locate(location: str, country: str = "") -> City | None:
    """The city a location names: "Lyon", "Berlin, Germany", "Paris 8e". The country decides between two of one name, then
    the larger one."""
    first = fold(location.split(",")[0].split("/")[0].split("(")[0])
    for key in (first, *_shorter(first)):
        if found := _by_key().get(key):
            known = [city for city in found if city.country == country] or found
            return max(known, key=lambda city: city.size)
    return None


def _shorter(key: str) -> list[str]:
    words = key.split()
    return [" ".join(words[:length]) for length in range(len(words) - 1, 0, -1)][:3]


def near(city: City, kilometres: float) -> list[int]:
    """The numbers of the cities at most so far away, the city itself included."""
    return [other.number for other in cities() if distance(city, other) <= kilometres]


def distance(one: City, other: City) -> float:
    """Kilometres along the great circle."""
    here, there = radians(one.latitude), radians(other.latitude)
    half = sin((there - here) / 2) ** 2
    half += cos(here) * cos(there) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def like(name: str) -> str:
    """The city somebody may have meant, or nothing."""
    close = difflib.get_close_matches(fold(name), _by_key(), n=1, cutoff=0.7)
    return _by_key()[close[0]][0].name if close else ""


def beginning(text: str, most: int = 12) -> list[City]:
    """Cities whose name begins so, the largest first."""
    key = fold(text)
    found = {city for name, known in _by_key().items() if name.startswith(key) for city in known}
    return sorted(found, key=lambda city: -city.size)[:most]


@cache
def country_code(name: str) -> str:
    """The code a country's English name stands for, or nothing."""
    key = fold(name)
    return next((code for code, called in COUNTRIES.items() if key in (fold(called), code.lower())), "")
