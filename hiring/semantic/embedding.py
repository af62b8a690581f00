"""The work of the embedding process: texts that changed become vectors, and whoever asks about a text gets its vector at once.

What is due is a row (invariant 10): `VectorDue` of a person, another text or another model of a job. A vector is written only
if nobody marked the person again meanwhile, so nothing is lost and nothing done twice counts.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from hiring import context
from hiring.models import CandidateVector, DuplicateLook, Job, JobVector, VectorDue
from hiring.semantic import asking, storage, texts
from hiring.semantic.model import NAME, Model

log = logging.getLogger(__name__)

AT_ONCE = 8
TAKEN_FOR = dt.timedelta(minutes=5)
more: list[Callable[[Model, Callable[[], None]], int]] = []
"""What floors above have the model do when people are waiting for it: a little at a time, answering how much was done."""

LOOK_EVERY = 60.0  # seconds between two looks at jobs, and at people nobody marked
PAUSE = 1.0

TAKE = """
WITH taken AS (
       UPDATE hiring_vectordue d SET taken_at = %(now)s
         FROM (SELECT candidate_id FROM hiring_vectordue WHERE taken_at IS NULL OR taken_at < %(given_up)s
                ORDER BY due_since LIMIT %(most)s FOR UPDATE SKIP LOCKED) due
        WHERE d.candidate_id = due.candidate_id
       RETURNING d.candidate_id, d.due_since)
SELECT taken.candidate_id, taken.due_since, v.digest, v.model
  FROM taken LEFT JOIN hiring_candidatevector v ON v.candidate_id = taken.candidate_id
"""
TEXTS = """
SELECT c.id, c.name, c.headline, c.company, left(coalesce(resume.text, ''), %(read)s)
  FROM hiring_candidate c
  LEFT JOIN LATERAL (
       SELECT x.text FROM hiring_document d JOIN hiring_documenttext x ON x.document_id = d.id
        WHERE d.candidate_id = c.id AND d.kind = 'resume'
        ORDER BY d.uploaded_at DESC, d.id DESC LIMIT 1) resume ON true
 WHERE c.id = ANY(%(ids)s)
"""
JOBS = """
SELECT j.id, j.title, coalesce(p.description, '') FROM hiring_job j
  LEFT JOIN hiring_posting p ON p.job_id = j.id
  LEFT JOIN hiring_jobvector v ON v.job_id = j.id
 WHERE j.status <> 'closed'
   AND (v.job_id IS NULL OR v.model <> %(model)s OR v.digest <> md5(%(version)s::text || j.title || coalesce(p.description, '')))
 ORDER BY j.id LIMIT 100
"""
JOB_DIGEST = "SELECT md5(%s::text || %s::text || %s::text)"


def step(model: Model, between: Callable[[], None] = lambda: None) -> int:
    """Embed the people who have been due longest, a few of them. `between` is called after each. How many were taken."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"now": now, "given_up": now - TAKEN_FOR, "most": AT_ONCE})
        taken = cursor.fetchall()
        cursor.execute(TEXTS, {"ids": [row[0] for row in taken], "read": texts.READ})
        facts = {row[0]: row[1:] for row in cursor.fetchall()}
    for pk, due_since, digest, made_by in taken:
        if pk in facts:
            name, headline, company, resume = facts[pk]
            text = texts.of_candidate(resume, name=name, headline=headline, company=company)
            fresh = texts.digest(text)
            if (fresh, NAME) != (digest, made_by):
                storage.keep(CandidateVector, pk, model.embed(text) if text else None, fresh)
                DuplicateLook.objects.filter(candidate=pk).delete()  # whose résumé says the same is asked again
        settled, _ = VectorDue.objects.filter(pk=pk, due_since=due_since).delete()
        if not settled:  # marked again meanwhile: due as it stands, for whoever comes next
            VectorDue.objects.filter(pk=pk).update(taken_at=None)
        between()
    return len(taken)


def step_jobs(model: Model, between: Callable[[], None] = lambda: None) -> int:
    """Embed jobs that are new or read differently now. How many."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS, {"model": NAME, "version": texts.VERSION})
        found = cursor.fetchall()
    for pk, title, description in found:
        with connection.cursor() as cursor:
            cursor.execute(JOB_DIGEST, [texts.VERSION, title, description])
            digest = cursor.fetchone()[0]
        if Job.objects.filter(pk=pk).exists():
            text = texts.of_job(title, description, settings.ORGANISATION_NAME)
            storage.keep(JobVector, pk, model.embed(text), digest)
        between()
    return len(found)


class Embedder:
    """The process: answers questions first, embeds what is due when nobody asks, and rests otherwise."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.model = Model()
        self.desk = asking.Desk()
        self.looked_at = -LOOK_EVERY
        self.missed = storage.Round()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                busy = self.work()
                self.desk.answer(self.model, wait=0 if busy else PAUSE)
            except (DatabaseError, redis.RedisError) as error:
                log.warning("embedding_waits", extra={"error": type(error).__name__})
                self.stop.wait(2)
            finally:
                close_old_connections()

    def work(self) -> int:
        """A few people, and every minute the jobs and a slice of those who may have been missed."""
        with context.acting(door="task"):
            done = sum(also(self.model, self._between) for also in more)  # somebody is looking at a page of theirs
            done += step(self.model, self._between)
            if time.monotonic() - self.looked_at >= LOOK_EVERY:
                done += (
                    storage.mark_missed(self.missed) + storage.mark_outdated() + step_jobs(self.model, self._between)
                )
                self.looked_at = time.monotonic()
        return done

    def _between(self) -> None:
        self.desk.answer(self.model, wait=0)
        if self.stop.is_set():
            raise SystemExit(0)  # what is taken and not done is due again in a few minutes


def oldest_due() -> dt.datetime | None:
    """For /readyz: since when somebody's text waits to be embedded."""
    from hiring import semantic

    if not semantic.is_on():
        return None
    return VectorDue.objects.order_by("due_since").values_list("due_since", flat=True).first()
