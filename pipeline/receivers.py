"""What this app hears from the floors below, and what it tells them through their registries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.dispatch import receiver
from django.utils import timezone

from hiring import (
    access,
    api,
    contact,
    events,
    health,
    job_templates,
    jobs_panels,
    notices,
    openings,
    semantic,
    standings,
)
from hiring.models import Job, JobTemplate, User
from hiring.openings import Filler
from hiring.prepared import Given, prepared
from pipeline import (  # all register themselves
    arriving,
    asked,  # noqa: F401
    at_the_door,  # noqa: F401
    custom_fields,  # noqa: F401
    facets,  # noqa: F401
    followed,  # noqa: F401
    job_letters,
    merging,  # noqa: F401
    nudging,  # noqa: F401
    origins,  # noqa: F401
    panels,  # noqa: F401
    people_acts,  # noqa: F401
    private_answers,  # noqa: F401
    search_fields,  # noqa: F401
    today,  # noqa: F401
)
from pipeline.assistant import shown as assistant
from pipeline.assistant import switching
from pipeline.blind import whom  # noqa: F401 - tells hiring/masks.py
from pipeline.models import Application, AssistantDraft, Stage
from pipeline.outlook import overview  # noqa: F401 - the panel on the job's overview
from pipeline.rules import copying as rule_copying
from pipeline.rules import hearing  # noqa: F401  (registers itself)
from pipeline.rules import panels as rule_panels  # noqa: F401  (registers itself)
from pipeline.stages import as_template, make_stages
from pipeline.table import answers as table_answers  # noqa: F401  (registers itself)
from pipeline.table import standard  # noqa: F401  (registers itself)

api.routers.append("pipeline.api")  # by name: imported when the first program asks


@receiver(events.job_created, dispatch_uid="pipeline.make_stages")
def stages_for_a_new_job(sender: Any, *, job: Job, template: JobTemplate | None = None, **kwargs: Any) -> None:
    make_stages(job, template)
    rule_copying.for_new_job(job, template)
    job_letters.for_new_job(job, template)


@receiver(events.holidays_changed, dispatch_uid="pipeline.letters_by_the_calendar")
def put_off_letters(sender: Any, **kwargs: Any) -> None:
    from pipeline.tasks import put_off_letters

    put_off_letters.delay_on_commit()


def people_of_my_pipelines(user: User) -> Q:
    """Candidates who applied, or were added, to a job on whose team the user works."""
    return Q(pk__in=Application.objects.visible_to(user).values("candidate"))


def people_of(job: Job) -> Q:
    """Everybody who is or was in this job's process, whatever became of it."""
    return Q(pk__in=Application.objects.filter(job=job).values("candidate"))


@prepared
def active_jobs(candidates: Given) -> QuerySet[Application, tuple[int, str, bool]]:
    """Of each of these people the longest active application."""
    active = Application.objects.active().filter(candidate__any=candidates).order_by("candidate", "pk")
    return active.distinct("candidate").values_list("candidate", "job__title", "job__confidential")


def active_application(
    candidates: Sequence[int], at: dt.datetime, enrollment_id: int | None
) -> dict[int, contact.Finding]:
    """Outreach rests while somebody is in a process with us; mail about that process does not pass this guard."""
    found = {}
    for pk, title, confidential in active_jobs(candidates=list(candidates)):
        said = f"In an active application for {'another job' if confidential else title}."
        found[pk] = contact.Finding("active_application", "wait", said, short="in an application")
    return found


def stage_counts(job_ids: list[int]) -> dict[int, list[jobs_panels.StageCount]]:
    """Active applications by stage, for the list of jobs: one query over the board's index."""
    rows = Stage.objects.standing().filter(job__in=job_ids).exclude(kind=Stage.Kind.HIRED).order_by("job", "position")
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


def oldest_question() -> dt.datetime | None:
    """Since when the oldest question to the language model has been due and nobody carries it."""
    due = AssistantDraft.objects.due(timezone.now()).order_by("due_at")
    return due.values_list("due_at", flat=True).first()


def fillers(user: User, ids: Sequence[int]) -> dict[int, Filler]:
    """Who filled which of these openings, for those who may see the board they stood on."""
    seen = Application.objects.filter(access.pipelines_visible_to(user, "job"))
    hired = seen.filter(opening__in=ids).select_related("candidate")
    return {one.opening_id: Filler(one.candidate.name, one.get_absolute_url()) for one in hired if one.opening_id}


job_templates.parts["stages"] = as_template
openings.fillers.append(fillers)
standings.tellers.append(active_stages)
jobs_panels.stage_counts.append(stage_counts)
jobs_panels.tabs.append(jobs_panels.Tab(20, "pipeline", "Pipeline", "pipeline:board", access.can_see_pipeline))
jobs_panels.tabs.append(jobs_panels.Tab(60, "plan", "Plan", "pipeline:plan"))
jobs_panels.plan.append((90, assistant.plan_panel))
notices.software_used.append(switching.is_on)
health.due["assistant"] = oldest_question
health.due["applications"] = arriving.oldest
semantic.on_the_job["applications"] = people_of
access.candidate_scopes["applications"] = people_of_my_pipelines
contact.guards["active_application"] = active_application
contact.rests_on["active_application"] = "applications"
