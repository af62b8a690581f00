"""What a résumé says of its person, read while they look at the form, so that nothing has to be typed that stands in it.

It is read in the background by the worker of documents, in the same sandbox, after the virus scanner. It helps and decides
nothing: whatever fails, takes long or finds nobody leaves the form as it is.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from hiring.documents import antivirus, queue, reader
from hiring.models import DraftFile
from hiring.resumes import whose

logger = logging.getLogger(__name__)

Reading = DraftFile.Reading
FIELDS = {"name": "name", "email": "emails", "phone": "phones", "location": "location", "link": "links"}
"""Fields of a form to what a reading calls them (hiring/resumes/whose.py)."""
LATE_AFTER = dt.timedelta(minutes=2)
"""By then the form is filled in by hand."""
LOOK_EVERY = 0.15
_waiting = threading.BoundedSemaphore(2)
"""Who waits for a reading holds a thread of the web server; two of four may."""


def ask(row: DraftFile) -> None:
    """Have a whole draft read; asking again changes nothing."""
    if row.is_whole and DraftFile.objects.filter(pk=row.pk, reading=Reading.NONE).update(reading=Reading.DUE):
        row.reading = Reading.DUE
        queue.hand_over_draft(row.pk)


def read(draft_id: int) -> None:
    """Read a draft that waits. Does nothing when somebody else has it, or it is gone."""
    claimed = DraftFile.objects.to_read().filter(pk=draft_id)
    if not claimed.update(reading=Reading.READING, reading_since=timezone.now()):
        return
    row = DraftFile.objects.get(pk=draft_id)
    began = time.monotonic()
    person = _person(row)
    DraftFile.objects.filter(pk=draft_id, reading=Reading.READING).update(
        reading=Reading.READ if person else Reading.FAILED, person=person
    )
    logger.info(
        "draft_read",
        extra={"draft": draft_id, "ms": int((time.monotonic() - began) * 1000), "found": sorted(filled(person))},
    )


def _person(row: DraftFile) -> dict[str, Any]:
    try:
        with row.file.open("rb") as file:
            data = file.read()
        if antivirus.find(data):
            return {}
        return whose.person_in(reader.read(data, row.format).text)
    except (OSError, antivirus.Unavailable):
        return {}


def sweep() -> int:
    """Give up on what nobody read in time: those who sent it have gone on without. How many."""
    late = DraftFile.objects.filter(
        reading__in=[Reading.DUE, Reading.READING], touched_at__lt=timezone.now() - LATE_AFTER
    )
    return late.update(reading=Reading.FAILED)


def wait(row: DraftFile, seconds: float) -> DraftFile:
    """The row once it was read, or as it is after so long; at once when enough others wait."""
    until = time.monotonic() + seconds
    if connection.in_atomic_block or not _waiting.acquire(blocking=False):
        return row
    try:
        while row.reading in (Reading.DUE, Reading.READING) and time.monotonic() < until:
            time.sleep(LOOK_EVERY)
            row.refresh_from_db(fields=["reading", "person"])
    finally:
        _waiting.release()
    return row


def filled(person: Mapping[str, Any]) -> dict[str, str]:
    """What can be filled in, by the names of the fields."""
    found = {}
    for field, of in FIELDS.items():
        value = person.get(of) or ""
        found[field] = str(value[0]) if isinstance(value, list) else str(value)
    return {field: value for field, value in found.items() if value}
