"""Whom somebody picked on a board: one by one, whole columns, or both; and as one field of a form, however many they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.http import QueryDict

from hiring.models import Job, User
from pipeline import board
from pipeline.filters import Filters

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST = 2**63


def picked(
    posted: QueryDict, job: Job, user: User, filters: Filters, *, at_most: int, seen_at: dt.datetime | None = None
) -> list[int]:
    """The applications that were ticked (`pick`, `picks` with commas, or `picked` as `pack` writes it), and those of whole columns
    (`all`) under the filters, without the ones that were unticked there (`except`). Who came to a column after `seen_at` was not meant.

    At most one more than `at_most` of a column. The ids are as they were sent: whoever uses them asks whose they are.
    """
    ticked = [*posted.getlist("pick"), *posted.get("picks", "").split(",")]
    chosen = [*numbers(ticked), *unpack(posted.get("picked", ""))]
    left_out = set(numbers(posted.getlist("except")))
    for stage in job.stages.filter(pk__in=numbers(posted.getlist("all"))):
        everybody = board.ids_in(stage, user, filters, at_most + 1 + len(left_out), seen_at=seen_at)
        chosen += [pk for pk in everybody if pk not in left_out]
    return list(dict.fromkeys(chosen))


def numbers(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]


def pack(ids: Iterable[int]) -> str:
    """Ids in one short field: what each is more than the one before, in base 36, so that 25,000 people are some 50 kB."""
    before, parts = 0, []
    for pk in sorted(set(ids)):
        parts.append(_written(pk - before))
        before = pk
    return ".".join(parts)


def unpack(text: str) -> list[int]:
    """The ids `pack` wrote, in ascending order; nothing where it is not understood."""
    try:
        return list(_read(text.split("."))) if text else []
    except ValueError:
        return []


def _read(parts: Iterable[str]) -> Iterator[int]:
    pk = 0
    for part in parts:
        if not part.isascii() or not part.isalnum() or len(part) > 13:
            raise ValueError
        pk += int(part, 36)
        if pk >= LARGEST:
            raise ValueError
        yield pk


def _written(number: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, 36)
        digits = DIGITS[last] + digits
    return digits or "0"
