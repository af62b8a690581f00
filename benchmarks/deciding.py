"""Deciding on applications: one after another in review, many at once, by rules; and the pages that show how a job is doing.

Acts are done with real commits and put back by plain SQL, so that the next run finds the set as this one did.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from benchmarks.measure import CARDS, COUNTS, Result, job, page, timed
from hiring import promises
from hiring.models import MailTemplate, Note, Promise, User
from pipeline import bulk, starting, transfer
from pipeline.models import Application, BulkAct, RejectionReason, RuleFiring, Stage, Transition
from pipeline.outlook import funnel
from pipeline.rules import finding, firing, firing_many, trying, versions

MANY = 1_000
WORDS = "Said by a measurement"
PUT_BACK = """UPDATE pipeline_application SET stage_id = %(stage)s, status = 'active', reviewed_at = NULL, closed_at = NULL,
    reason_id = NULL WHERE id = ANY(%(ids)s)"""


def review_next(client: Client) -> Result:
    """What the review fetches while one reads: the next person whole, as part of the page."""
    found = job(2)
    waiting = list(found.applications.to_review().order_by("applied_at", "pk").values_list("pk", flat=True)[:2])
    url = f"{reverse('pipeline:review', args=[found.pk])}?application={waiting[1]}"
    return page("review_next", client, url, *_person(waiting[1]), headers={"HX-Request": "true"})


def review_step(client: Client) -> Result:
    """The key that advances, answered by the bar of what was done, because the next person is on the screen already."""
    found = job(2)
    waiting = list(found.applications.to_review().order_by("applied_at", "pk").values_list("pk", "stage"))
    places = iter(range(len(waiting) - 1))
    url, done = reverse("pipeline:review", args=[found.pk]), []

    def step() -> Any:
        at = next(places)
        (pk, stage), (following, _) = waiting[at], waiting[at + 1]
        done.append(pk)
        headers = {"HX-Request": "true", "X-Shown-Next": str(following)}
        return client.post(url, {"application": pk, "seen": stage}, headers=headers)

    step()
    with CaptureQueriesContext(connection) as asked:
        response = step()
    queries = len(asked)
    if response.headers.get("HX-Retarget") != "#review-last":
        raise RuntimeError(f"review_step answered {response.status_code} with another person than was shown")
    taken = timed(step)
    _put_back(done, waiting[0][1])
    p95 = statistics.quantiles(taken, n=20)[18]
    return Result("review_step", statistics.median(taken), p95, queries, len(response.content), 0)


def overview_5000(client: Client) -> Result:
    """The page of a job with 5,000 active applications: health, funnel, who waits for nobody."""
    found = job(2)
    limit = [(funnel.COUNTS, {"job": found.pk}), (COUNTS, {"job": found.pk})]
    return page("overview_5000", client, reverse("job_overview", args=[found.pk]), *limit)


def forecast_5000(client: Client) -> Result:
    found = job(2)
    return page("forecast_5000", client, reverse("pipeline:forecast", args=[found.pk]))


def board_waits_20000(client: Client) -> Result:
    """A board of 20,000 narrowed to those who wait for one kind of next step."""
    found = job(3)
    url = f"{reverse('pipeline:board', args=[found.pk])}?waits=to_review"
    return page("board_waits_20000", client, url, (COUNTS, {"job": found.pk}), (CARDS, {"job": found.pk}))


def rules_fire(client: Client) -> Result:
    """A rule that moves a thousand people: found, and done when they are due. Per second, both together."""
    found = job(3)
    stages = {stage.kind: stage for stage in found.stages.all()}
    by = _colleague()
    ids = list(found.applications.to_review().order_by("pk").values_list("pk", flat=True)[:MANY])
    rule = versions.create(
        job=found, name="Bench", by=by, trigger={"kind": "entered", "stage": stages["applied"].pk}, asked={},
        action={"kind": "move", "stage": stages["screen"].pk}, unit="hours", waits_for_person=False, ground="contract",
    )  # fmt: skip
    draft = rule.versions.get()
    trying.try_out(draft, by=by)
    version = versions.activate(draft, by=by, seen_problems=True)
    before = _newest_transition()
    begun = time.perf_counter()
    rows = list(finding.loaded(Application.objects.filter(pk__in=ids)))
    for start in range(0, len(rows), finding.BATCH):
        finding.find(version, rows[start : start + finding.BATCH])
    then = timezone.now() - dt.timedelta(days=1)
    RuleFiring.objects.filter(version=version).update(found_at=then, due_at=then)  # as if the wait were over
    while due := firing.due():
        for pk in firing_many.act(due):
            firing.act(pk)
    ours = len(ids) / (time.perf_counter() - begun)
    done = RuleFiring.objects.filter(version=version, state=RuleFiring.State.DONE).count()
    if done != len(ids):
        raise RuntimeError(f"rules_fire: {done} of {len(ids)} were moved; the figure would say nothing.")
    rule.delete()
    _put_back(ids, stages["applied"].pk, since=before)
    return Result("rules_fire", per_second=ours, limit_per_second=_plain_moves(ids, stages, by))


def bulk_move(client: Client) -> list[Result]:
    """A thousand cards moved as one recorded unit, and taken back as one."""
    found, by = job(3), _colleague()
    stages = {stage.kind: stage for stage in found.stages.all()}
    ids = list(found.applications.to_review().order_by("pk").values_list("pk", flat=True)[:MANY])
    before = _newest_transition()
    warm = bulk.run(
        bulk.start_move(found, ids[: bulk.AT_ONCE + 1], stages["screen"], by=by)
    )  # what a worker has loaded
    bulk.run(bulk.start_undo(warm, by=by))
    ours, act = _carried_out(bulk.start_move(found, ids, stages["screen"], by=by), "bulk_move")
    back, _ = _carried_out(bulk.start_undo(act, by=by), "bulk_move_undo")
    limit = _plain_moves(ids, stages, by)
    _put_back(ids, stages["applied"].pk, since=before)
    return [
        Result("bulk_move", per_second=ours, limit_per_second=limit),
        Result("bulk_move_undo", per_second=back, limit_per_second=limit),
    ]


def bulk_reject(client: Client) -> list[Result]:
    """A thousand people turned down as one unit: alone, with a letter, with a note, and kept warm besides. The limit is their
    rows without any of it."""
    found, by = job(3), _colleague()
    stages = {stage.kind: stage for stage in found.stages.all()}
    ids = list(found.applications.to_review().order_by("pk").values_list("pk", flat=True)[:MANY])
    reason = RejectionReason.objects.filter(is_active=True).order_by("pk")[0]
    letter, _ = MailTemplate.objects.get_or_create(
        name="Bench no",
        kind="rejection",
        defaults={"subject": "Your application", "body": "Dear {{ first_name }}, no."},
    )
    keep = promises.Keep(WORDS, by.pk, timezone.localdate() + dt.timedelta(days=30))
    before, results = _newest_transition(), []
    limit = _plain_moves(ids, stages, by)
    kinds: dict[str, dict[str, Any]] = {
        "bulk_reject": {},
        "bulk_reject_letter": {"template": letter},
        "bulk_reject_note": {"note": WORDS},
        "bulk_reject_keep": {"template": letter, "note": WORDS, "keep": keep},
    }
    for name, said in kinds.items():
        with override_settings(KEEP_WARM_BASIS="legitimate_interest"):
            act = bulk.start_rejection(found, ids, reason, by=by, **said)
            ours, done = _carried_out(act, name)
        results.append(Result(name, per_second=ours, limit_per_second=limit))
        _carried_out(bulk.start_undo(done, by=by), f"{name}_undo")
    for rows in (Promise.objects.filter(text=WORDS), Note.objects.filter(text=WORDS)):
        rows.delete()
    _put_back(ids, stages["applied"].pk, since=before)
    return results


def bulk_transfer(client: Client) -> list[Result]:
    """A thousand people taken over to another job as one unit, and back."""
    found, other, by = job(3), job(4), _colleague()
    stages = {stage.kind: stage for stage in found.stages.all()}
    there = other.applications.active().values("candidate")
    waiting = found.applications.to_review().exclude(candidate__in=there).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[: MANY + 200])
    held = transfer.held(ids)
    ids = [pk for pk in ids if pk not in held][:MANY]
    before = _newest_transition()
    act = bulk.start_transfer(found, ids, starting.first_stage(other), by=by, alike=True)
    ours, done = _carried_out(act, "bulk_transfer")
    back, _ = _carried_out(bulk.start_undo(done, by=by), "bulk_transfer_undo")
    limit = _plain_moves(ids, stages, by)
    _put_back(ids, stages["applied"].pk, since=before)
    return [
        Result("bulk_transfer", per_second=ours, limit_per_second=limit),
        Result("bulk_transfer_undo", per_second=back, limit_per_second=limit),
    ]


def _carried_out(act: BulkAct, name: str) -> tuple[float, BulkAct]:
    begun = time.perf_counter()
    act = bulk.run(act)
    ours = act.total / (time.perf_counter() - begun)
    if len(act.done) != act.total:
        raise RuntimeError(f"{name}: {len(act.done)} of {act.total} were done; the figure would say nothing.")
    return ours, act


def _colleague() -> User:
    return User.objects.get(email="bench2@bench.example")


def _newest_transition() -> int:
    return Transition.objects.aggregate(last=Max("pk"))["last"] or 0


def _put_back(ids: list[int], stage: int, since: int | None = None) -> None:
    """Let these stand where they stood, and nobody have looked at them; what was written down since goes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(PUT_BACK, {"ids": ids, "stage": stage})
        if since is not None:
            cursor.execute(
                "DELETE FROM pipeline_decisionrecord WHERE transition_id > %s AND application_id = ANY(%s)",
                [since, ids],
            )
            cursor.execute("DELETE FROM pipeline_transition WHERE id > %s AND application_id = ANY(%s)", [since, ids])


def _person(application: int) -> list[tuple[str, dict[str, Any]]]:
    values = {"id": application}
    return [
        (
            "SELECT a.*, c.* FROM pipeline_application a JOIN hiring_candidate c ON c.id = a.candidate_id WHERE a.id = %(id)s",
            values,
        ),
        (
            "SELECT d.*, t.text FROM hiring_document d LEFT JOIN hiring_documenttext t ON t.document_id = d.id"
            " WHERE d.candidate_id = (SELECT candidate_id FROM pipeline_application WHERE id = %(id)s)",
            values,
        ),
    ]


PLAIN_MOVES = (
    "SELECT id FROM pipeline_application WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE",
    "UPDATE pipeline_application SET stage_id = %(to)s, entered_stage_at = clock_timestamp() WHERE id = ANY(%(ids)s)",
    "WITH made AS (INSERT INTO pipeline_transition (application_id, left_id, to_id, status, at, seconds_in_left, reason, by_id)"
    " SELECT id, %(left)s, %(to)s, 'active', now(), 1, '', %(by)s FROM unnest(%(ids)s::bigint[]) AS id RETURNING id, application_id)"
    " INSERT INTO pipeline_decisionrecord (application_id, transition_id, outcome, way, door, by_id, rule, at, judging_version,"
    " models_used, judgements, input_digest, was_blind, is_override, override_reason, note, grounds)"
    " SELECT application_id, id, 'advance', 'bulk', 'task', %(by)s, '', now(), '', '[]', '[]', '', false, false, '', '', '[]' FROM made",
    "INSERT INTO hiring_timelineevent (candidate_id, at, kind, actor_id, job_id, data) SELECT candidate_id, now(), 'application.moved',"
    " %(by)s, job_id, '{}' FROM pipeline_application WHERE id = ANY(%(ids)s)",
)
"""Rows of as many moves, set by set, with their audit entries."""


def _plain_moves(ids: list[int], stages: dict[str, Stage], by: User) -> float:
    values: dict[str, Any] = {"ids": ids, "left": stages["applied"].pk, "to": stages["screen"].pk, "by": by.pk}
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in PLAIN_MOVES:
            cursor.execute(sql, values)
        taken = time.perf_counter() - begun
        transaction.set_rollback(True)
    return len(ids) / taken


ALL = (
    review_next,
    review_step,
    overview_5000,
    forecast_5000,
    board_waits_20000,
    rules_fire,
    bulk_move,
    bulk_reject,
    bulk_transfer,
)
