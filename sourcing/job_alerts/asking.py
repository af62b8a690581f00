"""Asking to be told of jobs, and the word of the address that it is meant (double opt-in).

Whoever asks gets the same answer and the same work is done, whatever is known about the address (SEC-11).
"""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import identity, limits
from hiring.errors import Refused
from hiring.mail import partners
from hiring.models import Department, Location
from sourcing.job_alerts import door
from sourcing.job_alerts.ending import CONFIRM_WITHIN, LASTS
from sourcing.job_alerts.models import MOST_WORDS, JobAlert

MOST_OF_AN_ADDRESS = 10
MAILS_A_DAY = 5
MORNING = 7  # o'clock where the organisation is


def ask(
    *,
    email: str,
    words: str = "",
    department: Department | None = None,
    location: Location | None = None,
    remote: bool = False,
    language: str = "",
    often: str = JobAlert.Often.WEEKLY,
) -> None:
    """Keep the search, unconfirmed, and write to the address; one that has been asked for often enough today is left in peace.

    An alert of theirs that is there already stays as it is: they are told where to change it. Raises Refused for no address.
    """
    address = identity.normalise_email(email)
    if not limits.allows("job-alert-mail", address, most=MAILS_A_DAY, seconds=86_400):
        return
    search = {"words": _tidy(words), "department": department, "location": location, "remote": remote}
    now = timezone.now()
    with transaction.atomic():
        alert = JobAlert.objects.filter(address=address, language=language, **search).first()
        is_full = alert is None and JobAlert.objects.filter(address=address).count() >= MOST_OF_AN_ADDRESS
        if is_full:
            alert = JobAlert.objects.filter(address=address).order_by("-pk").first()
        if alert is None:
            alert, _ = JobAlert.objects.get_or_create(
                address=address,
                language=language,
                **search,
                defaults={"often": often, "created_at": now, "ends_at": now + CONFIRM_WITHIN},
            )
        elif alert.confirmed_at is None:
            alert.often, alert.ends_at = often, now + CONFIRM_WITHIN
            alert.save(update_fields=["often", "ends_at"])
        context = {"alert": alert, "url": door.url(alert), "is_full": is_full, "most": MOST_OF_AN_ADDRESS}
        partners.to_partner(
            "",
            address,
            purpose=door.PURPOSE,
            template="sourcing/email/job_alert_asked",
            context=context,
            dedupe_key=f"job_alert:{alert.pk}:{door.ASKED}:{uuid.uuid4().hex}",
        )


@transaction.atomic
def confirm(alert: JobAlert) -> JobAlert:
    """The address says that it is meant. From now on jobs are news; saying it twice changes nothing."""
    alert = _locked(alert)
    if alert.confirmed_at is None:
        now = timezone.now()
        alert.confirmed_at = alert.told_until = now
        alert.ends_at, alert.due_at = now + LASTS, next_due(alert.often, now)
        alert.save()
    return alert


@transaction.atomic
def change(alert: JobAlert, **search: Any) -> JobAlert:
    """Look for something else, or more often. Keeps it for another while. Raises Refused when there is one like it already."""
    alert = _locked(alert)
    search["words"] = _tidy(search.get("words", ""))
    for name in ("words", "department", "location", "remote", "language", "often"):
        setattr(alert, name, search[name])
    now = timezone.now()
    if alert.confirmed_at:
        alert.due_at, alert.ends_at, alert.told_end = next_due(alert.often, now), now + LASTS, False
    try:
        with transaction.atomic():
            alert.save()
    except IntegrityError as error:
        raise Refused("You have an alert for exactly this already.") from error
    return alert


@transaction.atomic
def keep(alert: JobAlert) -> JobAlert:
    """Go on for another while."""
    alert = _locked(alert)
    if alert.confirmed_at:
        alert.ends_at, alert.told_end = timezone.now() + LASTS, False
        alert.save(update_fields=["ends_at", "told_end"])
    return alert


def next_due(often: str, now: dt.datetime) -> dt.datetime:
    """The next morning, or the same a week later, where the organisation is."""
    local = now.astimezone(zoneinfo.ZoneInfo(settings.ORGANISATION_TIME_ZONE))
    days = 1 if often == JobAlert.Often.DAILY else 7
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0, fold=0)
    return morning + dt.timedelta(days=days)


def _tidy(words: str) -> str:
    return " ".join(words.split()[:MOST_WORDS])


def _locked(alert: JobAlert) -> JobAlert:
    """Raises Refused when it was ended meanwhile."""
    found = JobAlert.objects.select_for_update(of=("self",)).select_related("department", "location")
    if (row := found.filter(pk=alert.pk).first()) is None:
        raise Refused("This alert has ended.")
    return row
