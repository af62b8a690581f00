"""The taxonomy as it stands now, held once a process.

The rows are edited in the administration. Triggers count every change of them, whichever door it came through, and a process
looks at that count at most every CHECK_SECONDS: no question a request, and an edit is known everywhere a moment later.
Without a database, and where its tables are empty, the built-in start answers.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hiring.taxonomy.vocabulary import Entry, Vocabulary, key, read

HERE = Path(__file__).parent
CHECK_SECONDS = 10.0

log = logging.getLogger(__name__)


@cache
def start_certificates() -> Vocabulary:
    """Certificates and licences by all their names. Built in; what an administrator adds to a skill of that name counts besides."""
    return Vocabulary.of(entries("certificates"))


@dataclass(frozen=True)
class Taxonomy:
    """Skills, titles and certificates of one version; -1 is the built-in start. `changing` are names of skills, as compared, that search
    copies do not follow yet, each with what it became, if any (hiring/taxonomy_changes.py)."""

    skills: Vocabulary
    titles: Vocabulary
    version: int = -1
    certificates: Vocabulary = field(default_factory=start_certificates)
    changing: tuple[tuple[str, str], ...] = ()


@cache
def start() -> Taxonomy:
    """What every installation starts with, from the files beside this one."""
    return Taxonomy(Vocabulary.of(entries("skills")), Vocabulary.of(entries("titles")))


def entries(name: str) -> list[Entry]:
    """The built-in entries of `skills`, `titles` or `certificates`."""
    return read((HERE / f"{name}.txt").read_text(encoding="utf-8"))


@dataclass
class _Held:
    taxonomy: Taxonomy | None = None
    looked_at: float = 0.0


_held = _Held()


def current() -> Taxonomy:
    """The taxonomy as it stands, at most CHECK_SECONDS old."""
    held, now = _held.taxonomy, time.monotonic()
    if held is None or now - _held.looked_at >= CHECK_SECONDS:
        _held.looked_at = now
        _held.taxonomy = held = _look(held)
    return held


def forget() -> None:
    """Look again at the next question: this process has just changed something."""
    _held.taxonomy = None


def _look(held: Taxonomy | None) -> Taxonomy:
    """The taxonomy of the database, read only when its version is another than that of `held`."""
    from django.conf import settings

    if not settings.configured:
        return held or start()
    from django.db import DatabaseError, InterfaceError

    try:
        return _read(held)
    except (DatabaseError, InterfaceError) as error:
        log.warning("taxonomy not read", extra={"error": type(error).__name__})
        return held or start()


def _read(held: Taxonomy | None) -> Taxonomy:
    from hiring.models import Skill, SkillName, TaxonomyChange, TaxonomyVersion, Title, TitleName

    version = TaxonomyVersion.objects.values_list("version", flat=True).first() or 0
    if held and held.version == version:
        return held
    skills = _vocabulary(Skill, SkillName.objects.values_list("skill", "name", "only_in_lists"))
    titles = _vocabulary(Title, TitleName.objects.values_list("title", "name", "only_in_lists"))
    rows = TaxonomyChange.objects.filter(done_at=None).order_by("pk").values_list("name", "becomes")
    changing = tuple((key(name), key(became)) for name, became in rows)
    return Taxonomy(
        skills if skills.entries else start().skills,
        titles if titles.entries else start().titles,
        version,
        changing=changing,
    )


def _vocabulary(model: Any, names: Any) -> Vocabulary:
    aliases: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for pk, name, marked in names.order_by("pk"):
        aliases[pk].append((name, marked))
    rows = list(model.objects.order_by("pk").values_list("pk", "name", "area", "only_in_lists"))
    by_pk = {pk: name for pk, name, _, _ in rows}
    broader: dict[int, list[str]] = defaultdict(list)
    for link in model.broader.through.objects.order_by("pk").values_list(
        f"from_{model._meta.model_name}", f"to_{model._meta.model_name}"
    ):
        broader[link[0]].append(by_pk.get(link[1], ""))
    return Vocabulary.of(
        Entry(
            name,
            tuple(alias for alias, _ in aliases[pk]),
            tuple(broader[pk]),
            area,
            frozenset([alias for alias, is_marked in aliases[pk] if is_marked] + ([name] if marked else [])),
        )
        for pk, name, area, marked in rows
    )
