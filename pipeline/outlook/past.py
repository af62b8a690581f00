"""What the forecast learns from: this job's people and those of jobs like it, counted by kind of stage in two statements."""

from __future__ import annotations

from typing import Any

from django.db import connection

from hiring.models import Job
from pipeline.models import Stage
from pipeline.outlook.forecast import PRIOR_WORTH, Basis, Rates
from pipeline.stages import standing

KINDS = (Stage.Kind.LEAD, Stage.Kind.APPLIED, Stage.Kind.SCREEN, Stage.Kind.INTERVIEW, Stage.Kind.OFFER)
RANK = (
    "CASE {stage}.kind WHEN 'lead' THEN 0 WHEN 'applied' THEN 1 WHEN 'screen' THEN 2 WHEN 'interview' THEN 3 "
    "WHEN 'offer' THEN 4 WHEN 'hired' THEN 5 END"
)
"""Nothing where there is no stage: whoever was never moved has left none, and passed none."""
SIMILAR_AT_MOST, HIRES_AT_MOST = 40, 400

OTHERS = """SELECT j.id FROM hiring_job j WHERE j.id <> %(job)s AND NOT j.confidential
    AND (%(department)s::bigint IS NULL OR j.department_id = %(department)s)
    AND j.opened_at > now() - interval '3 years' ORDER BY j.opened_at DESC LIMIT %(most)s"""

SPANS = f"""WITH span AS (
        SELECT a.job_id = %(job)s AS own, a.status, {RANK.format(stage="n")} AS now_in,
            GREATEST({RANK.format(stage="n")}, max({RANK.format(stage="l")})) AS furthest,
            LEAST({RANK.format(stage="n")}, min({RANK.format(stage="l")})) AS first
        FROM pipeline_application a JOIN pipeline_stage n ON n.id = a.stage_id
        LEFT JOIN (pipeline_transition t JOIN pipeline_stage l ON l.id = t.left_id)
            ON t.application_id = a.id AND t.reason <> 'undo'
        WHERE a.job_id = %(job)s OR a.job_id = ANY(%(similar)s) GROUP BY a.id, n.kind)
    SELECT own, kind,
        count(*) FILTER (WHERE first <= kind AND furthest > kind),
        count(*) FILTER (WHERE furthest = kind AND status IN ('rejected', 'withdrawn')),
        count(*) FILTER (WHERE now_in = kind AND status = 'active')
    FROM span CROSS JOIN generate_series(0, 4) AS kind GROUP BY own, kind"""  # noqa: S608 - constants of this module; values are parameters

DAYS = f"""WITH hired AS (
        SELECT a.id, a.closed_at FROM pipeline_application a
        WHERE (a.job_id = %(job)s OR a.job_id = ANY(%(similar)s)) AND a.status = 'hired' AND a.closed_at IS NOT NULL
        ORDER BY a.closed_at DESC LIMIT %(hires)s)
    SELECT {RANK.format(stage="s")} AS kind, extract(epoch FROM hired.closed_at - min(t.at)) / 86400
    FROM hired JOIN pipeline_transition t ON t.application_id = hired.id AND t.reason <> 'undo'
    JOIN pipeline_stage s ON s.id = t.to_id GROUP BY hired.id, hired.closed_at, kind"""  # noqa: S608 - likewise


def similar_to(job: Job) -> list[int]:
    """Jobs of the same department opened in the last three years, the newest; other people's confidential ones are left out."""
    return _others(job, job.department_id)


def in_the_company(job: Job) -> list[int]:
    """The same of all departments: what stands in where the department has too little to learn from."""
    return _others(job, None)


def _others(job: Job, department: int | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, {"department": department, "job": job.pk, "most": SIMILAR_AT_MOST})
        return [row[0] for row in cursor.fetchall()]


def basis(job: Job, similar: list[int], *, worth: int = PRIOR_WORTH) -> Basis:
    """Counts of this job and of `similar` ones, which together tell as much as `worth` people at most."""
    values: dict[str, Any] = {"job": job.pk, "similar": similar, "hires": HIRES_AT_MOST}
    counts: dict[tuple[bool, int], tuple[int, int, int]] = {}
    days: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SPANS, values)
        for own, kind, passed, ended, here in cursor.fetchall():
            counts[own, kind] = (passed, ended, here)
        cursor.execute(DAYS, values)
        for kind, took in cursor.fetchall():
            days.setdefault(kind, []).append(max(int(took), 0))
    nothing = (0, 0, 0)
    kinds = tuple(str(kind) for kind in KINDS)
    own = [counts.get((True, at), nothing) for at in range(len(kinds))]
    elsewhere = [counts.get((False, at), nothing) for at in range(len(kinds))]
    rates = {
        kind: Rates(own[at][0], own[at][1], elsewhere[at][0], elsewhere[at][1], worth) for at, kind in enumerate(kinds)
    }
    planned = {stage.kind for stage in standing(job)}
    used = tuple(kind for at, kind in enumerate(kinds) if kind in planned or own[at][2] or rates[kind].decided)
    return Basis(
        used,
        {kind: own[kinds.index(kind)][2] for kind in used},
        rates,
        {kind: sorted(days.get(kinds.index(kind), [])) for kind in used},
    )
