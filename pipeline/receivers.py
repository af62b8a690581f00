"""What this app hears from the floors below, and what it tells them through their registries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.dispatch import receiver

from hiring import access, contact, events, jobs_panels, semantic, standings
from hiring.models import Candidate, Job, JobTemplate, User
from hiring.prepared import Given, prepared
from pipeline import (  # all register themselves
    custom_fields,  # noqa: F401
    facets,  # noqa: F401
    followed,  # noqa: F401
    merging,  # noqa: F401
    origins,  # noqa: F401
    panels,  # noqa: F401
    people_acts,  # noqa: F401
    search_fields,  # noqa: F401
    today,  # noqa: F401
)
from pipeline.models import Application, Stage
from pipeline.stages import make_stages


@receiver(events.job_created, dispatch_uid="pipeline.make_stages")
def stages_for_a_new_job(sender: Any, *, job: Job, template: JobTemplate | None = None, **kwargs: Any) -> None:
    make_stages(job, template)


def people_of_my_pipelines(user: User) -> Q:
    """Candidates who applied, or were added, to a job on whose team the user works."""
    return Q(pk__in=Application.objects.visible_to(user).values("candidate"))


def people_of(job: Job) -> Q:
    """Everybody who is or was in this job's process, whatever became of it."""
    return Q(pk__in=Application.objects.filter(job=job).values("candidate"))


@prepared
def active_jobs(candidate: Given) -> QuerySet[Application, tuple[str, bool]]:
    active = Application.objects.active().filter(candidate=candidate).order_by("pk")
    return active.values_list("job__title", "job__confidential")[:1]


def active_application(candidate: Candidate, at: dt.datetime, enrollment_id: int | None) -> contact.Finding | None:
    """Outreach rests while somebody is in a process with us; mail about that process does not pass this guard."""
    found = active_jobs.first(candidate=candidate.pk)
    if found is None:
        return None
    title, confidential = found
    job = "another job" if confidential else title
    return contact.Finding(
        "active_application", "wait", f"In an active application for {job}.", short="in an application"
    )


def stage_counts(job_ids: list[int]) -> dict[int, list[jobs_panels.StageCount]]:
    """Active applications by stage, for the list of jobs: one query over the board's index."""
    rows = Stage.objects.filter(job__in=job_ids).exclude(kind=Stage.Kind.HIRED).order_by("job", "position")
    active = Count("applications", filter=Q(applications__job=F("job"), applications__status="active"))
    counts: dict[int, list[jobs_panels.StageCount]] = {}
    for job, kind, name, people in rows.values_list("job", "kind", "name").annotate(people=active):
        counts.setdefault(job, []).append(jobs_panels.StageCount(kind, name, people))
    return counts


def active_stages(user: User, candidate_ids: Sequence[int]) -> dict[int, list[standings.Standing]]:
    """Where people are in a process, for the list of candidates: one query a page."""
    active = Application.objects.visible_to(user).active().filter(candidate__in=candidate_ids)
    stands: dict[int, list[standings.Standing]] = {}
    for candidate, kind, name, job in active.order_by("-entered_stage_at").values_list(
        "candidate", "stage__kind", "stage__name", "job__title"
    ):
        stands.setdefault(candidate, []).append(standings.Standing(kind, name, job))
    return stands


standings.tellers.append(active_stages)
jobs_panels.stage_counts.append(stage_counts)
jobs_panels.tabs.append(jobs_panels.Tab(20, "pipeline", "Pipeline", "pipeline:board", access.can_see_pipeline))
jobs_panels.tabs.append(jobs_panels.Tab(60, "plan", "Plan", "pipeline:plan"))
semantic.on_the_job["applications"] = people_of
access.candidate_scopes["applications"] = people_of_my_pipelines
contact.guards["active_application"] = active_application
