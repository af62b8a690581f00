"""What an import keeps of its file: no more than somebody still has to look at.

A list is not needed once its rows are in, nor is a file of an archive once it is stored with its person. Whoever deletes that
document, or the person, has then deleted it: no second copy waits in an archive (PRIV-9). Files that nobody could say whose they are
stay until somebody does, or until the import is forgotten.
"""

from __future__ import annotations

import logging
import tempfile
import zipfile
from collections.abc import Collection
from functools import partial

from django.core.files import File
from django.db import transaction
from django.db.models import Q

from sourcing.imports import archives
from sourcing.imports.models import ImportBatch, ImportRow, file_key

logger = logging.getLogger(__name__)

Status = ImportBatch.Status
COMPLETED_LATER = (Status.RUNNING, Status.DONE, Status.STOPPED)
IN_MEMORY = 8 * 1024 * 1024


def trim(batch_id: int) -> None:
    """Take out of a batch's file what is done with: all of it, or all but what waits. Twice is once."""
    batch = _trim(batch_id)
    if batch is not None:
        empty(batch)


@transaction.atomic
def _trim(batch_id: int) -> ImportBatch | None:
    batch = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None or batch.status not in (*ImportBatch.ENDED, Status.RUNNING):
        return None
    fields = ["trimmed"]
    batch.trimmed = batch.status != Status.RUNNING
    if batch.file and not (batch.status == Status.RUNNING and batch.kind == ImportBatch.Kind.TABLE):
        batch.leaving = [*batch.leaving, str(batch.file.name)]
        batch.file.name = _rewritten(batch, waiting(batch))
        batch.sample = [] if batch.trimmed else batch.sample
        fields += ["file", "leaving", "sample"]
    batch.save(update_fields=fields)
    return batch


def waiting(batch: ImportBatch) -> set[str]:
    """The files of an archive that somebody may still have to say whose they are, or that the run has not come to."""
    if batch.kind != ImportBatch.Kind.RESUMES or batch.status not in COMPLETED_LATER:
        return set()
    still = Q(result=ImportRow.Result.NEEDS)
    if batch.status == Status.RUNNING:
        still |= Q(number__gt=batch.position)
    rows = ImportRow.objects.filter(still, batch=batch)
    return {name for name in rows.values_list("line__file", flat=True) if name}


def _rewritten(batch: ImportBatch, names: Collection[str]) -> str:
    """Store the archive with these files alone; its key. Nothing is stored, and the key empty, when there are none."""
    if not names:
        return ""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as fresh, batch.file.open("rb") as archive:
            for name, data in archives.read_members(archive, names):
                fresh.writestr(name, data)
        made.seek(0)
        return str(batch.file.storage.save(file_key(batch, ""), File(made)))


def empty(batch: ImportBatch) -> None:
    """Take files that were replaced out of storage."""
    for name in batch.leaving:
        batch.file.storage.delete(name)
    ImportBatch.objects.filter(pk=batch.pk, leaving=batch.leaving).update(leaving=[])


def sweep() -> int:
    """Files a crash or a storage that was down has left behind. Batches whose files are gone now."""
    done = 0
    for batch in ImportBatch.objects.exclude(leaving=[])[:200]:
        try:
            empty(batch)
        except Exception as error:  # one that cannot go does not keep the others
            logger.warning("import_files_left", extra={"batch": batch.pk, "error": type(error).__name__})
        else:
            done += 1
    return done


def forget_files_of(candidate_id: int) -> None:
    """The files of a person go out of the archives of imports that still run, right after this transaction."""
    from sourcing.tasks import import_trim

    running = ImportBatch.objects.filter(
        status=Status.RUNNING, kind=ImportBatch.Kind.RESUMES, rows__candidate=candidate_id
    )
    for batch_id in set(running.values_list("pk", flat=True)):
        transaction.on_commit(partial(import_trim.apply_async, args=[batch_id], retry=False), robust=True)
