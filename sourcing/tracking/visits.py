"""Counting visits of a short address: a number a day and link. No address, no cookie, no fingerprint; machines are left out."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from sourcing.tracking.models import LinkDay, TrackingLink

logger = logging.getLogger(__name__)

MACHINES = (
    "bot", "crawl", "spider", "slurp", "preview", "facebookexternalhit", "whatsapp", "skypeuripreview", "embedly", "pinterest/",
    "vkshare", "w3c_validator", "monitor", "uptime", "pingdom", "headless", "lighthouse", "phantom", "curl", "wget", "python",
    "java/", "okhttp", "go-http", "node", "axios", "libwww", "httpclient", "scan", "safelinks", "proofpoint", "mimecast",
)  # fmt: skip
"""What programs that open links by themselves call themselves: search engines, previews in messengers, scanners of mail."""


def is_a_person(headers: Mapping[str, str]) -> bool:
    """Whether a browser asks because somebody wants to see the page. A browser that fetches ahead of a click does not count."""
    agent = headers.get("User-Agent", "").lower()
    ahead = "".join(headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Moz", "X-Purpose")).lower()
    return (
        bool(agent)
        and "prefetch" not in ahead
        and "preview" not in ahead
        and not any(sign in agent for sign in MACHINES)
    )


def count(link: TrackingLink) -> None:
    """One visit more today. A count that fails costs a number, never the visitor's way on."""
    try:
        with transaction.atomic():
            _count(link)
    except DatabaseError as error:
        logger.warning("visit_not_counted", extra={"link": link.pk, "error": type(error).__name__})


def _count(link: TrackingLink) -> None:
    today = LinkDay.objects.filter(link=link, day=timezone.now().date())
    if today.update(visits=F("visits") + 1):
        return
    try:
        with transaction.atomic():
            LinkDay.objects.create(link=link, day=timezone.now().date(), visits=1)
    except IntegrityError:  # somebody was first today
        today.update(visits=F("visits") + 1)
