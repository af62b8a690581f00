"""Putting somebody off in the review: they leave the queue until a day, and come back to it by themselves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import User
from pipeline import entering
from pipeline.models import Application, ReviewSnooze

LONGEST = dt.timedelta(days=90)
SOON = (("tomorrow", "Tomorrow", 1), ("three", "In 3 days", 3), ("week", "In a week", 7))


@transaction.atomic
def snooze(application: Application, until: dt.date, *, by: User) -> ReviewSnooze:
    """Take somebody who waits to be looked at out of the queue, for the whole team, until this day begins where `by` is."""
    application = entering.lock(application)
    if not application.is_active or application.reviewed_at is not None:
        raise Refused(f"{application.candidate.name} was looked at already and waits for no review.")
    today = timezone.now().astimezone(by.zone).date()
    if not today < until <= today + LONGEST:
        raise Refused(f"Choose a day after today, at most {LONGEST.days} days ahead.")
    begins = dt.datetime.combine(until, dt.time(), by.zone)
    made, _ = ReviewSnooze.objects.update_or_create(
        application=application, defaults={"until": begins, "by": by, "at": timezone.now()}
    )
    return made


def wake(application: Application) -> None:
    """Let somebody wait in the queue again, now. Twice is once."""
    ReviewSnooze.objects.filter(application=application).delete()


def day(soon: str, typed: str, *, by: User) -> dt.date:
    """The day somebody chose: one of SOON, or one they typed."""
    today = timezone.now().astimezone(by.zone).date()
    days = {key: number for key, _, number in SOON}
    if soon in days:
        return today + dt.timedelta(days=days[soon])
    try:
        return dt.date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused("Choose a day: tomorrow, in a week, or one you type.") from None
