"""How alerts end: by their owner's word, unconfirmed, unkept; and nothing of them stays, what was sent included."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from hiring.mail import lists
from sourcing.job_alerts.models import JobAlert

CONFIRM_WITHIN = dt.timedelta(days=7)
LASTS = dt.timedelta(days=180)
MAIL_IS_KEPT = dt.timedelta(days=30)  # for reports about its delivery
AT_ONCE = 1_000


def end(alert: JobAlert) -> None:
    """The owner wants no more of it."""
    JobAlert.objects.filter(pk=alert.pk).delete()


def end_all(address: str) -> int:
    """Every alert of an address. How many."""
    return JobAlert.objects.filter(address=address).delete()[0]


def sweep() -> int:
    """Delete alerts that nobody confirmed or kept, and mails of alerts that are gone or that are old. How many alerts."""
    over = JobAlert.objects.filter(ends_at__lte=timezone.now()).order_by("ends_at").values("pk")[:AT_ONCE]
    gone = JobAlert.objects.filter(pk__in=over).delete()[0]
    lists.forget("job_alert:", JobAlert.objects.all(), before=timezone.now() - MAIL_IS_KEPT)
    return gone
