"""Text recognition of scans, where Debian's `tesseract-ocr` is installed: in the background, in the confined child, once the pages
can be read. Without it the page says so, and what waits is taken up by the sweep once it is there.

A scan that waits is a row that is due (invariant 10). Whatever its file does ends as a sentence, never as a worker that is gone.
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hiring.documents import queue, reader, scans
from hiring.models import Document, DocumentPlaces, DocumentText, Recognition
from hiring.resumes import record

logger = logging.getLogger(__name__)

Status = Recognition.Status
STUCK_AFTER = dt.timedelta(minutes=6)
LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
ATTEMPTS = 2
SWEEP_AT_ONCE = 100
SAID = {
    Status.DUE: "It is a scan, and is being read: search will find it once its text is recognised.",
    Status.ABSENT: "It is a scan, and no text recognition is installed: the pages can be read here, but search will not find it.",
    Status.DONE: "Its text was recognised from a scan: some letters may be wrong.",
    Status.FAILED: "It is a scan whose text could not be recognised: the pages can be read here, but search will not find it.",
}
"""What the page says of it."""


def is_installed() -> bool:
    return shutil.which("tesseract", path=scans.PLACES) is not None


def expect(document: Document, *, scanned: bool) -> None:
    """Let the text of a scan be recognised: written in the transaction that writes what was read. What is no scan waits for
    nothing."""
    if not scanned:
        Recognition.objects.filter(document=document).delete()
        return
    status = Status.DUE if is_installed() else Status.ABSENT
    told = {"status": status, "due_at": timezone.now(), "claimed_at": None, "attempts": 0}
    Recognition.objects.update_or_create(document=document, defaults=told)
    document.problem = SAID[status]
    if status == Status.DUE:
        pk = document.pk
        transaction.on_commit(lambda: queue.hand_over_scan(pk), robust=True)


def recognise(document_id: int) -> None:
    """Recognise a scan that is due. Does nothing when somebody else has it, or it was done, or its person was erased."""
    now = timezone.now()
    due = Recognition.objects.due().filter(pk=document_id)
    if not due.update(status=Status.WORKING, claimed_at=now, attempts=F("attempts") + 1):
        return
    row = Recognition.objects.select_related("document").get(pk=document_id)
    try:
        with row.document.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    found = reader.recognise(data) if data else reader.Reading()
    if _settle(row, found):
        record.parse([document_id])
    logger.info("scan_recognised", extra={"document": document_id, "outcome": "read" if found.text else "failed"})


@transaction.atomic
def _settle(row: Recognition, found: reader.Reading) -> bool:
    """Write down what was recognised, unless the file was read anew or deleted meanwhile."""
    mine = Recognition.objects.filter(pk=row.pk, status=Status.WORKING, attempts=row.attempts)
    document = Document.objects.select_for_update().filter(pk=row.pk, status=Document.Status.READY).first()
    if document is None or not mine.update(status=Status.DONE if found.text else Status.FAILED, claimed_at=None):
        return False
    document.problem = SAID[Status.DONE if found.text else Status.FAILED]
    document.save(update_fields=["problem"])
    if not found.text:
        return False
    DocumentText.objects.filter(document=document).update(text=found.text)
    DocumentPlaces.objects.update_or_create(document=document, defaults={"words": found.words})
    if document.kind != Document.Kind.RESUME:
        return False
    record.expect(document)  # parsing it rewrites the search copy
    return True


def sweep() -> int:
    """Put back what got stuck, give up on what got stuck too often, take up what waited for Tesseract to be installed, and queue
    what was left behind. Scans queued."""
    now = timezone.now()
    stuck = Recognition.objects.filter(status=Status.WORKING, claimed_at__lt=now - STUCK_AFTER)
    for pk in list(stuck.filter(attempts__gte=ATTEMPTS).values_list("pk", flat=True)):
        _give_up(pk)
    stuck.filter(attempts__lt=ATTEMPTS).update(status=Status.DUE, claimed_at=None)
    if not is_installed():
        return 0
    absent = list(
        Recognition.objects.filter(status=Status.ABSENT).order_by("-pk").values_list("pk", flat=True)[:SWEEP_AT_ONCE]
    )
    if absent:
        with transaction.atomic():
            Recognition.objects.filter(pk__in=absent, status=Status.ABSENT).update(status=Status.DUE, due_at=now)
            Document.objects.filter(pk__in=absent, problem=SAID[Status.ABSENT]).update(problem=SAID[Status.DUE])
    left = Recognition.objects.due().filter(due_at__lt=now - LEFT_BEHIND_AFTER).order_by("-due_at", "-pk")
    due = [*absent, *left.values_list("pk", flat=True)[:SWEEP_AT_ONCE]]
    for pk in due:
        queue.hand_over_scan(pk, again=True)
    return len(due)


@transaction.atomic
def _give_up(pk: int) -> None:
    if Recognition.objects.filter(pk=pk, status=Status.WORKING).update(status=Status.FAILED, claimed_at=None):
        Document.objects.filter(pk=pk, status=Document.Status.READY).update(problem=SAID[Status.FAILED])
