"""Search copies follow the taxonomy: when a name of a skill changes its meaning, whoever has it or says it is written anew.

A change is a row (`TaxonomyChange`, written by triggers). Until it is done, searching asks for the earlier names as well
(`taxonomy.meanwhile`), so that nobody is missed. Rewriting begins when every process knows the new taxonomy.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from hiring import health, search_copy, taxonomy
from hiring.models import TaxonomyChange, TaxonomyVersion
from hiring.taxonomy.held import CHECK_SECONDS

BATCH = 200
KNOWN_EVERYWHERE = dt.timedelta(seconds=CHECK_SECONDS + 2)
BUDGET = 25.0  # seconds a sweep
KEPT = dt.timedelta(days=30)

# Fenced: by its order the planner would read everybody. What full-text search cannot tell apart (C++ and C#) finds too many.
TOUCHED = """
WITH found AS MATERIALIZED (
       SELECT candidate_id FROM hiring_candidatesearch
        WHERE skills @> ARRAY[%(key)s] OR tsv @@ phraseto_tsquery('tl_text', %(key)s))
"""
COUNT = f"{TOUCHED} SELECT count(*) FROM found"  # noqa: S608
NEXT = f"{TOUCHED} SELECT candidate_id FROM found WHERE candidate_id > %(after)s ORDER BY candidate_id LIMIT %(most)s"  # noqa: S608


def sweep(budget: float = BUDGET) -> int:
    """Go on with the changes that are due, the oldest first, for about so many seconds. Copies rewritten."""
    until, written = time.monotonic() + budget, 0
    taxonomy.forget()
    while time.monotonic() < until:
        done = _step()
        if done is None:
            break
        written += done
    TaxonomyChange.objects.filter(done_at__lt=timezone.now() - KEPT).delete()
    return written


@transaction.atomic
def _step() -> int | None:
    """One batch of the oldest change nobody else is at; None when nothing is due."""
    due = TaxonomyChange.objects.filter(done_at=None, at__lte=timezone.now() - KNOWN_EVERYWHERE)
    change = due.order_by("pk").select_for_update(skip_locked=True).first()
    if change is None:
        return None
    given: dict[str, Any] = {"key": taxonomy.key(change.name), "after": change.last_candidate, "most": BATCH}
    with connection.cursor() as cursor:
        if change.people is None:
            cursor.execute(COUNT, given)
            change.people = cursor.fetchone()[0]
        cursor.execute(NEXT, given)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        search_copy.refresh(ids)
        change.last_candidate, change.rewritten = ids[-1], change.rewritten + len(ids)
    if len(ids) < BATCH:
        change.done_at = timezone.now()
        TaxonomyVersion.objects.update(version=F("version") + 1)  # processes stop asking for the earlier name
    change.save(update_fields=["people", "last_candidate", "rewritten", "done_at"])
    return len(ids)


def oldest_due() -> dt.datetime | None:
    """For /readyz: since when copies wait to follow the taxonomy."""
    return TaxonomyChange.objects.filter(done_at=None).order_by("at").values_list("at", flat=True).first()


health.due["taxonomy"] = oldest_due
