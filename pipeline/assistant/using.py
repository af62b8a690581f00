"""How the assistant is used: by job, with what success, at what cost. For administrators and whoever answers for it (AI-1, AI-13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from hiring.models import Job, User
from pipeline.assistant import prompts, server, shown, switching
from pipeline.models import AssistantDraft

SPANS = {"7": "7 days", "30": "30 days", "365": "a year"}
USUAL = "30"
MOST_JOBS = 100
State = AssistantDraft.State
TROUBLES = {
    "broken_off": "Asking was broken off three times",
    "busy": "The server was busy",
    "certificate": "The server could not prove who it is",
    "cut_off": "The answer was cut off",
    "dropped": "The connection broke off",
    "empty": "The answer was empty",
    "filtered": "The server's filter held the answer back",
    "key": "The server did not accept our key",
    "misshapen": "The answer did not have the shape it was asked for",
    "moved": "The server sent us to another address",
    "nonsense": "The answer was not of the protocol",
    "not_found": "The server does not know the address or the model",
    "not_sent": "Nothing was sent: there was nothing to go by, or it said who the person is",
    "not_understood": "The server did not understand the question",
    "quota": "The account at the server is used up",
    "refused": "The model declined",
    "server_error": "The server failed",
    "switched_off": "It was switched off meanwhile",
    "too_large": "The answer was too large",
    "too_long": "The text was too long for the model",
    "too_slow": "The server took too long",
    "unreachable": "The server could not be reached",
}
"""What can go wrong, for whoever counts it. A code without words fails a test."""


def of_everybody(user: User, *, since: str = "") -> dict[str, Any]:
    """Everything the page shows. A constant number of queries; titles only of jobs the user may see."""
    days = since if since in SPANS else USUAL
    rows = AssistantDraft.objects.filter(asked_at__gt=timezone.now() - dt.timedelta(days=int(days)))
    sums = rows.values("job").annotate(**_sums()).order_by(F("asked").desc(), "job")
    by_job: list[dict[str, Any]] = [dict(row) for row in sums[:MOST_JOBS]]
    jobs = Job.objects.visible_to(user).in_bulk([row["job"] for row in by_job])
    on = switching.among({row["job"] for row in by_job})
    troubles = rows.exclude(trouble="").exclude(state=State.WAITING).values("trouble")
    return {
        "days": days,
        "spans": SPANS,
        "is_set_up": server.is_set_up(),
        "host": server.host(),
        "model": settings.ASSISTANT_MODEL,
        "total": rows.aggregate(**_sums()),
        "by_job": [row | {"job": jobs.get(row["job"]), "is_on": row["job"] in on} for row in by_job],
        "is_cut": len(by_job) == MOST_JOBS,
        "troubles": [
            row | {"says": TROUBLES.get(row["trouble"], row["trouble"])}
            for row in troubles.annotate(times=Count("pk")).order_by("-times", "trouble")[:30]
        ],
        "register": [(purpose, prompts.version(purpose.kind)) for purpose in shown.PURPOSES],
    }


def _sums() -> dict[str, Any]:
    ended_badly = Q(state__in=[State.FAILED, State.REFUSED]) | Q(state=State.DISCARDED) & ~Q(trouble="")
    return {
        "asked": Count("pk"),
        "failed": Count("pk", filter=ended_badly),
        "kept": Count("pk", filter=Q(state=State.USED)),
        "put_away": Count("pk", filter=Q(state=State.DISCARDED, trouble="")),
        "tokens_in": Sum("tokens_in"),
        "tokens_out": Sum("tokens_out"),
    }
