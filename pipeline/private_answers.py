"""Answers that are for recruiters alone: what is asked in private, and what was answered before a question became private.

The flag stands with each application's own questions, so whoever reads an answer sees it there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.dispatch import receiver

from hiring import events
from hiring.models import Document, FormVersion, Job
from pipeline.models import Application
from pipeline.screening import judging

CALLED = "Private answer"
HIDE = """
    UPDATE pipeline_application SET questions = (
        SELECT jsonb_agg(CASE WHEN one ->> 'key' = ANY(%(keys)s) THEN one || '{"private": true}' ELSE one END ORDER BY place)
          FROM jsonb_array_elements(questions) WITH ORDINALITY AS asked(one, place))
     WHERE job_id = %(job)s AND EXISTS (
        SELECT FROM jsonb_array_elements(questions) one WHERE one ->> 'key' = ANY(%(keys)s) AND NOT one ? 'private')
"""


@receiver(events.form_published, dispatch_uid="pipeline.private_answers")
def close(sender: Any, *, version: FormVersion, private: Collection[str], **kwargs: Any) -> None:
    """What was answered to these questions so far is private from now on, too, and no longer judged."""
    if not private:
        return
    job: Job = version.posting.job
    with connection.cursor() as cursor:
        cursor.execute(HIDE, {"keys": list(private), "job": job.pk})
        changed = cursor.rowcount
    if changed:
        _close_files(job, private)
        judging.mark_job(job)


def _close_files(job: Job, private: Collection[str]) -> None:
    answers = Application.objects.filter(job=job, answers__has_any_keys=list(private)).values_list("answers", flat=True)
    files = [said[key]["document"] for said in answers for key in private if isinstance(said.get(key), dict)]
    for document in Document.objects.filter(pk__in=files, kind=Document.Kind.ANSWER):
        document.kind, document.name = Document.Kind.PRIVATE, f"{CALLED}.{document.name.rpartition('.')[2]}"
        document.save(update_fields=["kind", "name"])
