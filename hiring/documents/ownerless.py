"""Files in storage that no row knows: a transaction that failed after its file was saved, a deletion the storage refused.

Nobody could find or delete them, and erasing a person would not reach them (PRIV-9). A look each hour takes a few of the 256
folders, so that all of them are gone through within six days however many files there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, Model
from django.utils import timezone

FOLDERS = ("documents", "drafts", "pages", "attachments", "imports", "exports", "agencies")
"""Where rows keep files, by the first part of their key. Other folders are not touched."""
LOOKS = 128
AGE = dt.timedelta(days=1)
"""A younger file may belong to a transaction that still runs."""
AT_ONCE = 500


def sweep(now: dt.datetime | None = None) -> int:
    """Delete what nobody owns in the folders whose hour it is. Files deleted."""
    now = now or timezone.now()
    hour = int(now.timestamp() // 3600) % LOOKS
    shelves = [f"{number:02x}" for number in range(hour, 256, LOOKS)]
    places = [f"{folder}/{shelf}" for folder in FOLDERS for shelf in shelves]
    return sum(_look(place, now) for place in [*places, *FOLDERS])


def _look(place: str, now: dt.datetime) -> int:
    try:
        _, names = default_storage.listdir(place)
    except FileNotFoundError:
        return 0
    gone = 0
    for start in range(0, len(names), AT_ONCE):
        keys = {f"{place}/{name}" for name in names[start : start + AT_ONCE]}
        for key in keys - _owned(keys):
            if default_storage.get_modified_time(key) < now - AGE:
                default_storage.delete(key)
                gone += 1
    return gone


def _owned(keys: set[str]) -> set[str]:
    known: set[str] = set()
    for model, field in _file_fields():
        known.update(model._default_manager.filter(**{f"{field}__in": keys}).values_list(field, flat=True))
    return known


def _file_fields() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        yield from ((model, field.name) for field in model._meta.get_fields() if isinstance(field, FileField))
