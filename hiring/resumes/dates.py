"""Months and ranges of months, in the ways people write them in nine languages. One linear pass, then pairing."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from hiring.resumes.profile import Month

MONTHS = {
    1: "january jan januar jaenner janner janvier janv enero ene januari janeiro gennaio gen stycznia styczen ocak",
    2: "february feb februar fevrier fevr fev febrero februari fevereiro febbraio lutego luty subat",
    3: "march mar marz maerz mars marzo maart mrt marco marca marzec mart",
    4: "april apr avril avr abril abr aprile kwietnia kwiecien nisan",
    5: "may mai mayo mei maio maggio mag maja maj mayis",
    6: "june jun juni juin junio junho giugno giu czerwca czerwiec haziran",
    7: "july jul juli juillet juil julio julho luglio lug lipca lipiec temmuz",
    8: "august aug aout agosto ago augustus sierpnia sierpien agustos",
    9: "september sep sept septembre septiembre setembro set settembre wrzesnia wrzesien eylul",
    10: "october oct okt oktober octobre octubre outubro out ottobre ott pazdziernika pazdziernik ekim",
    11: "november nov novembre noviembre novembro listopada listopad kasim",
    12: "december dec dez dezember decembre diciembre dic dezembro dicembre grudnia grudzien aralik",
}
NUMBER = {name: number for number, names in MONTHS.items() for name in names.split()}
NAMES = "|".join(sorted(NUMBER, key=len, reverse=True))
YEAR = r"(?:19[4-9]|20[0-4])[0-9]"
DATE = re.compile(
    rf"""(?<![\w@+])(?<![^0-9\s(]-)(?<![^0-9\s(]/)(?<!\S\.)(?:
      (?:[0-3]?[0-9](?:st|nd|rd|th|\.)?[ ]{{1,2}}(?:de[ ])?)?(?P<name>{NAMES})\b\.?(?:,?[ ]{{0,2}}(?:de[ ]|del[ ]|of[ ]|d')?|[-/])
        (?:(?P<y1>{YEAR})|['](?P<y1s>[0-9]{{2}})|(?P<y1b>[0-9]{{2}}))(?![0-9])
    | (?:[0-3]?[0-9][./-])?(?P<m2>0?[1-9]|1[0-2])[ ]?[./-][ ]?(?P<y2>{YEAR})(?![0-9])
    | (?P<y3>{YEAR})[-/.](?P<m3>0[1-9]|1[0-2])(?:[-/.][0-3][0-9])?(?![0-9])
    | (?P<y4>{YEAR})(?![0-9])
    | (?P<m5>0[1-9]|1[0-2])/(?P<y5>[0-9]{{2}})(?![0-9/])
    | ['](?P<y6>[0-9]{{2}})(?![0-9])
    | (?P<bare>{NAMES})\b\.?(?=[ ]{{0,2}}(?:[-–—]|to\b|bis\b)[ ]{{0,2}}(?:{NAMES})\b)
    )""",
    re.VERBOSE,
)
NOW = re.compile(
    r"(?<!\w)(?:present|now|currently|current|today|till date|to date|ongoing|date|heute|aktuell|jetzt|laufend|andauernd"
    r"|gegenwartig|aujourd'hui|present|actuellement|actuel|ce jour|en cours|actualidad|la actualidad|actualmente"
    r"|actual|presente"
    r"|hoy|en curso|heden|nu|atualmente|atual|o momento|hoje|oggi|attuale|in corso|obecnie|teraz|halen|gunumuz|devam ediyor"
    r"|this day|dato|la fecha|fecha|maintenant|nos jours)(?!\w)"
)
BETWEEN = re.compile(
    r"[\s.]{0,3}(?:[-–—~→‐‑−]{1,3}|to|until|till|through|thru|up to|bis|bis zum|bis heute|a|au|al|hasta|ate|tot|t/m"
    r"|tot en met|e"
    r"|fino a|jusqu'a|jusqu'en|do|y|and|und|et|hasta la|a la|ate o|/)?[\s(]{0,3}"
)
DASHED = re.compile(r"[-–—~→‐‑−]|\w|/")
SINCE = re.compile(
    r"(?<!\w)(?:since|seit|depuis|desde|sinds|vanaf|dal|da|dall'|from|ab|od)(?: le| el| o| den| dem)?[\s:]{0,2}$"
)
FROM = re.compile(
    r"(?<!\w)(?:from|von|vom|de|du|des|desde|van|dal|da|od|between|entre|zwischen)(?: le| el| o| den| dem)?[\s:]{0,2}$"
)
SHORT_END = re.compile(r"[ ]?[-–—/][ ]?(?P<y>[0-9]{2})(?![0-9/.-])")
MAX_BETWEEN = 16
GOES_ON = re.compile(
    rf"(?:[0-9]{{4}}|[0-9]{{2}}|[a-z])[ ]?(?:[-–—]|to|bis|until)(?:[ ]?(?:{NAMES})\.?)?$|{YEAR}[ ](?:a|au|al|tot)$"
)


@dataclass(frozen=True)
class Range:
    """A stretch of time and where it stands. `until` is None when it lasts or when only one date stands there."""

    start: int
    end: int
    since: Month | None
    until: Month | None
    is_current: bool
    is_single: bool = False


@dataclass(frozen=True)
class _Date:
    start: int
    end: int
    year: int
    month: int | None
    is_short: bool  # two digits of a year: believed only beside another date
    is_iso: bool = False


def ranges(folded: str, today: dt.date) -> list[Range]:
    """All stretches and single dates of a folded text, in order. A two-digit year alone is no date."""
    marks: list[_Date | re.Match[str]] = [*_dates(folded, today)]
    taken = {place for date in marks if isinstance(date, _Date) for place in (date.start,)}
    marks += [match for match in NOW.finditer(folded) if match.start() not in taken]
    marks.sort(key=_start)
    found: list[Range] = []
    at = 0
    while at < len(marks):
        one = marks[at]
        other = marks[at + 1] if at + 1 < len(marks) else None
        at += 1
        if not isinstance(one, _Date):
            continue
        pair = _paired(folded, one, other) if other is not None else None
        if pair:
            found.append(pair)
            at += 1
        elif single := _alone(folded, one):
            found.append(single)
    return found


def goes_on(line: str) -> bool:
    """Whether a line breaks off in the middle of a range: `March 2016 – March`, the year in the next one."""
    return bool(GOES_ON.search(line[-30:]) and re.search(YEAR, line[-40:]))


def _start(mark: _Date | re.Match[str]) -> int:
    return mark.start if isinstance(mark, _Date) else mark.start()


def _dates(folded: str, today: dt.date) -> list[_Date]:
    found = []
    for match in DATE.finditer(folded):
        group = match.groupdict()
        short = group["y1s"] or group["y1b"] or group["y5"] or group["y6"]
        whole = group["y1"] or group["y2"] or group["y3"] or group["y4"]
        year = int(whole) if whole else _century(int(short), today) if short else 0
        number = group["m2"] or group["m3"] or group["m5"]
        name = group["name"] or group["bare"]
        month = NUMBER[name] if name else int(number) if number else None
        if year > today.year + 8:
            continue
        is_short = not whole and not group["y1s"]
        found.append(_Date(match.start(), match.end(), year, month, is_short, bool(group["y3"])))
    return found


def _century(short: int, today: dt.date) -> int:
    return 2000 + short if short <= (today.year + 6) % 100 else 1900 + short


def _iso(date: _Date) -> Month:
    return f"{date.year:04}-{date.month:02}" if date.month else f"{date.year:04}"


def _paired(folded: str, one: _Date, other: _Date | re.Match[str]) -> Range | None:
    gap = folded[one.end : _start(other)]
    if len(gap) > MAX_BETWEEN or not BETWEEN.fullmatch(gap):
        return None
    start = _with_opening(folded, one.start)
    if not isinstance(other, _Date):
        return Range(start, other.end(), _iso(one), None, True) if one.year else None
    if not DASHED.search(gap):
        return None
    if gap.strip() == "/" and one.month is None and other.month is None and other.year - one.year > 1:
        return None
    if not one.year:  # Jan - Mar 2020
        one = _Date(one.start, one.end, other.year, one.month, False)
    if one.year > other.year or (one.year == other.year and (one.month or 0) > (other.month or 12)):
        return None
    return Range(start, other.end, _iso(one), _iso(other), False)


def _with_opening(folded: str, start: int) -> int:
    """`from` and its like belong to the dates, so that they do not stay behind in a title."""
    opening = FROM.search(folded[max(0, start - 14) : start]) or SINCE.search(folded[max(0, start - 14) : start])
    return start - (len(opening.group()) if opening else 0)


def _alone(folded: str, one: _Date) -> Range | None:
    if one.is_short or not one.year:
        return None
    before = folded[max(0, one.start - 14) : one.start]
    since = SINCE.search(before)
    if since and not re.search(r"(?<!\w)(?:de|van) $", before):
        return Range(one.start - len(since.group()), one.end, _iso(one), None, True)
    end = SHORT_END.match(folded, one.end)
    if end and one.month is None and 0 < int(end["y"]) - one.year % 100 <= 12:
        return Range(one.start, end.end(), _iso(one), f"{one.year - one.year % 100 + int(end['y']):04}", False)
    if (
        one.is_iso
        and one.month
        and one.month > one.year % 100
        and one.month - one.year % 100 <= 12
        and one.year >= 2000
    ):
        years = Range(one.start, one.end, f"{one.year:04}", f"{one.year - one.year % 100 + one.month:04}", False)
        return years if folded[one.end - 3] in "-/" and not _is_iso_document(folded) else _single(one)
    trailing = re.match(r"[ ]?[-–—](?=[ ]{0,2}(?:\n|$|[|,)]))", folded[one.end : one.end + 6])
    if trailing:  # 2021 - : it lasts
        return Range(_with_opening(folded, one.start), one.end + trailing.end(), _iso(one), None, True)
    return _single(one)


def _is_iso_document(folded: str) -> bool:
    return bool(re.search(rf"{YEAR}-(?:0[1-9]|1[0-2]) ?(?:[-–—]|to|bis) ?{YEAR}-", folded))


def _single(one: _Date) -> Range:
    return Range(one.start, one.end, None, _iso(one), False, True)


def months_of(since: Month | None, until: Month | None, today: dt.date) -> tuple[int, int] | None:
    """A half-open interval of month numbers (year * 12 + month - 1). A year alone begins in January and ends in December."""
    if since is None:
        return None
    first = int(since[:4]) * 12 + (int(since[5:7]) - 1 if len(since) > 4 else 0)
    now = today.year * 12 + today.month
    if until is None:
        return (first, now) if first < now else None
    last = int(until[:4]) * 12 + (int(until[5:7]) if len(until) > 4 else 12)
    if len(since) == 4 and len(until) == 4 and since != until:
        last -= 12  # 2015 - 2018 is about three years, not four
    return (first, min(last, now)) if first < min(last, now) else None


def covered(intervals: list[tuple[int, int]]) -> int:
    """Months in the union of half-open intervals: what overlaps counts once."""
    total, reached = 0, -1
    for start, end in sorted(intervals):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
