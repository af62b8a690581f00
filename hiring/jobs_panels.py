"""What the floors above add to the pages of a job: tabs in its head, figures in the list, panels on the overview and the plan.

Each is registered from the receivers of the app that owns it; every function asks a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from hiring import access
from hiring.models import Job, User
from hiring.panels import Panel


@dataclass(frozen=True)
class StageCount:
    """How many active applications stand in the stages of one kind."""

    kind: str
    label: str
    count: int


stage_counts: list[Callable[[list[int]], dict[int, list[StageCount]]]] = []
"""Job ids to their active applications by stage kind, in pipeline order; jobs without any may be left out."""


@dataclass(frozen=True)
class Tab:
    """A page of the job. `route` takes the job's id; `may` hides it from those who would get a 403."""

    order: int
    key: str
    label: str
    route: str
    may: Callable[[User, Job], bool] | None = None


tabs: list[Tab] = [
    Tab(10, "overview", "Overview", "job_overview"),
    Tab(50, "posting", "Posting", "job_posting", access.can_edit_job),
    Tab(52, "form", "Form", "job_form", access.can_edit_job),
    Tab(70, "team", "Team", "job_team"),
]
"""Those of the ground floor; pipeline adds its board, the people and the plan."""

BuildForJob = Callable[[User, Job], Panel | None]
overview: list[tuple[int, BuildForJob]] = []
"""Panels on the job's overview: (order, function)."""
plan: list[tuple[int, BuildForJob]] = []
"""Panels on the job's plan below the stages, such as the interview kits."""


def counts_for(job_ids: list[int]) -> dict[int, list[StageCount]]:
    found: dict[int, list[StageCount]] = {}
    for count in stage_counts:
        for job_id, counts in count(job_ids).items():
            found.setdefault(job_id, []).extend(counts)
    return found


def tabs_for(user: User, job: Job) -> list[tuple[str, str, str]]:
    """(key, label, address) of the tabs this user may open."""
    return [
        (tab.key, tab.label, reverse(tab.route, args=[job.pk]))
        for tab in sorted(tabs, key=lambda tab: tab.order)
        if tab.may is None or tab.may(user, job)
    ]


def build(panels: list[tuple[int, BuildForJob]], user: User, job: Job) -> list[Panel]:
    built = [function(user, job) for _, function in sorted(panels, key=lambda entry: entry[0])]
    return [panel for panel in built if panel]
