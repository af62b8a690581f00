"""What an import waits for, found by a query: the status of a batch says which step is due."""

from __future__ import annotations

import datetime as dt
import gc
import logging

from django.db import InterfaceError, OperationalError
from django.db.models import F, Q
from django.utils import timezone

from hiring import notifications
from sourcing.imports import checking, keeping, running, undoing
from sourcing.imports.models import ImportBatch, ImportRow, forgotten_before

logger = logging.getLogger(__name__)

TRIES = 3
STUCK_FOR = dt.timedelta(hours=1)
BROKE_US = "Something in this file could not be dealt with. Ask your administrator to look into the log."
STUCK = "This does not get on. It is tried again every hour; ask your administrator to look into the log."
SILENT_FOR = dt.timedelta(seconds=25)
"""A worker at an import says so every few seconds; after this it is taken for dead."""


def do(batch_id: int) -> None:
    """Do the step that is due, and those that follow from it. Safe to call twice, and in two places at once."""
    before = _status(batch_id)
    try:
        _do(batch_id)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble: the sweep comes back
    except Exception:
        logger.exception("import_step_failed", extra={"batch": batch_id, "step": before})
        _count_failure(batch_id)
    if _status(batch_id) != before:
        _tell(ImportBatch.objects.select_related("by", "undone_by").get(pk=batch_id))


def _count_failure(batch_id: int) -> None:
    """A step that fails again and again is not tried for ever: a check is given up, anything else is tried once an hour."""
    failed = ImportBatch.objects.filter(pk=batch_id)
    failed.update(failures=F("failures") + 1, beat_at=timezone.now(), claim=None)
    batch = failed.filter(failures__gte=TRIES).select_related("by", "undone_by").first()
    if batch is None:
        return
    if batch.status == ImportBatch.Status.CHECKING:
        failed.filter(status=batch.status).update(status=ImportBatch.Status.FAILED, problem=BROKE_US)
    elif batch.failures == TRIES:
        failed.update(problem=STUCK)
        who = batch.undone_by or batch.by
        words = f"The import of {batch.name} does not get on. It is tried again every hour; ask your administrator."
        key = f"import:{batch.pk}:stuck:{batch.status}"
        notifications.tell(who, notifications.IMPORTED, words, key=key, url=batch.get_absolute_url())


def _do(batch_id: int) -> None:
    gc.freeze()  # hundreds of thousands of short-lived rows must not have the whole program looked through again and again
    try:
        checking.check(batch_id)
        running.run(batch_id)
        undoing.undo(batch_id)
        if ImportBatch.objects.filter(pk=batch_id, status__in=ImportBatch.ENDED, trimmed=False).exists():
            keeping.trim(batch_id)
        while running.index(batch_id):
            pass
    finally:
        gc.unfreeze()


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
    now = timezone.now()
    silent = Q(beat_at=None) | Q(beat_at__lt=now - SILENT_FOR, failures__lt=TRIES) | Q(beat_at__lt=now - STUCK_FOR)
    unindexed = Q(status__in=ImportBatch.ENDED, indexed_to__lt=F("position"))
    untrimmed = Q(status__in=ImportBatch.ENDED, trimmed=False)
    return list(
        ImportBatch.objects.filter(silent & (Q(status__in=ImportBatch.AT_WORK) | unindexed | untrimmed)).values_list(
            "pk", flat=True
        )
    )


def forget() -> int:
    """Empty imports that ended long ago: the file goes, rows keep only their number, result and person. Batches emptied."""
    old = ImportBatch.objects.filter(emptied_at=None, created_at__lt=forgotten_before()).exclude(
        status__in=ImportBatch.AT_WORK
    )
    found = list(old[:20])
    for batch in found:
        ImportRow.objects.filter(batch=batch, candidate=None).delete()
        ImportRow.objects.filter(batch=batch).update(cells=[], line={}, problems=[], effects={}, suspects=[], choice="")
        batch.file.delete(save=False)
        ImportBatch.objects.filter(pk=batch.pk).update(file="", sample=[], emptied_at=timezone.now())
    return len(found)
