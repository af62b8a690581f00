"""A feed of 50,000 postings: how quickly and in how much memory it streams, against reading the same rows as plain SQL."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable
from typing import cast

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from benchmarks.measure import Result
from sourcing.boards import keeping, planning

POSTINGS = 50_000
MOST_GROWTH = 16 * 1024  # kilobytes, once everything was loaded by a first fetch; the feed itself is 120 MB
WORDS = "<p>You build pipelines that meters and people can trust, with a team that reviews and ships every week.</p>"
JOBS = """INSERT INTO hiring_job (requisition_id, title, status, department_id, location_id, workplace, employment_type, pay_min, pay_max,
    pay_currency, pay_period, reason, level, priority, eeo_category, confidential, created_at, close_reason)
  SELECT 'FEED-' || n, 'Grid planner', 'open', (SELECT min(id) FROM hiring_department), (SELECT min(id) FROM hiring_location), 'hybrid',
    'FULL_TIME', 40000, 52000, 'EUR', 'YEAR', '', '', 'normal', '', false, now(), '' FROM generate_series(1, %(many)s) n"""
POSTS = """INSERT INTO hiring_posting (job_id, slug, language, title, description, status, audience, internal_days, show_pay, remote_countries,
    questions, fields, held_for, live_from, public_from, first_published_at, changed_at)
  SELECT id, 'feed-' || id, 'en', 'Grid planner', repeat(%(words)s, 20), 'published', 'everybody', 7, true, '', '[]', '{}', '', now(), now(), now(),
    now() FROM hiring_job WHERE requisition_id LIKE 'FEED-%%'"""
PLACES = """INSERT INTO hiring_postingplace (posting_id, location_id, position, workplace, pay, pay_currency, pay_period)
  SELECT p.id, j.location_id, 0, j.workplace, 'job', 'EUR', 'YEAR' FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id
   WHERE j.requisition_id LIKE 'FEED-%%'"""
READ = """SELECT p.*, j.*, l.*, d.* FROM hiring_posting p JOIN hiring_job j ON j.id = p.job_id JOIN hiring_location l
    ON l.id = j.location_id JOIN hiring_department d ON d.id = j.department_id
  WHERE p.status = 'published' AND j.status = 'open' AND NOT j.confidential AND p.id < %(last)s ORDER BY p.id DESC LIMIT 500"""


def feed_50000(client: Client) -> Result:
    """Planned, written and packed as a board fetches it the first time, `feed_50000` in the table. Rolled back afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(JOBS, {"many": POSTINGS})
            cursor.execute(POSTS, {"words": WORDS})
            cursor.execute(PLACES)
            cursor.execute("ANALYZE hiring_job, hiring_posting, hiring_postingplace")
        cache.clear()
        keeping.switch(keeping.board_of("adzuna") or keeping.boards()[0], on=True, by=None)
        board = keeping.boards("adzuna")[0]
        begun = time.perf_counter()
        size, tag = _fetch(client, keeping.path_of(board))
        taken = time.perf_counter() - begun
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        _fetch(client, keeping.path_of(board))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        many = len(planning.plan(board, planning.state(board)).sent)
        begun = time.perf_counter()
        again = client.get(keeping.path_of(board), headers={"if-none-match": tag})
        known = (time.perf_counter() - begun) * 1000
        limit = _limit()
        transaction.set_rollback(True)
    if again.status_code != 304 or many < POSTINGS or grown > MOST_GROWTH:
        raise RuntimeError(
            f"feed_50000: {many} postings, {grown} kB more memory, {again.status_code} when asked again."
        )
    print(
        f"feed_50000: {size / 1e6:.1f} MB packed in {taken:.1f} s, {grown / 1024:.0f} MB more memory, “not changed” in {known:.0f} ms"
    )
    return Result("feed_50000", per_second=many / taken, limit_per_second=limit)


def _fetch(client: Client, path: str) -> tuple[int, str]:
    """Take it as it comes and keep nothing, as a reader on a slow line does."""
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    size = 0
    for part in cast("Iterable[bytes]", answer.streaming_content):  # type: ignore[attr-defined]
        size += len(part)
    return size, answer["ETag"]


def _limit() -> float:
    last, count, begun = 2**62, 0, time.perf_counter()
    with connection.cursor() as cursor:
        while True:
            cursor.execute(READ, {"last": last})
            rows = cursor.fetchall()
            if not rows:
                break
            last, count = rows[-1][0], count + len(rows)
    return count / (time.perf_counter() - begun)


ALL = (feed_50000,)
