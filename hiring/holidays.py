"""The holidays as they stand now, held once a process: what counts working days asks for very many days.

They are edited in the administration. A process reads them again after CHECK_SECONDS at the latest, and sweeps that act on
what is due read them first; so no page asks for them, and what waits goes by a calendar that is seconds old.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field

from hiring import events
from hiring.models import Holiday

CHECK_SECONDS = 30.0
EVERYWHERE = ""


@dataclass
class _Held:
    """`days` and `yearly` are kept by country: days off, and (month, day) off each year."""

    days: dict[str, set[dt.date]] = field(default_factory=dict)
    yearly: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    read_at: float | None = None


_held = _Held()


def is_holiday(day: dt.date, country: str = EVERYWHERE) -> bool:
    """Whether nobody works on this day in this country (ISO alpha-2; empty where it is not known)."""
    held = _current()
    anniversary = (day.month, day.day)
    return any(
        day in held.days.get(where, ()) or anniversary in held.yearly.get(where, ()) for where in {EVERYWHERE, country}
    )


def is_somewhere(day: dt.date) -> bool:
    """Whether it is a holiday in any country."""
    held = _current()
    return any(day in days for days in held.days.values()) or any(
        (day.month, day.day) in days for days in held.yearly.values()
    )


def forget() -> None:
    """Read them again at the next question."""
    _held.read_at = None


def changed() -> None:
    """Somebody changed the calendar: what waits for a working day is reckoned anew."""
    forget()
    events.holidays_changed.send(Holiday)


def _current() -> _Held:
    now = time.monotonic()
    if _held.read_at is None or now - _held.read_at >= CHECK_SECONDS:
        days: dict[str, set[dt.date]] = {}
        yearly: dict[str, set[tuple[int, int]]] = {}
        for day, every_year, country in Holiday.objects.values_list("day", "every_year", "country"):
            if every_year:
                yearly.setdefault(country, set()).add((day.month, day.day))
            else:
                days.setdefault(country, set()).add(day)
        _held.days, _held.yearly, _held.read_at = days, yearly, now
    return _held
