"""What is measured, and the limit it is held against: the same work as plain SQL in the same run on the same data."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hiring.models import Candidate, Job, Posting, User
from pipeline.models import Application, Stage
from sourcing import outreach

RUNS = 25


@dataclass
class Result:
    """Milliseconds for pages and acts; per second for batches. `limit` is the plain SQL's figure in the same unit."""

    name: str
    median_ms: float = 0
    p95_ms: float = 0
    queries: int = 0
    size: int = 0
    limit_ms: float = 0
    per_second: float = 0
    limit_per_second: float = 0

    def as_json(self) -> dict[str, Any]:
        if self.per_second:
            ratio = self.per_second / self.limit_per_second if self.limit_per_second else None
            return {
                "per_second": round(self.per_second, 1),
                "limit_per_second": round(self.limit_per_second, 1),
                "ratio": ratio and round(ratio, 3),
            }
        return {
            "median_ms": round(self.median_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
            "queries": self.queries,
            "bytes": self.size,
            "limit_ms": round(self.limit_ms, 2),
            "ratio": round(self.median_ms / self.limit_ms, 2) if self.limit_ms else None,
        }


def timed(act: Callable[[], Any], runs: int = RUNS, warm: int = 3) -> list[float]:
    """Milliseconds of each run, after a few that do not count."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def plain_sql(*statements: tuple[str, dict[str, Any]]) -> float:
    """Median milliseconds of these statements, run and fetched one after the other."""

    def run() -> None:
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                if cursor.description:
                    cursor.fetchall()

    return statistics.median(timed(run))


def page(
    name: str, client: Client, url: str, *limit: tuple[str, dict[str, Any]], headers: dict[str, str] | None = None
) -> Result:
    """A GET through the whole stack, middleware and templates included, answered 200."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url, headers=headers)
    if response.status_code != 200:
        raise RuntimeError(f"{name}: {url} answered {response.status_code}")
    with CaptureQueriesContext(connection) as asked:
        response = client.get(url, headers=headers)
    queries = len(asked)  # counted now: the next request empties the log
    taken = timed(lambda: client.get(url, headers=headers))
    return Result(
        name,
        statistics.median(taken),
        statistics.quantiles(taken, n=20)[18],
        queries,
        len(response.content),
        plain_sql(*limit) if limit else 0,
    )


RECENT = (
    "SELECT id, name, headline, location, owner_id, source_id, updated_at FROM hiring_candidate WHERE merged_into_id IS NULL "
    "ORDER BY updated_at DESC, id DESC LIMIT 51"
)
COUNTS = (
    "SELECT stage_id, count(*) FROM pipeline_application WHERE job_id = %(job)s AND status = 'active' GROUP BY stage_id"
)
CARDS = (
    "SELECT s.id, x.id, c.name, c.headline, x.entered_stage_at FROM pipeline_stage s CROSS JOIN LATERAL (SELECT a.id, a.candidate_id, "
    "a.entered_stage_at FROM pipeline_application a WHERE a.job_id = s.job_id AND a.status = 'active' AND a.stage_id = s.id "
    "ORDER BY a.entered_stage_at DESC, a.id DESC LIMIT 20) x JOIN hiring_candidate c ON c.id = x.candidate_id WHERE s.job_id = %(job)s"
)
ROWS = (
    "SELECT a.id, c.name, c.headline, s.name, a.entered_stage_at, a.applied_at FROM (SELECT * FROM pipeline_application "
    "WHERE job_id = %(job)s AND status = 'active' ORDER BY entered_stage_at DESC, id DESC LIMIT 51) a "
    "JOIN hiring_candidate c ON c.id = a.candidate_id JOIN pipeline_stage s ON s.id = a.stage_id"
)
ROWS_BY_CRITERIA = ROWS.replace(
    "SELECT * FROM pipeline_application WHERE job_id = %(job)s AND status = 'active' ORDER BY entered_stage_at DESC, id DESC",
    "SELECT x.* FROM pipeline_application x LEFT JOIN pipeline_judgement j ON j.application_id = x.id "
    "WHERE x.job_id = %(job)s AND x.status = 'active' ORDER BY j.met DESC NULLS LAST, x.id DESC",
)
PROFILE = (
    "SELECT * FROM hiring_candidate WHERE id = %(id)s",
    "SELECT * FROM hiring_contactpoint WHERE candidate_id = %(id)s",
    "SELECT * FROM pipeline_application a JOIN hiring_job j ON j.id = a.job_id WHERE a.candidate_id = %(id)s",
    "SELECT * FROM hiring_document WHERE candidate_id = %(id)s",
    "SELECT * FROM hiring_timelineevent WHERE candidate_id = %(id)s ORDER BY at DESC, id DESC LIMIT 31",
)
TODAY = (
    "SELECT job_id, count(*) FROM pipeline_application WHERE status = 'active' AND reviewed_at IS NULL GROUP BY job_id LIMIT 10",
    "SELECT id FROM hiring_thread WHERE waiting_since IS NOT NULL ORDER BY waiting_since LIMIT 10",
)


def signed_in() -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email="bench2@bench.example"))
    return client


def job(number: int) -> Job:
    return Job.objects.get(requisition_id=f"BENCH-{number}")


def today(client: Client) -> Result:
    return page("today", client, reverse("today"), *((sql, {}) for sql in TODAY))


def candidate_list(client: Client) -> Result:
    return page("candidate_list", client, reverse("candidates"), (RECENT, {}))


def board_300(client: Client) -> Result:
    found = job(1)
    return page("board_300", client, reverse("pipeline:board", args=[found.pk]), *_board_limit(found))


def board_5000(client: Client) -> Result:
    found = job(2)
    return page("board_5000", client, reverse("pipeline:board", args=[found.pk]), *_board_limit(found))


def board_20000(client: Client) -> Result:
    """The fullest job, half the set at most; its goal is 60 ms (docs/performance.md)."""
    found = job(3)
    return page("board_20000", client, reverse("pipeline:board", args=[found.pk]), *_board_limit(found))


def table_20000(client: Client) -> list[Result]:
    """The same people as a table: the first page as it opens, then sorted by what they meet, which no index knows."""
    found = job(3)
    url, values = reverse("pipeline:table", args=[found.pk]), {"job": found.pk}
    return [
        page("table_20000", client, f"{url}?status=active", (ROWS, values)),
        page("table_20000_sorted", client, f"{url}?status=active&sort=-criteria", (ROWS_BY_CRITERIA, values)),
    ]


def _board_limit(found: Job) -> list[tuple[str, dict[str, Any]]]:
    return [(COUNTS, {"job": found.pk}), (CARDS, {"job": found.pk})]


def profile(client: Client) -> Result:
    """Somebody with ten events, who came to us like the one below."""
    return _profile("profile", client, Candidate.objects.order_by("pk")[1])


def profile_10k_events(client: Client) -> Result:
    """The person with 10,000 events: has to open as quickly as the one with ten."""
    return _profile("profile_10k_events", client, Candidate.objects.order_by("pk")[0])


def _profile(name: str, client: Client, person: Candidate) -> Result:
    limit = [(sql, {"id": person.pk}) for sql in PROFILE]
    return page(name, client, reverse("candidate", args=[person.pk]), *limit)


def stage_move(client: Client) -> Result:
    """A card moved back and forth through the page, audited; the limit is the same writes as plain SQL in one transaction."""
    application = Application.objects.filter(job=job(1), stage__kind="screen").order_by("pk")[0]
    stages = {stage.kind: stage for stage in Stage.objects.filter(job=application.job)}
    ways = [stages["screen"].pk, stages["interview"].pk]
    url = reverse("pipeline:application_move", args=[application.pk])
    headers = {"HX-Request": "true"}

    def move() -> Any:
        ways.reverse()
        return client.post(url, {"to": ways[0], "seen": ways[1]}, headers=headers)

    with CaptureQueriesContext(connection) as asked:
        response = move()
    queries = len(asked)
    if response.status_code >= 300:
        raise RuntimeError(f"stage_move answered {response.status_code}")
    taken = timed(move)

    def plain() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM pipeline_application WHERE id = %s FOR UPDATE", [application.pk])
            cursor.execute(
                "UPDATE pipeline_application SET entered_stage_at = clock_timestamp() WHERE id = %s", [application.pk]
            )
            cursor.execute(
                "INSERT INTO pipeline_transition (application_id, left_id, to_id, status, at, seconds_in_left, reason) "
                "VALUES (%s, %s, %s, 'active', now(), 1, '')",
                [application.pk, *ways],
            )
            cursor.execute(
                "INSERT INTO hiring_timelineevent (candidate_id, at, kind, data) VALUES (%s, now(), 'application.moved', '{}')",
                [application.candidate_id],
            )

    limit = statistics.median(timed(plain))
    return Result(
        "stage_move",
        statistics.median(taken),
        statistics.quantiles(taken, n=20)[18],
        queries,
        len(response.content),
        limit,
    )


def apply(client: Client) -> Result:
    """An application with a PDF, from the request to the answer; the limit is the rows it leaves, as plain SQL."""
    import random

    from demo import resumes, words
    from hiring.documents import checks
    from pipeline import intake

    posting = Posting.objects.filter(status="published", job__requisition_id="BENCH-50").select_related("job").get()
    chance = random.Random(3)
    number = iter(range(10_000))

    def submit() -> None:
        n = next(number)
        email = f"new{n}-{uuid.uuid4().hex[:6]}@bench.example"
        life = resumes.invent(
            chance, words.TRADES["data"], name=f"New Person{n}", email=email, phone="", city="Lyon", today=posting.changed_at.date()
        )  # fmt: skip
        upload = SimpleUploadedFile("cv.pdf", resumes.pdf(life, "classic"))
        intake.submit(
            posting, name=life.name, email=email, resume=checks.check(upload), answers={}, submission_key=uuid.uuid4()
        )

    with CaptureQueriesContext(connection) as asked:
        submit()
    taken = timed(submit)

    def plain() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            key = uuid.uuid4().hex
            cursor.execute(
                "INSERT INTO hiring_candidate (name, name_key, headline, company, location, country, time_zone, language, source_note,"
                " do_not_contact, do_not_contact_reason, collected_at, created_at, updated_at) VALUES ('N', 'n', '', '', '', '', '', 'en',"
                " '', false, '', now(), now(), now()) RETURNING id"
            )
            person = cursor.fetchone()[0]
            cursor.execute(
                "INSERT INTO hiring_contactpoint (candidate_id, kind, raw, value, is_primary, is_live, created_at) "
                "VALUES (%s, 'email', %s, %s, true, true, now())",
                [person, key, key],
            )
            cursor.execute(
                "INSERT INTO pipeline_application (candidate_id, job_id, stage_id, status, origin, questions, answers, applied_at,"
                " entered_stage_at) SELECT %s, job_id, id, 'active', '{}', '[]', '{}', now(), now() FROM pipeline_stage"
                " WHERE job_id = %s AND kind = 'applied' RETURNING id, stage_id",
                [person, posting.job_id],
            )
            made, stage = cursor.fetchone()
            cursor.execute(
                "INSERT INTO pipeline_transition (application_id, to_id, status, at, seconds_in_left, reason) "
                "VALUES (%s, %s, 'active', now(), 0, '')",
                [made, stage],
            )

    limit = statistics.median(timed(plain))
    return Result("apply", statistics.median(taken), statistics.quantiles(taken, n=20)[18], len(asked), 0, limit)


def sequence_batch(client: Client) -> Result:
    """Due steps written as messages, guards included; the limit is one statement that inserts as many bare messages."""
    begun = time.perf_counter()
    done = outreach.run_due(200)
    ours = done / (time.perf_counter() - begun)
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hiring_message (candidate_id, direction, mail_class, purpose, status, dedupe_key, token, message_id, in_reply_to,"
            ' "references", from_address, to_address, subject, text, html, calendar, calendar_method, is_automatic, carries_notice,'
            " not_before, status_note, attempts, created_at, at)"
            " SELECT e.candidate_id, 'out', 'outreach', 'step', 'cancelled', 'bench:' || e.id, gen_random_uuid(), gen_random_uuid()::text, '',"
            " '', 'a', 'b', 's', 't', '', '', '', false, false, now(), '', 0, now(), now()"
            " FROM sourcing_enrollment e WHERE e.state = 'active' ORDER BY e.next_at LIMIT 200"
        )
        rows = cursor.rowcount
        transaction.set_rollback(True)
    limit = rows / (time.perf_counter() - begun)
    return Result("sequence_batch", per_second=ours, limit_per_second=limit)


def imports(client: Client) -> list[Result]:
    """A list of 100,000 people, and back (benchmarks/importing.py)."""
    from benchmarks import importing

    return importing.imports(client)


ALL = (
    today,
    candidate_list,
    board_300,
    board_5000,
    board_20000,
    table_20000,
    profile,
    profile_10k_events,
    stage_move,
    apply,
    sequence_batch,
    imports,
)
