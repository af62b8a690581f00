"""Things done to ten thousand people at once, against the same writes as plain SQL on the same rows, triggers included."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from benchmarks.measure import Result
from hiring import acts, bulk, candidates
from hiring.matches import Matches
from hiring.models import Candidate, Mailbox, PeopleAct, User
from pipeline.people_acts import jobs
from sourcing import sequences

PEOPLE = 10_000


def bulk_tag_10k(client: Client) -> Result:
    by = _colleague()
    tag = candidates.tag_named(f"bench {uuid.uuid4().hex[:8]}")
    return _measured("bulk_tag_10k", "tag", tag.name, _everybody(), by, _plain_tags)


def bulk_job_10k(client: Client) -> Result:
    by = _colleague()
    job = jobs(by).order_by("pk")[0]
    ids = list(
        Candidate.objects.live().exclude(applications__job=job).order_by("pk").values_list("pk", flat=True)[:PEOPLE]
    )
    return _measured("bulk_job_10k", "job", str(job.pk), ids, by, _plain_applications)


def bulk_sequence_10k(client: Client) -> Result:
    by = _colleague()
    box = Mailbox.objects.order_by("-pk")[0]
    sequence = sequences.create(name=f"Bench {uuid.uuid4().hex[:8]}", owner=by, mailbox=box)
    sequences.write_steps(sequence, [sequences.StepText("mail", 0, "Hello", "Hello {{ first_name }}")])
    return _measured("bulk_sequence_10k", "sequence", str(sequence.pk), _everybody(), by, _plain_paths)


def _colleague() -> User:
    return User.objects.get(email="bench2@bench.example")


def _everybody() -> list[int]:
    return list(Candidate.objects.live().order_by("pk").values_list("pk", flat=True)[:PEOPLE])


def _measured(name: str, kind: str, value: str, ids: list[int], by: User, plain: tuple[str, ...]) -> Result:
    """From the choice of the people to the last result written; taken back afterwards. Search copies are rewritten later."""
    params = bulk.kinds[kind].read(QueryDict(), value, by)
    begun = time.perf_counter()
    act = _unsent(lambda: acts.start(bulk.kinds[kind], Matches.ticked(by, ids), params))
    _all_of(act)
    ours = len(ids) / (time.perf_counter() - begun)
    act.refresh_from_db()
    if act.done < len(ids) * 0.8:
        raise RuntimeError(f"{name}: {act.done} of {len(ids)} people were done; the figure would say nothing.")
    begun = time.perf_counter()
    _all_of(_unsent(lambda: acts.start_undo(act, by=by)))
    print(f"  {name}: taken back at {len(ids) / (time.perf_counter() - begun):.0f}/s")
    PeopleAct.objects.filter(pk=act.pk).update(copies_due=False)
    PeopleAct.objects.filter(undoes=act).update(copies_due=False)
    return Result(name, per_second=ours, limit_per_second=_timed(plain, ids, by.pk, params))


def _unsent(start: Callable[[], PeopleAct]) -> PeopleAct:
    """Start an act without a task: this process is the worker."""
    at_once, acts.AT_ONCE = acts.AT_ONCE, PEOPLE
    try:
        return start()
    finally:
        acts.AT_ONCE = at_once


def _all_of(act: PeopleAct) -> None:
    while acts._run_batch(act.pk):
        pass


def _timed(plain: tuple[str, ...], ids: list[int], by: int, params: bulk.Params) -> float:
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in plain:
            cursor.execute(sql, {**params, "by": by, "ids": ids})
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    return len(ids) / taken


EVENTS = (
    "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, data) "
    "SELECT id, now(), 'bench', %(by)s, jsonb_build_object('act', 1) FROM unnest(%(ids)s::bigint[]) AS id"
)
_plain_tags = (
    "INSERT INTO hiring_candidatetag (candidate_id, tag_id, added_by_id, added_at) "
    "SELECT id, %(tag)s, %(by)s, now() FROM unnest(%(ids)s::bigint[]) AS id "
    "ON CONFLICT DO NOTHING",
    "UPDATE hiring_candidate SET updated_at = now() WHERE id = ANY(%(ids)s)",
    EVENTS,
)
_plain_applications = (
    "WITH opened AS (INSERT INTO pipeline_application (candidate_id, job_id, stage_id, status, origin, questions, answers, "
    "applied_at, entered_stage_at, created_by_id) SELECT id, %(job)s, %(stage)s, 'active', '{}', '[]', '{}', now(), now(), "
    "%(by)s FROM unnest(%(ids)s::bigint[]) AS id RETURNING id) "
    "INSERT INTO pipeline_transition (application_id, to_id, status, at, seconds_in_left, reason, by_id) "
    "SELECT id, %(stage)s, 'active', now(), 0, '', %(by)s FROM opened",
    EVENTS,
)
_plain_paths = (
    "INSERT INTO sourcing_enrollment (sequence_id, candidate_id, state, position, next_at, state_note, enrolled_at, "
    "enrolled_by_id) SELECT %(sequence)s, one.id, 'active', 0, now(), '', now(), %(by)s FROM unnest(%(ids)s::bigint[]) AS one (id) "
    "WHERE NOT EXISTS (SELECT 1 FROM sourcing_enrollment e WHERE e.candidate_id = one.id AND e.ended_at IS NULL)",
    EVENTS,
)

ALL = (bulk_tag_10k, bulk_job_10k, bulk_sequence_10k)
