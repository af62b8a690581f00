"""Taking a file in: checked, under a random key, as a row that the reading worker finds whatever becomes of the broker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring.documents import checks, queue
from hiring.errors import Refused
from hiring.models import Candidate, Document, RemovedDocument, User
from hiring.prepared import Given, prepared
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
def replace(document: Document, upload: File[Any], *, by: User | None) -> Document:
    """Keep an upload as the next version of a document. The earlier ones stay; of a résumé the newest counts.

    Refused for an offer letter, and for a file that is there already.
    """
    from hiring.resumes import exchange

    Candidate.objects.select_for_update().get(pk=document.candidate_id)
    if document.kind == Document.Kind.OFFER_LETTER:
        raise Refused("An offer letter belongs to its offer: change the offer instead.")
    is_json = document.kind == Document.Kind.RESUME and exchange.is_json(upload)
    found = exchange.check(upload)[0] if is_json else checks.check(upload)
    earlier = document.candidate.documents.filter(sha256=found.sha256, kind=document.kind)
    if earlier.exclude(status=Document.Status.FAILED).exists():
        raise Refused("This very file is there already. Choose another one.")
    return keep(document.candidate, found, document.kind, by=by, replaced=document)


@prepared
def owner_to_lock(pk: Given) -> QuerySet[Candidate, int]:
    return Candidate.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk", flat=True)


@prepared
def same_file(candidate: Given, kind: Given, sha256: Given) -> QuerySet[Document]:
    """What came before with these very bytes, unless it could not be read."""
    alike = Document.objects.filter(candidate=candidate, kind=kind, sha256=sha256)
    return alike.exclude(status=Document.Status.FAILED).order_by("pk")[:1]


@prepared
def versions_kept(candidate: Given, kind: Given, series: Given) -> QuerySet[Document, int]:
    """The newest version in a series, which is named after its first document; 0 is the series of résumés."""
    mine = Q(series=series, kind=kind) | Q(pk=series)
    return Document.objects.filter(mine, candidate=candidate).order_by("-version").values_list("version", flat=True)[:1]


@prepared
def versions_removed(candidate: Given, kind: Given, series: Given) -> QuerySet[RemovedDocument, int]:
    gone = Q(series=series, kind=kind) | Q(document=series)
    found = RemovedDocument.objects.filter(gone, candidate=candidate).order_by("-version")
    return found.values_list("version", flat=True)[:1]


@transaction.atomic
def keep(
    candidate: Candidate,
    found: checks.Checked,
    kind: str,
    *,
    by: User | None = None,
    replaced: Document | None = None,
    can_wait: bool = False,
) -> Document:
    """`store` for a file that was checked already, on its own or as the next version of the one it replaces. One of many that
    come in one load can wait until others are read. What lies in storage already is taken over as it is.

    The files of one person are kept one after the other: the same file sent twice at once is one, two files are two versions.
    """
    if owner_to_lock.first(pk=candidate.pk) is None:
        raise Candidate.DoesNotExist("The person is gone.")
    if earlier := same_file.first(candidate=candidate.pk, kind=str(kind), sha256=found.sha256):
        if found.key:
            transaction.on_commit(partial(default_storage.delete, found.key), robust=True)
        return earlier
    series = replaced.own_series if replaced else 0
    document = Document(
        candidate=candidate,
        kind=kind,
        name=found.name,
        content_type=found.content_type,
        size=found.size,
        sha256=found.sha256,
        series=series,
        version=next_version(candidate, kind, series),
        can_wait=can_wait,
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    if found.key:
        document.file.name = found.key
    else:
        document.file.save("file", ContentFile(found.data), save=False)
    told: dict[str, Any] = {"replaced": replaced.pk} if replaced else {}
    try:
        document.save(force_insert=True)
        record(candidate, "document.added", by, document=document.pk, document_kind=kind, **told)
    except Exception:
        if not found.key:
            document.file.delete(save=False)
        raise
    queue.on_commit(document)
    return document


def next_version(candidate: Candidate, kind: str, series: int) -> int:
    """One more than the newest version there ever was, deleted ones included; 1 for a file that begins a series."""
    if kind != Document.Kind.RESUME and not series:
        return 1
    about = {"candidate": candidate.pk, "kind": str(kind), "series": series}
    return max(*versions_kept(**about), *versions_removed(**about), 0, 0) + 1
