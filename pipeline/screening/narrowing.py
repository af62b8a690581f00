"""Narrowing lists of applications by the criteria of their job: the words of the choice, and whom it finds."""

from __future__ import annotations

import re

from django.db.models import F, Q

from hiring.models import Job
from pipeline.models import Judgement, Verdict
from pipeline.screening import criteria, finding

MUSTS, ANY, ONE = "musts", "any", "c-"
MEETS = {MUSTS: "Meets every must", ANY: "Misses no must for sure"}
KEY = re.compile(r"c-[0-9a-f]{12}")


def is_known(meets: str) -> bool:
    """Whether this can be asked: one of MEETS, or `c-` and what one criterion asks."""
    return meets in MEETS or bool(KEY.fullmatch(meets))


def choices(job: Job) -> list[tuple[str, str]]:
    """What the applications of a job can be narrowed to; nothing where it asks for nothing."""
    current = criteria.of_job(job).criteria
    return [*MEETS.items(), *((f"{ONE}{one.key}", one.says) for one in current)] if current else []


def meeting(meets: str, job: Job | None = None) -> Q:
    """Filter over applications: those of the job that meet this, corrections included. Over all jobs every must can be asked."""
    if job is None:
        stands = Q(of__gt=0, musts_met=F("musts"))
    else:
        held = criteria.of_job(job)
        if meets == MUSTS:
            stands = finding.meets_every_must(held)
        elif meets == ANY:
            stands = finding.misses_no_must(held)
        else:
            stands = finding.stands(held, meets.removeprefix(ONE), Verdict.MET)
    return Q(pk__in=Judgement.objects.filter(stands).values("pk"))
