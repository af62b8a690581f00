"""The notices an applicant was shown: kept with the application, version by version (PRIV-3, AI-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from hiring.models import LegalText
from pipeline.models import Application, ShownNotice


def keep(application: Application, notices: Sequence[int], *, at: dt.datetime | None = None) -> None:
    """Keep which versions stood at the form, by their ids; one that is known of this application already stays as it is."""
    if not notices:
        return
    known = LegalText.objects.filter(pk__in=notices).values_list("pk", flat=True)
    at = at or timezone.now()
    rows = [ShownNotice(application=application, text_id=pk, at=at) for pk in sorted(known)]
    ShownNotice.objects.bulk_create(rows, ignore_conflicts=True)


def shown_to(applications: Iterable[int]) -> dict[int, list[ShownNotice]]:
    """What each of these applications was shown, by its id. One query."""
    found: dict[int, list[ShownNotice]] = {}
    for row in ShownNotice.objects.filter(application__in=list(applications)).select_related("text"):
        found.setdefault(row.application_id, []).append(row)
    return found
