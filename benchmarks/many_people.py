"""Things done to ten thousand people at once, against the same writes as plain SQL on the same rows, triggers included."""

from __future__ import annotations

import time
import uuid

from django.db import connection, transaction
from django.test import Client

from benchmarks.measure import Result
from hiring import acts, bulk, candidates
from hiring.matches import Matches
from hiring.models import Candidate, PeopleAct, User

PEOPLE = 10_000


def bulk_tag_10k(client: Client) -> Result:
    """From the choice of the people to the last result written; taken back afterwards. Search copies are rewritten later."""
    by = User.objects.get(email="bench2@bench.example")
    ids = list(Candidate.objects.live().order_by("pk").values_list("pk", flat=True)[:PEOPLE])
    tag = candidates.tag_named(f"bench {uuid.uuid4().hex[:8]}")
    at_once, acts.AT_ONCE = acts.AT_ONCE, PEOPLE  # no task: this process is the worker
    begun = time.perf_counter()
    act = acts.start(bulk.kinds["tag"], Matches.ticked(by, ids), {"tag": tag.pk, "name": tag.name})
    acts.AT_ONCE = at_once
    while acts._run_batch(act.pk):
        pass
    ours = len(ids) / (time.perf_counter() - begun)
    PeopleAct.objects.filter(pk=act.pk).update(copies_due=False)
    acts._run_batch(acts.start_undo(act, by=by).pk)
    return Result("bulk_tag_10k", per_second=ours, limit_per_second=_plain(ids, by.pk))


def _plain(ids: list[int], by: int) -> float:
    tag = candidates.tag_named(f"bench {uuid.uuid4().hex[:8]}")
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hiring_candidatetag (candidate_id, tag_id, added_by_id, added_at) "
            "SELECT id, %s, %s, now() FROM unnest(%s::bigint[]) AS id",
            [tag.pk, by, ids],
        )
        cursor.execute("UPDATE hiring_candidate SET updated_at = now() WHERE id = ANY(%s)", [ids])
        cursor.execute(
            "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, data) "
            "SELECT id, now(), 'candidate.tagged', %s, jsonb_build_object('tag', %s::bigint) FROM unnest(%s::bigint[]) AS id",
            [by, tag.pk, ids],
        )
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    return len(ids) / taken


ALL = (bulk_tag_10k,)
