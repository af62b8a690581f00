"""The personal link of an alert, and what is asked before one of its mails leaves."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse

from hiring import links
from hiring.mail import delivery, lists
from hiring.models import Message
from sourcing.job_alerts import ending
from sourcing.job_alerts.models import JobAlert

PURPOSE = "job_alert"  # of its mails, and of its tokens
KEY = re.compile(r"^job_alert:(\d{1,18}):")
ASKED = "ask"
"""Mails that answer a visitor's asking, before or after it is confirmed; all others are for confirmed alerts alone."""


def token(alert: JobAlert) -> str:
    return links.sign(alert.key, PURPOSE)


def url(alert: JobAlert, route: str = "job_alert") -> str:
    return settings.SITE_URL + reverse(route, args=[token(alert)])


def find(token: str) -> JobAlert | None:
    """The alert a token stands for; None for anything forged, and for one that has ended."""
    key = links.unsign(token, PURPOSE)
    found = (
        JobAlert.objects.select_related("department", "location").filter(key=key) if key else JobAlert.objects.none()
    )
    return found.first()


def of(message: Message) -> JobAlert | None:
    """The alert a mail was written for; its key says so."""
    named = KEY.match(message.dedupe_key or "")
    return JobAlert.objects.filter(pk=int(named[1])).first() if named else None


def why_not(message: Message) -> str:
    """Asked when a mail leaves: who ended the alert meanwhile hears nothing more."""
    alert = of(message)
    is_answer = f":{ASKED}:" in (message.dedupe_key or "")
    return "" if alert and (alert.confirmed_at or is_answer) else "This alert was ended."


def _way_out(message: Message) -> str:
    """Of alerts that run. What was never confirmed is left by doing nothing."""
    alert = of(message)
    return url(alert, "job_alert_end") if alert and alert.confirmed_at else ""


def _leave(message: Message) -> None:
    """All alerts of the address: by mail nobody says which one."""
    if alert := of(message):
        ending.end_all(alert.address)


delivery.overtaken[PURPOSE] = why_not
lists.lists[PURPOSE] = lists.MailList(way_out=_way_out, leave=_leave)
