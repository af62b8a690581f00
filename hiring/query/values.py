"""The values of terms, read: moments, ages and numbers, with a clear sentence for what is none."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import zoneinfo
from collections.abc import Iterable, Sequence

from hiring.names import fold
from hiring.query import moments
from hiring.query.errors import QueryError
from hiring.query.grammar import format
from hiring.query.tree import Term

LENGTH = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?) ?(?:y|yrs?|years?|(m|mo|months?))?", re.IGNORECASE)

Span = tuple[dt.datetime | None, dt.datetime | None]
"""From (inclusive) until (exclusive); None is open."""


def wrong(term: Term, sentence: str, instead: str = "") -> QueryError:
    """`instead` is what may stand in place of the term."""
    return QueryError(sentence, term.start, term.end, instead=instead)


def span(term: Term, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> Span:
    """The time a term means. An age counts back from now, and older is more: `>90d` is longer ago than 90 days, `<90d` and
    plain `90d` are within the last 90. A date is its whole day, week, month, quarter or year. Of a range either end may come
    first, and either may be left out."""
    if term.op == "..":
        return _between(term, now, zone)
    if moments.is_age(term.text):
        then, _ = _moments(term, term.text, now, zone)
        return (None, then) if term.op in (">", ">=") else (then, None)
    begins, ends = _moments(term, term.text, now, zone)
    return {
        "": (begins, ends),
        ">": (ends, None),
        ">=": (begins, None),
        "<": (None, begins),
        "<=": (None, ends),
    }[term.op]


def _between(term: Term, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> Span:
    low = _moments(term, term.text, now, zone) if term.text else None
    high = _moments(term, term.to, now, zone) if term.to else None
    if low and high:
        return min(low[0], high[0]), max(low[1], high[1])  # 30d..90d and 2026-03..2026-01 as well
    if low:  # an age counts back, so 30d.. is 30 days ago and longer
        return (None, low[0]) if moments.is_age(term.text) else (low[0], None)
    if high:
        return (high[0], None) if moments.is_age(term.to) else (None, high[1])
    raise wrong(term, f"{term.field}: needs an end of the range, such as {term.field}:2026-01..2026-03.")


def _moments(term: Term, text: str, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """When what `text` names begins and ends; an age is one moment."""
    try:
        if moments.is_age(text):
            then = moments.ago(text, now)
            return then, then
        return moments.begins_and_ends(text, now, zone)
    except moments.Unclear as unclear:
        raise wrong(term, f"“{text}” {unclear}. Write it as year-month-day.") from None
    except ValueError:
        raise wrong(term, f"“{text}” is not a time. {moments.WRITE}") from None


def months(term: Term) -> tuple[int | None, int | None]:
    """The least and most months of a number of years, both included. A whole number is that whole year, so `5` is five but not
    yet six and `>5` six and more; a part of one is its very month, and alone means about: `2.5` is within three months of two
    and a half. `5+` is `>=5`, `18mo` are months, and of a range either end may come first."""
    if term.op == "..":
        ends = [_length(term, text) for text in (term.text, term.to) if text]
        if not ends:
            raise wrong(term, f"{term.field}: needs an end of the range, such as {term.field}:3..8.")
        if len(ends) == 2:
            return min(low for low, _ in ends), max(high for _, high in ends)
        return (ends[0][0], None) if term.text else (None, ends[0][1])
    text, plus = (term.text[:-1], True) if term.text.endswith("+") else (term.text, False)
    low, high = _length(term, text)
    if plus or term.op == ">=":
        return low, None
    if term.op == "" and low == high:
        return max(low - ABOUT, 0), high + ABOUT
    return {"": (low, high), ">": (high + 1, None), "<": (None, low - 1), "<=": (None, high)}[term.op]


ABOUT = 3  # months


def _length(term: Term, text: str) -> tuple[int, int]:
    """A number of years as its first and last month; whole years last twelve."""
    length = LENGTH.fullmatch(text)
    if length is None:
        said = f"“{text}” is not a number of years. Write {term.field}:>=5, {term.field}:2.5 or {term.field}:3..8."
        raise wrong(term, said)
    value = float(length[1].replace(",", "."))
    if length[2]:
        return round(value), round(value)
    if value == int(value):
        return int(value) * 12, int(value) * 12 + 11
    return round(value * 12), round(value * 12)


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
    raise wrong(term, f"{term.field}: does not know “{term.text}”.{hint}", instead(term, close))


def instead(term: Term, values: Sequence[str]) -> str:
    """The term with the first of these values, as it is written; nothing when there are none."""
    return format(Term(term.field, values[0], within=term.within)) if values else ""


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
    meant = next((name for _, key, name in keys if close and key == close[0]), "")
    hint = f" Did you mean “{meant}”?" if meant else ""
    raise wrong(term, f"There is no {what} “{term.text}”.{hint}", instead(term, [meant] if meant else []))
