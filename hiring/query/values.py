"""The values of terms, read: moments, ages and numbers, with a clear sentence for what is none."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import zoneinfo
from collections.abc import Iterable, Sequence

from hiring.names import fold
from hiring.query.errors import QueryError
from hiring.query.tree import Term

AGE = re.compile(r"([0-9]{1,4})(d|w|m|mo|y|days?|weeks?|months?|years?)", re.IGNORECASE)
DAYS = {"d": 1, "w": 7, "m": 30.44, "y": 365.25}
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
NUMBER = re.compile(r"[0-9]{1,3}")

Span = tuple[dt.datetime | None, dt.datetime | None]
"""From (inclusive) until (exclusive); None is open."""


def wrong(term: Term, sentence: str, offer: str = "") -> QueryError:
    return QueryError(sentence, term.start, term.end, offer)


def span(term: Term, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> Span:
    """The time a term means. An age counts back from now, and older is more: `>90d` is longer ago than 90 days, `<90d` and
    plain `90d` are within the last 90. A date is its whole day, month or year."""
    if term.op == "..":
        low, high = _moments(term, term.text, now, zone), _moments(term, term.to, now, zone)
        if not (_is_age(term.text) or _is_age(term.to)):
            return low[0], high[1]
        newer, older = low[0], high[0]  # 30d..90d is between 30 and 90 days ago
        return (newer, older) if newer and older and older > newer else (older, newer)
    begins, ends = _moments(term, term.text, now, zone)
    if _is_age(term.text):
        return (None, begins) if term.op in (">", ">=") else (begins, None)
    return {
        "": (begins, ends),
        ">": (ends, None),
        ">=": (begins, None),
        "<": (None, begins),
        "<=": (None, ends),
    }[term.op]


def _is_age(text: str) -> bool:
    return AGE.fullmatch(text) is not None


def _moments(term: Term, text: str, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> Span:
    """When what `text` names begins and ends."""
    if not text:
        return None, None
    if age := AGE.fullmatch(text):
        then = now - dt.timedelta(days=int(age[1]) * DAYS[age[2][0].lower()])
        return then, then
    today = now.astimezone(zone).date()
    if text.lower() in ("today", "yesterday"):
        day = today - dt.timedelta(days=text.lower() == "yesterday")
        return _midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone)
    date = DATE.fullmatch(text)
    try:
        if date is None:
            raise ValueError
        year, month, day_of_month = int(date[1]), int(date[2] or 1), int(date[3] or 1)
        first = dt.date(year, month, day_of_month)
        if date[3]:
            last = first + dt.timedelta(days=1)
        elif date[2]:
            last = dt.date(year + month // 12, month % 12 + 1, 1)
        else:
            last = dt.date(year + 1, 1, 1)
        return _midnight(first, zone), _midnight(last, zone)
    except (ValueError, OverflowError):
        said = f"“{text}” is not a time. Write a date (2026-01-31, 2026-01, 2026), an age (90d, 12w, 6m, 1y), today or yesterday."
        raise wrong(term, said) from None


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def numbers(term: Term) -> tuple[int | None, int | None]:
    """The lowest and highest whole number a term allows; `5+` is `>=5`."""
    if term.op == "..":
        return _number(term, term.text), _number(term, term.to)
    text, plus = (term.text[:-1], True) if term.text.endswith("+") else (term.text, False)
    value = _number(term, text)
    if value is None:
        raise wrong(term, f"{term.field}: needs a number, such as {term.field}:>=5.")
    if plus:
        return value, None
    return {
        "": (value, value),
        ">": (value + 1, None),
        ">=": (value, None),
        "<": (None, value - 1),
        "<=": (None, value),
    }[term.op]


def _number(term: Term, text: str) -> int | None:
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise wrong(term, f"“{text}” is not a number of years. Write {term.field}:>=5 or {term.field}:3..8.")
    return int(text)


def one_of(term: Term, choices: Iterable[str]) -> str:
    """The choice a term names, in any case."""
    known = list(choices)
    wanted = term.text.lower()
    plain_value(term)
    if term.is_prefix:
        found = [choice for choice in known if choice.startswith(wanted)]
        if len(found) == 1:
            return found[0]
    elif wanted in known:
        return wanted
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
    hint = f" Did you mean {term.field}:{close[0]}?" if close else f" Possible are {', '.join(known)}."
    raise wrong(term, f"{term.field}: does not know “{term.text}”.{hint}")


def plain_value(term: Term) -> str:
    """The text of a term without comparison."""
    if term.op:
        raise wrong(term, f"{term.field}: cannot be compared. Write {term.field}:value.")
    return term.text


def named(term: Term, rows: Sequence[tuple[int, str]], what: str) -> list[int]:
    """The ids of the rows (id, name) a term names: exactly, else all whose words begin like it. Case and accents do not count."""
    wanted = fold(plain_value(term))
    keys = [(pk, fold(name), name) for pk, name in rows]
    found = [] if term.is_prefix else [pk for pk, key, _ in keys if key == wanted]
    if not found and wanted:
        found = [pk for pk, key, _ in keys if f" {key}".find(f" {wanted}") >= 0]
    if found:
        return found
    close = difflib.get_close_matches(wanted, [key for _, key, _ in keys], n=1, cutoff=0.6)
    hint = f" Did you mean “{next(name for _, key, name in keys if key == close[0])}”?" if close else ""
    raise wrong(term, f"There is no {what} “{term.text}”.{hint}")
