"""What was read of a mailed file while nobody knows whose it is: kept beside the mail, so that no file is read twice.

It goes when somebody says who it is, sets the mail aside, or nobody does either for too long.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import uuid
import zipfile
from collections.abc import Iterable
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from hiring.documents import queue, reader
from hiring.documents import reading as documents
from hiring.models import Document
from sourcing.mailed.models import MailedFile

FOLDER = "mailed"
KEPT_FOR = dt.timedelta(days=1)
logger = logging.getLogger(__name__)


def keep(reading: reader.Reading) -> str:
    """Its key."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {
            field.name: getattr(reading, field.name) for field in dataclasses.fields(reading) if field.name != "pages"
        }
        told["pages"] = [[page.number, page.width, page.height] for page in reading.pages]
        archive.writestr("reading.json", json.dumps(told))
        for page in reading.pages:
            archive.writestr(f"{page.number}.png", page.png, zipfile.ZIP_STORED)
    name: str = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(packed.getvalue()))
    return name


def read(key: str) -> reader.Reading | None:
    """What was kept; None when it is gone or an older version wrote it."""
    try:
        with default_storage.open(key) as file, zipfile.ZipFile(file) as archive:
            told = json.loads(archive.read("reading.json"))
            pages = [
                reader.Page(number, width, height, archive.read(f"{number}.png"))
                for number, width, height in told.pop("pages")
            ]
            told["words"] = [tuple(word) for word in told["words"]]
            return reader.Reading(pages=pages, **told)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        logger.warning("kept_reading_lost", extra={"error": type(error).__name__})
        return None


def settle(document_id: int, key: str) -> None:
    """Give a document that was held for it what was kept. Where that is gone the file is read like any other."""
    document = Document.objects.filter(pk=document_id, status=Document.Status.READING).first()
    found = read(key) if document else None
    if document and found:
        documents.settle_with(document, found)
    elif document:
        Document.objects.filter(pk=document_id, status=Document.Status.READING).update(
            status=Document.Status.STORED, reading_since=None
        )
        queue.hand_over(document_id)
    forget([key])


def forget_lost() -> int:
    """What a lost task left behind: a reading a day old that no waiting mail knows of. Readings removed."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    known = set(MailedFile.objects.exclude(reading="").values_list("reading", flat=True))
    before = timezone.now() - KEPT_FOR
    lost = [key for name in names if (key := f"{FOLDER}/{name}") not in known]
    lost = [key for key in lost if default_storage.get_modified_time(key) < before]
    forget(lost)
    return len(lost)


def forget(keys: Iterable[str]) -> None:
    for key in filter(None, keys):
        default_storage.delete(key)
