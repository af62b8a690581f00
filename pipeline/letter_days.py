"""Letters that wait, when the holidays are changed: none of them leaves on a day that is a holiday by now.

With a letter is kept when it leaves, not which delay was chosen. So a new holiday puts letters off to the next working day,
and one that is taken out again leaves them where people have read that they leave.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q
from django.utils import timezone

from hiring.models import Message
from pipeline import mailing, news, rejection

AT_ONCE = dt.timedelta(minutes=10)
"""What leaves sooner after it was written was to leave now."""
BATCH = 500
OURS = Q(purpose="rejection") | Q(dedupe_key__startswith=news.KEY) | Q(dedupe_key__startswith=f"{mailing.KEY}:")


def put_off() -> int:
    """Let every letter that waits for a day leave in office hours of a working day where the person is. How many were put off."""
    moved, after = 0, 0
    waiting = Message.objects.queued().filter(OURS, attempts=0, candidate__isnull=False, not_before__gt=timezone.now())
    waiting = waiting.filter(not_before__gt=F("created_at") + AT_ONCE).select_related("candidate", "created_by")
    while batch := list(waiting.filter(pk__gt=after).order_by("pk")[:BATCH]):
        after, others = batch[-1].pk, []
        for message in batch:
            assert message.candidate is not None  # noqa: S101 - asked for above
            at = rejection.in_office_hours(message.not_before, message.candidate, by=message.created_by)
            if at != message.not_before:
                message.not_before = at
                others.append(message)
        moved += Message.objects.queued().bulk_update(others, ["not_before"])
    return moved
