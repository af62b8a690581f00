"""How alerts end: by their owner's word, unconfirmed, unkept; and nothing of them stays, what was sent included."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from hiring.models import Message
from sourcing.job_alerts.models import JobAlert

CONFIRM_WITHIN = dt.timedelta(days=7)
LASTS = dt.timedelta(days=180)
MAIL_IS_KEPT = dt.timedelta(days=30)  # for reports about its delivery
AT_ONCE = 1_000

OLD_MAIL = """
SELECT m.id FROM hiring_message m
 WHERE m.mail_class = 'partner' AND m.dedupe_key LIKE 'job\\_alert:%%' AND m.status <> 'sending'
   AND (m.created_at < %(before)s
        OR NOT EXISTS (SELECT 1 FROM sourcing_jobalert a WHERE a.id = split_part(m.dedupe_key, ':', 2)::bigint))
 ORDER BY m.id LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
"""Found by their key, which is indexed for its beginning."""


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
    while _forget_mail():
        pass
    return gone


@transaction.atomic
def _forget_mail() -> bool:
    """Some of the mails; False once there are none. What is being handed over this second waits for the next round."""
    with connection.cursor() as cursor:
        cursor.execute(OLD_MAIL, {"before": timezone.now() - MAIL_IS_KEPT, "most": AT_ONCE})
        old = [row[0] for row in cursor.fetchall()]
    Message.objects.filter(pk__in=old).delete()
    return len(old) == AT_ONCE
