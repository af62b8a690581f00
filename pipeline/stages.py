"""The steps of a job: made once from its template, then the job's own."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from hiring.models import Job, JobTemplate
from hiring.prepared import Given, prepared, settle
from pipeline.models import Stage


@prepared
def stages_of(jobs: Given) -> QuerySet[Stage]:
    """Those of their plans."""
    return Stage.objects.standing().filter(job__any=jobs)


@prepared
def stages_ever_of(job: Given) -> QuerySet[Stage]:
    return Stage.objects.filter(job=job)


def settled(job: Job) -> list[Stage]:
    """Every stage of a job, in order: asked once, `job.stages.all()` answers with them from here on."""
    if "stages" in getattr(job, "_prefetched_objects_cache", {}):
        return list(job.stages.all())
    stages = stages_ever_of(job=job.pk)
    settle(job, "stages", stages)
    return stages


def standing(job: Job) -> list[Stage]:
    """The stages of its plan, in order: asked once."""
    return [stage for stage in settled(job) if not stage.retired_at]


DEFAULT: list[dict[str, Any]] = [
    {"name": "Lead", "kind": "lead", "target_days": 14},
    {"name": "Applied", "kind": "applied", "target_days": 5},
    {"name": "Screen", "kind": "screen", "target_days": 7},
    {"name": "Interview", "kind": "interview", "target_days": 10},
    {"name": "Offer", "kind": "offer", "target_days": 7},
    {"name": "Hired", "kind": "hired"},
]
"""What a template without stages of its own gets."""


@transaction.atomic
def make_stages(job: Job, template: JobTemplate | None) -> list[Stage]:
    """Give a new job its stages. A template's list always ends with a hired stage: somebody has to arrive somewhere."""
    rows = [
        row for row in (template.stages if template else []) if row.get("name") and row.get("kind") in Stage.Kind.values
    ]
    rows = rows or DEFAULT
    if all(row["kind"] != Stage.Kind.HIRED for row in rows):
        rows = [*rows, DEFAULT[-1]]
    return Stage.objects.bulk_create(
        Stage(
            job=job,
            name=str(row["name"])[:60],
            kind=row["kind"],
            position=position,
            target_days=row.get("target_days") or None,
            limit=row.get("limit") or None,
        )
        for position, row in enumerate(rows)
    )


def as_template(job: Job) -> list[dict[str, Any]]:
    """The job's stages as a template keeps them."""
    return [dict(row) for row in job.stages.standing().values("name", "kind", "target_days", "limit")]
