"""The funnel of one job: who reached which stage, who went on, who ended there. Set-based, one statement for any number.

An application *stood* in its stage now and in each stage it left, except where the move was undone. It *reached* every stage from
the first to the furthest it stood in, so a stage that was jumped over counts as passed. It *passed* a stage it reached when it
stood in a later one; it *ended* in its furthest stage when it was turned down or withdrew. Pass-through is passed out of passed and
ended: who is still there has not been decided on, and one that went on in another job is neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce, Greatest, Least
from django.urls import reverse

from hiring.models import Job
from pipeline.models import Application, ApplicationQuerySet, Stage

ENDED = (Application.Status.REJECTED, Application.Status.WITHDRAWN)

COUNTS = """WITH span AS (
        SELECT a.id, a.status, a.stage_id,
            GREATEST(now_in.position, max(l.position)) AS furthest, LEAST(now_in.position, min(l.position)) AS first
        FROM pipeline_application a
        JOIN pipeline_stage now_in ON now_in.id = a.stage_id
        LEFT JOIN pipeline_transition t ON t.application_id = a.id AND t.reason <> 'undo' AND t.left_id IS NOT NULL
        LEFT JOIN pipeline_stage l ON l.id = t.left_id AND l.job_id = a.job_id
        WHERE a.job_id = %(job)s GROUP BY a.id, now_in.position)
    SELECT s.id,
        count(*) FILTER (WHERE span.first <= s.position AND span.furthest >= s.position),
        count(*) FILTER (WHERE span.first <= s.position AND span.furthest > s.position),
        count(*) FILTER (WHERE span.furthest = s.position AND span.status IN ('rejected', 'withdrawn')),
        count(*) FILTER (WHERE span.stage_id = s.id AND span.status = 'active')
    FROM pipeline_stage s LEFT JOIN span ON TRUE WHERE s.job_id = %(job)s GROUP BY s.id"""


@dataclass(frozen=True)
class Step:
    """One stage of the funnel. `share` is pass-through, None before anybody was decided on there."""

    stage: Stage
    reached: int
    passed: int
    ended: int
    here: int

    @property
    def urls(self) -> dict[str, str]:
        """Where the people behind each number are."""
        job, stage = self.stage.job_id, self.stage.pk
        names = ("reached", "passed", "ended", "here")
        return {name: reverse("pipeline:figure", args=[job, f"{name}-{stage}"]) for name in names}

    @property
    def decided(self) -> int:
        return self.passed + self.ended

    @property
    def share(self) -> float | None:
        return self.passed / self.decided if self.decided else None

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.share)


def read(job: Job, stages: list[Stage]) -> list[Step]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"job": job.pk})
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    return [Step(stage, *counts.get(stage.pk, (0, 0, 0, 0))) for stage in stages]


def people(job: Job, what: str, stage: Stage) -> ApplicationQuerySet:
    """The rows behind a number: `reached`, `passed`, `ended` or `here`."""
    if what == "here":
        return Application.objects.active().filter(job=job, stage=stage)
    stood = Q(transitions__left__job=F("job")) & ~Q(transitions__reason="undo")
    spans = Application.objects.filter(job=job).annotate(
        furthest=Greatest(
            F("stage__position"), Coalesce(Max("transitions__left__position", filter=stood), F("stage__position"))
        ),
        first=Least(
            F("stage__position"), Coalesce(Min("transitions__left__position", filter=stood), F("stage__position"))
        ),
    )
    if what == "ended":
        return spans.filter(furthest=stage.position, status__in=ENDED)
    spans = spans.filter(first__lte=stage.position)
    return (
        spans.filter(furthest__gte=stage.position) if what == "reached" else spans.filter(furthest__gt=stage.position)
    )
