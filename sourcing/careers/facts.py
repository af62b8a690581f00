"""What the career site says of all its open jobs together: how many there are, and in which departments, places and languages.

Counting ten thousand jobs is work that no single visitor should wait for, so what was counted is kept for some seconds in the
shared cache, and let go as soon as a posting changes (hiring.events.postings_changed). A list of jobs never comes from here:
what can be read is asked each time, and is right to the second.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.text import slugify

from hiring import events
from hiring.models import Posting, PostingPlace, PostingTranslation
from sourcing.boards import keeping
from sourcing.community import joining

SECONDS = 15
"""How long what was counted is told on. Within it, a job that comes or goes by the clock alone is not in the numbers."""
SHAPE = 1
"""Of what is kept: another number after another shape, so that no process reads what another release wrote."""
KEY = f"careers:facts:{SHAPE}"

logger = logging.getLogger(__name__)
Made = TypeVar("Made")


@dataclass(frozen=True)
class Choice:
    """Something jobs can be looked for by, with how many there are. `value` is as in addresses."""

    value: str
    name: str
    count: int
    url: str = ""


@dataclass(frozen=True)
class Facts:
    count: int
    departments: tuple[Choice, ...]
    locations: tuple[Choice, ...]
    workplaces: tuple[str, ...]
    employment: tuple[str, ...]
    languages: tuple[str, ...]
    feeds: tuple[tuple[str, str, str], ...]
    has_community: bool


def site() -> Facts:
    """As it is now, or was some seconds ago."""
    return kept(KEY, _count)


def kept(key: str, make: Callable[[], Made]) -> Made:
    """What is kept under `key`, or is made and kept. Without a cache it is made each time: slower, and the site stays up."""
    if not SECONDS:
        return make()
    found = _of_cache(cache.get, key)
    if found is None:
        found = make()
        _of_cache(cache.set, key, found, SECONDS)
    return cast(Made, found)


def drop() -> None:
    """Count anew with the next visitor. A cache that does not answer forgets by itself in some seconds."""
    forget(KEY)


def forget(key: str) -> None:
    _of_cache(cache.delete, key)


def _of_cache(act: Callable[..., Any], *given: Any) -> Any:
    try:
        return act(*given)
    except Exception as error:  # whatever the cache's client raises
        logger.warning("career_facts_without_cache", extra={"error": type(error).__name__})
        return None


def _changed(sender: Any, **kwargs: Any) -> None:
    transaction.on_commit(drop)


events.postings_changed.connect(_changed, dispatch_uid="careers.facts")


# --- counting -------------------------------------------------------------------------------------------------------


def address(kind: str, pk: int, name: str) -> str:
    """Of a department's or a place's own page: readable, and right by its number when the name changes."""
    return reverse(f"careers:{kind}", args=[f"{slugify(name)}-{pk}".strip("-")])


def _count() -> Facts:
    public = Posting.objects.public().order_by()
    rows = public.values_list("job__department", "job__department__name", "job__employment_type", "language")
    places = PostingPlace.objects.filter(posting__in=public.values("pk")).order_by()
    spoken = PostingTranslation.objects.filter(posting__in=public.values("pk")).order_by()
    departments, employment, languages = Counter[tuple[int, str]](), set(), set()
    for department, name, way, language, many in rows.annotate(many=Count("pk")):
        departments[department, name] += many
        employment.add(way)
        languages.add(language)
    locations, workplaces = Counter[tuple[int, str]](), set()
    for location, name, workplace, many in places.values_list("location", "location__name", "workplace").annotate(
        many=Count("pk")
    ):
        locations[location, name] += many
        workplaces.add(workplace)
    languages |= set(spoken.values_list("language", flat=True).distinct())
    return Facts(
        count=sum(departments.values()),
        departments=_choices("department", departments),
        locations=_choices("location", locations),
        workplaces=tuple(sorted(workplaces)),
        employment=tuple(sorted(employment)),
        languages=tuple(sorted(languages)),
        feeds=tuple(keeping.announced()),
        has_community=joining.is_open(),
    )


def _choices(kind: str, counted: Counter[tuple[int, str]]) -> tuple[Choice, ...]:
    by_name = sorted(counted.items(), key=lambda row: row[0][1].lower())
    return tuple(Choice(str(pk), name, many, address(kind, pk, name)) for (pk, name), many in by_name)
