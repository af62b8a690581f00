"""The panel on the job's overview."""

from __future__ import annotations

from hiring import access, jobs_panels
from hiring.models import Job, User
from hiring.panels import Panel
from pipeline.outlook import health


def panel(user: User, job: Job) -> Panel | None:
    """How the job is doing, for those who see its board, once somebody is in it or it is open."""
    if not access.can_see_pipeline(user, job) or job.status in (Job.Status.DRAFT, Job.Status.PENDING_APPROVAL):
        return None
    return Panel("pipeline/_health.html", {"job": job, "health": health.read(job)})


jobs_panels.overview.append((10, panel))
