"""Taking a file in: checked, under a random key, as a row that the reading worker finds whatever becomes of the broker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from hiring.documents import checks, queue
from hiring.errors import Refused
from hiring.models import Candidate, Document, User
from hiring.timeline import record

MOST_AT_ONCE = 20


def store(candidate: Candidate, upload: File[Any], kind: str, *, by: User | None = None) -> Document:
    """Keep an upload with a candidate and have it read. Raises Refused with a sentence when it is not acceptable.

    The same bytes from the same person are the same document: sending a form twice keeps one.
    """
    return keep(candidate, checks.check(upload), kind, by=by)


@transaction.atomic
def store_all(
    candidate: Candidate, uploads: Sequence[File[Any]], kind: str, *, by: User | None = None
) -> list[Document]:
    """Keep several uploads with a candidate, all or none. Refused with the name of the first that is not acceptable.

    A résumé may also be a JSON Resume.
    """
    from hiring.resumes import exchange

    if len(uploads) > MOST_AT_ONCE:
        raise Refused(f"Add at most {MOST_AT_ONCE} files at once.")
    kept = []
    for upload in uploads:
        try:
            if kind == Document.Kind.RESUME and exchange.is_json(upload):
                kept.append(exchange.keep(candidate, upload, by=by))
            else:
                kept.append(store(candidate, upload, kind, by=by))
        except Refused as refused:
            if len(uploads) == 1:
                raise
            raise Refused(f"{upload.name}: {refused.sentence} None of the files was kept.") from None
    return kept


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
