"""Reading a stored document once: claim the row, let the confined child read the file, write down what it found.

A file that crashes its child, hangs or floods ends as `failed` with a sentence; the worker lives on. A worker that dies
itself leaves the row in `reading`, and the sweep puts it back, twice at most: a file must not take down worker after worker.

What a virus scanner has not called clean is held: neither read nor served, and shown to the scanner again by the sweep.
"""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hiring.documents import antivirus, checks, queue, reader, recognising
from hiring.models import Document, DocumentPlaces, DocumentText, PageImage
from hiring.resumes import exchange, record
from hiring.timeline import record as record_event

logger = logging.getLogger(__name__)

STUCK_AFTER = dt.timedelta(minutes=3)
LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
ATTEMPTS = 3
SWEEP_AT_ONCE = 200
KINDS = {content_type: kind for kind, content_type in checks.CONTENT_TYPES.items()}
HELD_WHILE_DOWN = dt.timedelta(minutes=2)
HELD_WHEN_FOUND = dt.timedelta(days=1)  # signatures are corrected; what is still found after a week of looks is refused
LOOKS = 7
SCANNER_DOWN = "The virus scanner does not answer. The file is read and handed out as soon as it does."
GARBLED = (
    "Its fonts do not say which letters they draw: the pages can be read, the text is garbled, and search will miss it. "
    "Ask for another copy, best as DOCX."
)
TOO_OFTEN = "The file could not be read: reading it was broken off three times."


def read(document_id: int) -> None:
    """Read a document that waits. Does nothing when somebody else has it, or it was read, or its person was erased."""
    claimed = Document.objects.waiting().filter(pk=document_id)
    if not claimed.update(status=Document.Status.READING, reading_since=timezone.now(), attempts=F("attempts") + 1):
        return
    document = Document.objects.get(pk=document_id)
    began = time.monotonic()
    try:
        with document.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError:
        _settle(document, reader.Reading(problem="The file is no longer there.", acts=["nothing any more"]))
        return
    if not _is_clean(document, data):
        return
    reading = _read(document, data)
    _settle(document, reading)
    record.parse([document.pk])
    logger.info(
        "document_read",
        extra={
            "document": document_id,
            "content_type": document.content_type,
            "bytes": document.size,
            "ms": int((time.monotonic() - began) * 1000),
            "outcome": "read" if reading.was_read else "failed",
        },
    )


def _read(document: Document, data: bytes) -> reader.Reading:
    """What the file holds. A JSON Resume is written out as a text first, and its pages are drawn from that."""
    if document.content_type != exchange.CONTENT_TYPE:
        return reader.read(data, KINDS.get(document.content_type, "txt"))
    text = exchange.text_of(data)
    drawn = reader.read(text.encode(), "txt")
    if drawn.text != text:
        drawn.text, drawn.words = text, []  # what is drawn is not quite it: better no places than wrong ones
    return drawn


def hold(document: Document) -> bool:
    """Claim a document stored in this very transaction, because its file was read before anybody knew whose it is. False when
    it was there before. What is held and never settled is found by the sweep."""
    stored = Document.objects.waiting().filter(pk=document.pk, attempts=0)
    held = stored.update(status=Document.Status.READING, reading_since=timezone.now(), attempts=1)
    if held:
        document.refresh_from_db(fields=["status", "reading_since", "attempts"])
    return bool(held)


def settle_with(document: Document, reading: reader.Reading) -> None:
    """Write down what was read of a held document, as if it had been read here."""
    _settle(document, reading)
    record.parse([document.pk])


def sweep() -> int:
    """Put back what got stuck, give up on what got stuck too often, and queue what was left behind or is held and due.
    Documents queued."""
    now = timezone.now()
    stuck = Document.objects.filter(status=Document.Status.READING, reading_since__lt=now - STUCK_AFTER)
    stuck.filter(attempts__lt=ATTEMPTS).update(status=Document.Status.STORED, reading_since=None)
    stuck.filter(attempts__gte=ATTEMPTS).update(
        status=Document.Status.FAILED, problem=TOO_OFTEN, withheld=reader.BROKE_US, reading_since=None
    )
    again = Document.objects.held().filter(held_until__lte=now).order_by("held_until")[:SWEEP_AT_ONCE]
    Document.objects.held().filter(pk__in=list(again.values_list("pk", flat=True))).update(
        status=Document.Status.STORED, held_until=None
    )
    waiting = Document.objects.waiting().filter(uploaded_at__lt=now - LEFT_BEHIND_AFTER)
    found = 0
    for can_wait, lane in (
        (False, queue.FIRST),
        (True, queue.SECOND),
    ):  # the newest first: they are who somebody looks for
        rows = waiting.filter(can_wait=can_wait).order_by("-pk").values_list("pk", flat=True)[:SWEEP_AT_ONCE]
        for pk in list(rows):
            queue.hand_over(pk, lane, again=True)
            found += 1
    return found


def _settle(document: Document, reading: reader.Reading) -> None:
    """Write down what was read, unless the document was erased or taken over meanwhile; then leave no files behind."""
    images = [_image(document, page) for page in reading.pages]
    try:
        with transaction.atomic():
            mine = Document.objects.select_for_update().filter(
                pk=document.pk, status=Document.Status.READING, attempts=document.attempts
            )
            if not mine.exists():
                raise Document.DoesNotExist
            _write(document, reading, images)
    except BaseException as error:
        _forget(images)
        if not isinstance(error, Document.DoesNotExist):
            raise


def _image(document: Document, page: reader.Page) -> PageImage:
    image = PageImage(document=document, number=page.number, width=page.width, height=page.height)
    image.image.save("page.png", ContentFile(page.png), save=False)
    return image


def _write(document: Document, reading: reader.Reading, images: list[PageImage]) -> None:
    old = list(document.pages.all())
    document.pages.all().delete()
    PageImage.objects.bulk_create(images)
    DocumentText.objects.update_or_create(
        document=document,
        defaults={"text": reading.text, "unseen": reading.unseen, "reader_version": reader.VERSION},
    )
    DocumentPlaces.objects.update_or_create(document=document, defaults={"words": reading.words})
    document.status = Document.Status.READY if reading.was_read else Document.Status.FAILED
    document.problem = _problem(reading)
    recognising.expect(document, scanned=reading.scanned and reading.was_read)
    document.withheld = ", ".join(reading.acts)[:200]
    document.hides = _hides(reading)
    document.page_count = reading.page_count
    document.reading_since = None
    document.save(update_fields=["status", "problem", "withheld", "hides", "page_count", "reading_since"])
    if not reading.was_read:
        record_event(document.candidate, "document.unreadable", None, document=document.pk)
    transaction.on_commit(lambda: _forget(old), robust=True)
    if document.kind == Document.Kind.RESUME:
        record.expect(document)  # parsing it rewrites the search copy


def _forget(images: list[PageImage]) -> None:
    for image in images:
        image.image.delete(save=False)


def _problem(reading: reader.Reading) -> str:
    if not reading.was_read:
        return reading.problem or "Nothing could be read in this file."
    if reading.garbled:
        return GARBLED
    if reading.page_count > reader.MAX_PAGES:
        return f"Only the first {reader.MAX_PAGES} of its {reading.page_count:,} pages were read."
    if reading.problem:
        return "Not everything in this file could be read."
    return ""


def _hides(reading: reader.Reading) -> str:
    count = len(reading.unseen.split())
    return f"{count} word{'' if count == 1 else 's'} {', '.join(reading.ways)}"[:200] if count else ""


def _is_clean(document: Document, data: bytes) -> bool:
    """Ask the virus scanner; what it does not call clean is held, and refused once it was found in it time and again."""
    mine = Document.objects.filter(pk=document.pk, status=Document.Status.READING, attempts=document.attempts)
    now = timezone.now()
    try:
        found = antivirus.find(data)
    except antivirus.Unavailable as error:
        logger.warning("virus_scanner_unavailable", extra={"document": document.pk, "error": str(error)})
        mine.update(
            status=Document.Status.HELD,
            problem=SCANNER_DOWN,
            held_until=now + HELD_WHILE_DOWN,
            reading_since=None,
            attempts=F("attempts") - 1,  # not the file's fault
        )
        return False
    if not found:
        return True
    name = found[:80] if found.isprintable() else "something"
    mine.update(
        status=Document.Status.HELD if document.attempts < LOOKS else Document.Status.REFUSED,
        problem=f"A virus scanner found {name} in this file.",
        held_until=now + HELD_WHEN_FOUND if document.attempts < LOOKS else None,
        reading_since=None,
    )
    return False
