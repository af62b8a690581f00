"""Deleting a document: its row, its text and what was read from it at once, its file and pages right after the transaction.

What is left says that it was there, who deleted it and why (`RemovedDocument`). The keys of its files stay on that row until they
are gone from storage, so that a crash in between leaves nothing behind (invariant 10).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import search, sweeping
from hiring.errors import Refused
from hiring.events import document_removed
from hiring.models import Candidate, Document, PageImage, ParsedProfile, ProfileCorrection, RemovedDocument, User
from hiring.notes import clean
from hiring.resumes import merged
from hiring.resumes.record import newest_of
from hiring.timeline import FIELD_WORDS, record

LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
AT_ONCE = 200
LONGEST_REASON = 200
TAKEN_OVER = ("candidate.edited", "candidate.contact_point_added")
POINTS = {"email": "e-mail address", "phone": "phone number", "link": "profile link"}


@transaction.atomic
def remove(document: Document, *, reason: str, by: User | None) -> RemovedDocument:
    """Delete a document for good. Numbers of later versions stay as they are, and the number is not given again.

    Entries of the profile that only this document told of go, and with them what colleagues corrected in them; what was taken
    over onto the record stays. Refused for an offer letter, which belongs to its offer, and without a reason.
    """
    reason = " ".join(clean(reason).split())[:LONGEST_REASON]
    if not reason:
        raise Refused("Say why it is deleted.")
    candidate = Candidate.objects.select_for_update().get(pk=document.candidate_id)
    found = Document.objects.select_for_update().filter(pk=document.pk).first()
    if found is None:
        raise Refused("A colleague already deleted this file.")
    if found.kind == Document.Kind.OFFER_LETTER:
        raise Refused("An offer letter belongs to its offer and stays with it.")
    now = timezone.now()
    removed = RemovedDocument.objects.create(
        candidate=candidate,
        document=found.pk,
        kind=found.kind,
        name=found.name,
        series=found.series,
        version=found.version,
        reason=reason,
        by=by,
        at=now,
        files=_files(found),
        files_due_at=now,
    )
    corrections_that_go(found).update(taken_back_at=now, taken_back_by=by, seen={})
    found.delete()
    Candidate.objects.filter(pk=candidate.pk).update(updated_at=now)
    record(candidate, "document.removed", by, document=removed.document, document_kind=removed.kind)
    search.refresh_soon(candidate.pk)
    document_removed.send(Document, candidate=candidate, document=removed.document)
    transaction.on_commit(lambda: empty(removed.pk), robust=True)
    return removed


def _files(document: Document) -> list[str]:
    pages = PageImage.objects.filter(document=document).values_list("image", flat=True)
    return [name for name in (document.file.name, *pages) if name]


def empty(removed_id: int) -> None:
    """Take the files of a deleted document out of storage. Twice is once."""
    storage = Document._meta.get_field("file").storage
    row = RemovedDocument.objects.filter(pk=removed_id, files_due_at__isnull=False).first()
    if row is None:
        return
    for name in row.files:
        storage.delete(name)
    RemovedDocument.objects.filter(pk=row.pk).update(files=[], files_due_at=None)


def sweep() -> int:
    """Files a crash or a storage that was down has left behind. Documents whose files are gone now."""
    due = RemovedDocument.objects.filter(files_due_at__lt=timezone.now() - LEFT_BEHIND_AFTER)
    ids = list(due.order_by("files_due_at").values_list("pk", flat=True)[:AT_ONCE])
    return len(sweeping.each("removed document", ids, empty))


# ---------- What goes with it ----------


def corrections_that_go(document: Document) -> Any:
    """Standing corrections of entries that this document tells of and no other résumé of the person: a queryset."""
    standing = ProfileCorrection.objects.standing().filter(candidate=document.candidate_id)
    read = ParsedProfile.objects.filter(document__candidate=document.candidate_id, document__kind=Document.Kind.RESUME)
    profiles = dict(read.values_list("document", "profile"))
    mine = profiles.pop(document.pk, None)
    if not mine:
        return standing.none()
    rows = [row for row in standing if _is_about(row, [mine]) and not _is_about(row, profiles.values())]
    return standing.filter(pk__in=[row.pk for row in rows])


def _is_about(correction: ProfileCorrection, profiles: Iterable[dict[str, Any]]) -> bool:
    """Whether one of these profiles holds the entry a correction was made in."""
    section = correction.path.partition("/")[0]
    if section not in merged.ENTRIES or not correction.seen:
        return False
    return any(
        merged.alike(section, correction.seen, entry)
        or merged.likeness(section, correction.seen, entry) >= merged.LIKE_ENOUGH
        for profile in profiles
        for entry in profile.get(section, ())
    )


def taken_over(document: Document) -> list[str]:
    """What somebody took over from a document onto the record, in words: it stays there."""
    events = document.candidate.events.filter(kind__in=TAKEN_OVER, data__document=document.pk)
    said: dict[str, None] = {}
    for data in events.order_by("pk").values_list("data", flat=True)[:100]:
        for name in data.get("fields", [POINTS.get(data.get("point_kind", ""), "")]):
            said[FIELD_WORDS.get(name, name.replace("_", " "))] = None
    return [word for word in said if word]


def steps_in(document: Document) -> Document | None:
    """The résumé that counts once this one is gone, where this one counts now."""
    if document.kind != Document.Kind.RESUME:
        return None
    rows = list(document.candidate.documents.filter(kind=Document.Kind.RESUME).order_by("-uploaded_at", "-pk")[:20])
    if newest_of(rows) != document:
        return None
    return newest_of([row for row in rows if row != document])
