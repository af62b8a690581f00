"""What came to a record just after it was merged away: a mail that was being filed, a file that was being stored.

Whoever wrote it had found the row before the merge and waited for its lock. A sweep brings it to the survivor, and adds it
to the merge's own record, so that taking the merge back takes it along.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from hiring import merging, search
from hiring.candidate_rows import relations
from hiring.models import MergeRecord

LATE_BY = dt.timedelta(hours=1)


def sweep() -> int:
    """Bring what came late to the survivors of the last hour's merges. How many merges had something."""
    recent = MergeRecord.objects.standing().filter(at__gte=timezone.now() - LATE_BY).order_by("pk")
    return sum(gather(merged) for merged in recent)


@transaction.atomic
def gather(merged: MergeRecord) -> bool:
    """Move to the survivor what hangs on the other record since. False when there is nothing, or the merge was taken back."""
    merged = MergeRecord.objects.select_for_update().select_related("survivor", "other").get(pk=merged.pk)
    left: dict[str, list[int]] = merged.snapshot["left"]
    waits = any(
        relation.rows(merged.other).exclude(pk__in=left.get(relation.label, ())).exists() for relation in relations()
    )
    if merged.undone_at or not waits:
        return False
    survivor, other = merging.locked(merged.survivor, merged.other)
    if survivor.merged_into_id:
        return False  # on its way on: the later merge's record is where it belongs once that is taken back
    deed = merging.Merge(survivor, other, merged.by)
    deed.carry_out()
    merged.snapshot = _with(merged.snapshot, deed.snapshot())
    merged.save(update_fields=["snapshot"])
    search.refresh_soon(survivor.pk)
    return True


def _with(before: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both snapshots as one; what counts as new since stays measured from the merge."""
    united = dict(before)
    for part in ("moved", "added", "left"):
        keys = before[part].keys() | more[part].keys()
        united[part] = {key: sorted({*before[part].get(key, ()), *more[part].get(key, ())}) for key in keys}
    for part in ("changed", "removed"):
        united[part] = before[part] + more[part]
    return united
