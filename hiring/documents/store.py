"""Taking a file in: checked, under a random key, as a row that the reading worker finds whatever becomes of the broker."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from hiring.documents import checks, queue
from hiring.models import Candidate, Document, User
from hiring.timeline import record


def store(candidate: Candidate, upload: File[Any], kind: str, *, by: User | None = None) -> Document:
    """Keep an upload with a candidate and have it read. Raises Refused with a sentence when it is not acceptable.

    The same bytes from the same person are the same document: sending a form twice keeps one.
    """
    return keep(candidate, checks.check(upload), kind, by=by)


@transaction.atomic
def keep(candidate: Candidate, found: checks.Checked, kind: str, *, by: User | None = None) -> Document:
    """`store` for a file that was checked already."""
    alike = candidate.documents.filter(sha256=found.sha256, kind=kind)
    if earlier := alike.exclude(status=Document.Status.FAILED).first():
        return earlier
    document = Document(
        candidate=candidate,
        kind=kind,
        name=found.name,
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    document.file.save("file", ContentFile(found.data), save=False)
    try:
        document.save(force_insert=True)
        record(candidate, "document.added", by, document=document.pk, document_kind=kind)
    except Exception:
        document.file.delete(save=False)
        raise
    queue.on_commit(document)
    return document
