"""The résumés of an archive: kept with the people they belong to, taken away again with the import."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from hiring import context, origins
from hiring.contact_points import normalise_email
from hiring.documents.store import keep as keep_document
from hiring.errors import Refused
from hiring.models import Candidate, Document, PageImage, User
from hiring.names import clean_name
from sourcing.imports import archives, batches, lines
from sourcing.imports.lines import Line
from sourcing.imports.models import ImportBatch, ImportRow
from sourcing.origins import IMPORT

if TYPE_CHECKING:
    from sourcing.imports.running import Staged

logger = logging.getLogger(__name__)
Result = ImportRow.Result


def keep(batch: ImportBatch, rows: Sequence[Staged]) -> None:
    """Store the files of these rows with their people, in the caller's transaction. The same file twice is kept once."""
    wanted = [row for row in rows if row.line.get("file") and row.candidate_id]
    if not wanted:
        return
    people = Candidate.objects.in_bulk([row.candidate_id for row in wanted])
    with batch.file.open("rb") as archive:
        for row in wanted:
            person = people[row.candidate_id or 0]
            try:
                found = archives.document(archive, row.line["file"])
            except Refused as refused:
                row.problems.append([-2, refused.sentence, archives.LEFT_OUT])
                continue
            known = set(person.documents.filter(sha256=found.sha256).values_list("pk", flat=True))
            document = keep_document(person, found, Document.Kind.RESUME, by=batch.by, can_wait=True)
            if document.pk in known:
                continue
            row.effects.setdefault("documents", []).append(document.pk)
            if "made" not in row.effects:
                row.effects["of"] = person.pk
                row.result = Result.UPDATED if row.result == Result.SAME else row.result


def remove(document_ids: Collection[int]) -> None:
    """Take documents away with their bytes and pages; the files go once the transaction is through."""
    documents = list(Document.objects.filter(pk__in=document_ids))
    files = [one.file for one in documents]
    files += [page.image for page in PageImage.objects.filter(document__in=documents)]
    Document.objects.filter(pk__in=[one.pk for one in documents]).delete()

    def forget() -> None:
        for file in files:
            try:
                file.delete(save=False)
            except OSError:  # storage is down: the others go, and what is left is found as belonging to nobody
                logger.warning("file_not_deleted", exc_info=True)

    transaction.on_commit(forget, robust=True)


@transaction.atomic
def complete(row: ImportRow, *, name: str, email: str, by: User) -> ImportRow:
    """Say whose a file is that says nothing about that itself. Where the import has run already, the person comes in at once."""
    from sourcing.imports import running

    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("source", "by").get(pk=row.batch_id)
    row = ImportRow.objects.select_for_update().get(pk=row.pk)
    if row.result != Result.NEEDS:
        raise Refused("A colleague has completed this file already.")
    if batch.status not in (ImportBatch.Status.CHECKED, ImportBatch.Status.DONE, ImportBatch.Status.STOPPED):
        raise Refused("This import is at work. Wait until it is done.")
    line = Line.of(row.line)
    line.name = clean_name(name)
    if email:
        line.points = [point for point in line.points if point[0] != "email"]
        line.points.insert(0, ("email", normalise_email(email), email))
    if not line.points:
        raise Refused(f"{lines.NO_WAY} Give one.")
    row.line, row.problems, row.result = line.stored(), [], Result.NEW
    row.save(update_fields=["line", "problems", "result"])
    counts = dict(batch.counts)
    counts["needs"] = max(counts.get("needs", 0) - 1, 0)
    if batch.status == ImportBatch.Status.CHECKED:
        counts["new"] = counts.get("new", 0) + 1
    else:
        with context.part_of(origins.task_of(IMPORT, batch.pk)):
            became = running.bring_in(batch, running.staged(ImportRow.objects.filter(pk=row.pk)))
        for result, count in became.items():
            counts[result] = counts.get(result, 0) + count
        ImportBatch.objects.filter(pk=batch.pk).update(indexed_to=0, trimmed=False, beat_at=timezone.now())
        batches.hand_over(batch)
    ImportBatch.objects.filter(pk=batch.pk).update(counts=counts)
    row.refresh_from_db()
    return row
