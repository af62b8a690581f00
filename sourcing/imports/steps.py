"""What an import waits for, found by a query: the status of a batch says which step is due."""

from __future__ import annotations

import datetime as dt
import gc

from django.db.models import F, Q
from django.utils import timezone

from hiring import notifications
from sourcing.imports import checking, running, undoing
from sourcing.imports.models import ImportBatch, ImportRow, forgotten_before

SILENT_FOR = dt.timedelta(seconds=25)
"""A worker at an import says so every few seconds; after this it is taken for dead."""


def do(batch_id: int) -> None:
    """Do the step that is due, and those that follow from it. Safe to call twice, and in two places at once."""
    before = _status(batch_id)
    gc.collect()
    gc.freeze()  # hundreds of thousands of short-lived rows must not have the whole program looked through again and again
    try:
        checking.check(batch_id)
        running.run(batch_id)
        undoing.undo(batch_id)
        while running.index(batch_id):
            pass
    finally:
        gc.unfreeze()
    if _status(batch_id) != before:
        _tell(ImportBatch.objects.select_related("by", "undone_by").get(pk=batch_id))


def _status(batch_id: int) -> str | None:
    return ImportBatch.objects.filter(pk=batch_id).values_list("status", flat=True).first()


def _tell(batch: ImportBatch) -> None:
    """Say to whoever waits for it that a step is over; they may have left the page long ago."""
    new, updated = batch.counts.get("new", 0), batch.counts.get("updated", 0)
    words = {
        ImportBatch.Status.CHECKED: f"{batch.name} is checked and can be imported.",
        ImportBatch.Status.FAILED: f"{batch.name} could not be read.",
        ImportBatch.Status.DONE: f"{batch.name} is imported: {new:,} new, {updated:,} updated.",
        ImportBatch.Status.STOPPED: f"The import of {batch.name} was stopped: {new:,} new, {updated:,} updated.",
        ImportBatch.Status.UNDONE: f"The import of {batch.name} is taken back.",
    }.get(ImportBatch.Status(batch.status))
    if words:
        moment = batch.undone_at or batch.finished_at or batch.beat_at or batch.created_at
        who = (batch.undone_by if batch.status == ImportBatch.Status.UNDONE else None) or batch.by
        key = f"import:{batch.pk}:{batch.status}:{moment:%Y%m%d%H%M%S}"
        notifications.tell(who, notifications.IMPORTED, words, key=key, url=batch.get_absolute_url())


def left_behind() -> list[int]:
    """Batches with work to do that nobody has got on with lately."""
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENT_FOR)
    unindexed = Q(status__in=ImportBatch.ENDED, indexed_to__lt=F("position"))
    return list(
        ImportBatch.objects.filter(silent & (Q(status__in=ImportBatch.AT_WORK) | unindexed)).values_list(
            "pk", flat=True
        )
    )


def forget() -> int:
    """Empty imports that ended long ago: the file goes, the rows keep only their number and result. Batches emptied."""
    old = (
        ImportBatch.objects.exclude(file="")
        .filter(created_at__lt=forgotten_before())
        .exclude(status__in=ImportBatch.AT_WORK)
    )
    found = list(old[:20])
    for batch in found:
        ImportRow.objects.filter(batch=batch).delete()
        batch.file.delete(save=False)
        ImportBatch.objects.filter(pk=batch.pk).update(file="", sample=[])
    return len(found)
