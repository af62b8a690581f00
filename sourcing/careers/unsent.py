"""A form that is not sent yet: kept for whoever comes back with the same browser, gone in time, emptied when it is sent."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hiring.documents import drafts
from hiring.models import Posting
from pipeline.models import Arrival
from sourcing.careers.models import UnsentForm

LARGEST = 64 * 1024
"""Characters of what was entered: far above what a form takes. More is not kept."""
SENT_IS_KNOWN = dt.timedelta(days=90)
AT_ONCE = 500


@transaction.atomic
def keep(posting: Posting, browser: str, entered: Mapping[str, Sequence[str]], files: Mapping[str, str]) -> bool:
    """Keep what stands in the form now; False when it was sent meanwhile, from another tab, or is too much."""
    if len(json.dumps(entered)) > LARGEST:
        return False
    row = UnsentForm.objects.select_for_update().filter(posting=posting, browser=browser).first()
    if row and row.arrival_id and _was_sent(row, entered):
        return False
    if row is None:
        row = UnsentForm(posting=posting, browser=browser)
    row.entered = {name: list(values) for name, values in entered.items()}
    row.files, row.touched_at = dict(files), timezone.now()
    if row.pk:
        row.save(update_fields=["entered", "files", "touched_at"])
    else:
        UnsentForm.objects.bulk_create([row], ignore_conflicts=True)  # of two tabs, one was first
    drafts.touch(files.values())
    return True


def find(posting: Posting, browser: str) -> UnsentForm | None:
    """What this browser has of this form: begun, sent, or both."""
    since = timezone.now() - SENT_IS_KNOWN
    found = UnsentForm.objects.filter(posting=posting, browser=browser, touched_at__gt=since)
    row = found.select_related("arrival").first()
    if row and row.entered and row.touched_at < timezone.now() - drafts.lasts():
        row.entered, row.files = {}, {}
    return row


def sent(posting: Posting, browser: str, arrival: Arrival) -> None:
    """It was sent: what they entered is kept where it went to, and no longer here."""
    UnsentForm.objects.update_or_create(
        posting=posting,
        browser=browser,
        defaults={"entered": {}, "files": {}, "arrival": arrival, "touched_at": timezone.now()},
    )


def forget(posting: Posting, browser: str) -> None:
    """They want it gone, files included; and that anything was ever sent with this browser."""
    for row in UnsentForm.objects.filter(posting=posting, browser=browser):
        _delete(row)


def sweep() -> int:
    """Delete what nobody came back for, and after some months that something was sent. How many."""
    now = timezone.now()
    begun = UnsentForm.objects.filter(arrival=None, touched_at__lt=now - drafts.lasts())
    done = UnsentForm.objects.filter(touched_at__lt=now - SENT_IS_KNOWN)
    begun_again = UnsentForm.objects.exclude(arrival=None).exclude(entered={})
    rows = list((begun | done).order_by("pk")[:AT_ONCE])
    for row in rows:
        _delete(row)
    begun_again.filter(touched_at__lt=now - drafts.lasts()).update(entered={}, files={})
    return len(rows)


def days() -> int:
    return int(settings.APPLY_DRAFT_DAYS)


def _was_sent(row: UnsentForm, entered: Mapping[str, Sequence[str]]) -> bool:
    """A tab that is still open with the form that was sent says nothing new."""
    key = "".join(entered.get("submission_key", [])[:1])
    try:
        return row.arrival is not None and row.arrival.submission_key == uuid.UUID(key)
    except ValueError:
        return False


def _delete(row: UnsentForm) -> None:
    for key in row.files.values():
        drafts.drop(key)
    row.delete()
