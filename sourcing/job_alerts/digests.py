"""The mail with what is new: once a day or a week for each alert, and none where nothing is.

Thousands of alerts meet hundreds of new jobs in one statement a batch; a job's words are put together once for all alerts. A batch
is locked, written and put off to its next morning in one transaction, so that nobody is told twice and nothing is left out.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Prefetch
from django.utils import timezone

from hiring import suppression
from hiring.mail import partners
from hiring.models import Posting, PostingTranslation, Suppression
from sourcing.careers import languages
from sourcing.careers.words import terms
from sourcing.job_alerts import asking, door
from sourcing.job_alerts.models import MOST_WORDS, JobAlert

AT_ONCE = 500
SECONDS = 45.0
MOST_JOBS = 20
TOLD_BEFORE_END = dt.timedelta(days=14)

MATCH = """
WITH fresh AS MATERIALIZED (
  SELECT p.id, p.first_published_at AS since, j.department_id,
         lower(concat_ws(E'\\n', p.title, d.name,
           (SELECT string_agg(t.title, E'\\n') FROM hiring_postingtranslation t WHERE t.posting_id = p.id),
           (SELECT string_agg(concat_ws(E'\\n', l.name, l.city), E'\\n')
              FROM hiring_postingplace s JOIN hiring_location l ON l.id = s.location_id WHERE s.posting_id = p.id))) AS said,
         ARRAY(SELECT s.location_id FROM hiring_postingplace s WHERE s.posting_id = p.id) AS places,
         EXISTS (SELECT 1 FROM hiring_postingplace s WHERE s.posting_id = p.id AND s.workplace = 'remote') AS remote,
         ARRAY(SELECT t.language FROM hiring_postingtranslation t WHERE t.posting_id = p.id) || p.language AS languages
    FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id LEFT JOIN hiring_department d ON d.id = j.department_id
   WHERE p.id = ANY(%(fresh)s)),
found AS (
  SELECT a.id AS alert, f.id AS posting, count(*) OVER (PARTITION BY a.id) AS many,
         row_number() OVER (PARTITION BY a.id ORDER BY f.since DESC, f.id DESC) AS nth
    FROM sourcing_jobalert a JOIN fresh f ON f.since > a.told_until AND f.since <= %(now)s
   WHERE a.id = ANY(%(alerts)s)
     AND (a.department_id IS NULL OR a.department_id = f.department_id)
     AND (a.location_id IS NULL OR a.location_id = ANY(f.places))
     AND (NOT a.remote OR f.remote)
     AND (a.language = '' OR a.language = ANY(f.languages))
     AND NOT EXISTS (SELECT 1 FROM unnest((string_to_array(lower(a.words), ' '))[:%(words)s]) word WHERE strpos(f.said, word) = 0))
SELECT alert, posting, many FROM found WHERE nth <= %(most)s ORDER BY alert, nth
"""
"""Which of the new jobs each of these alerts wants: what the list of jobs finds for the same search (careers/listing.py)."""


@dataclass(frozen=True)
class News:
    """What one alert is told: the newest jobs, and how many there are in all."""

    postings: tuple[int, ...]
    many: int


def send_due(*, seconds: float = SECONDS) -> int:
    """Write what is due, the longest waiting first, as far as there is time. How many mails."""
    until = time.monotonic() + seconds
    sent = 0
    while time.monotonic() < until:
        looked_at, written = _batch(timezone.now())
        sent += written
        if looked_at < AT_ONCE:
            break
    return sent + tell_ends()


@transaction.atomic
def _batch(now: dt.datetime) -> tuple[int, int]:
    """The alerts it looked at, and the mails it wrote."""
    due = JobAlert.objects.running().filter(due_at__lte=now).select_related("department", "location")
    alerts = list(due.select_for_update(of=("self",), skip_locked=True).order_by("due_at", "pk")[:AT_ONCE])
    standing = _without_unwanted(alerts)
    news = match(standing, now)
    lines = _lines({pk for one in news.values() for pk in one.postings})
    sheets = [_sheet(alert, news[alert.pk], lines, now) for alert in standing if alert.pk in news]
    partners.to_many(sheets, purpose=door.PURPOSE)
    for alert in standing:
        alert.told_until, alert.due_at = now, asking.next_due(alert.often, now)
    JobAlert.objects.bulk_update(standing, ["told_until", "due_at"])
    return len(alerts), len(sheets)


def match(alerts: Collection[JobAlert], now: dt.datetime) -> dict[int, News]:
    """What is new for each of these alerts; those for which nothing is are not there."""
    looks = [alert.told_until for alert in alerts if alert.told_until]
    if not looks:
        return {}
    fresh = Posting.objects.public().filter(first_published_at__gt=min(looks), first_published_at__lte=now)
    wanted = {"fresh": list(fresh.values_list("pk", flat=True)), "alerts": [alert.pk for alert in alerts]}
    with connection.cursor() as cursor:
        cursor.execute(MATCH, {**wanted, "now": now, "most": MOST_JOBS, "words": MOST_WORDS})
        rows = cursor.fetchall()
    found: dict[int, list[int]] = {}
    many = {alert: count for alert, _, count in rows}
    for alert, posting, _ in rows:
        found.setdefault(alert, []).append(posting)
    return {alert: News(tuple(postings), many[alert]) for alert, postings in found.items()}


def _without_unwanted(alerts: list[JobAlert]) -> list[JobAlert]:
    """Addresses that are not to be written to at all, or that called us spam, have no alerts any more (MAIL-25)."""
    hashes = suppression.address_hashes({alert.address for alert in alerts})
    rows = Suppression.objects.filter(address_hash__in=hashes)
    unwanted = {
        hashes[row.address_hash]
        for row in rows
        if row.scope == Suppression.Scope.EVERYTHING or row.reason == Suppression.Reason.COMPLAINT
    }
    if unwanted:
        JobAlert.objects.filter(address__in=unwanted).delete()
    return [alert for alert in alerts if alert.address not in unwanted]


Line = dict[str, str]


def _lines(postings: Iterable[int]) -> dict[tuple[int, str], Line]:
    """What a mail says of each of these jobs, in each language there is; the empty one is the original."""
    rows = Posting.objects.filter(pk__in=list(postings)).with_places().defer("description", "questions", "fields")
    words = PostingTranslation.objects.defer("description", "labels")
    found: dict[tuple[int, str], Line] = {}
    for posting in rows.prefetch_related(Prefetch("translations", words)):
        said = terms(posting)
        where = f"{said.place}, {said.way}" if said.way else said.place
        pay = f"{said.pay} {said.pay_period}".strip() if said.pay else ""
        about = " · ".join(part for part in (where, said.employment, pay) if part)
        found[posting.pk, ""] = {"title": posting.title, "about": about, "url": languages.address_of(posting)}
        for other in posting.translations.all():
            address = settings.SITE_URL + other.get_absolute_url()
            found[posting.pk, other.language] = {"title": other.title, "about": about, "url": address}
    return found


def _sheet(alert: JobAlert, news: News, lines: dict[tuple[int, str], Line], now: dt.datetime) -> partners.Sheet:
    jobs = [lines.get((pk, alert.language)) or lines[pk, ""] for pk in news.postings]
    context = {
        "alert": alert,
        "jobs": jobs,
        "many": news.many,
        "more": news.many - len(jobs),
        "url": door.url(alert),
        "end_url": door.url(alert, "job_alert_end"),
        "ends_soon": alert.ends_at < now + TOLD_BEFORE_END,
    }
    key = f"job_alert:{alert.pk}:{now:%Y%m%dT%H%M%S}"
    return partners.Sheet("", alert.address, "sourcing/email/job_alert", context, key)


@transaction.atomic
def tell_ends() -> int:
    """Write to those whose alert ends soon, once, so that whoever wants it keeps it. How many."""
    soon = JobAlert.objects.running().filter(told_end=False, ends_at__lt=timezone.now() + TOLD_BEFORE_END)
    alerts = list(
        soon.select_for_update(of=("self",), skip_locked=True).select_related("department", "location")[:AT_ONCE]
    )
    partners.to_many(
        [
            partners.Sheet(
                "",
                alert.address,
                "sourcing/email/job_alert_ends",
                {"alert": alert, "url": door.url(alert), "end_url": door.url(alert, "job_alert_end")},
                f"job_alert:{alert.pk}:ends:{alert.ends_at:%Y%m%d}",
            )
            for alert in alerts
        ],
        purpose=door.PURPOSE,
    )
    JobAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_end=True)
    return len(alerts)
