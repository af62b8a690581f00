"""What came by a job's form and is not on its board: the panel on the job's overview that leads there."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from hiring import access, jobs_panels
from hiring.models import Job, User
from hiring.panels import Panel
from hiring.prepared import Given, prepared
from pipeline import arriving, likeness
from pipeline.models import Arrival


@prepared
def counted(job: Given) -> QuerySet[Arrival, tuple[str, int]]:
    """How many are held back, and how many could not be filed in several attempts."""
    about = Q(status=Arrival.Status.HELD) | Q(status=Arrival.Status.WAITING, attempts__gte=arriving.STUCK_AFTER)
    kind = Case(When(status=Arrival.Status.HELD, then=Value("held")), default=Value("stuck"), output_field=CharField())
    rows = Arrival.objects.filter(about, posting__job=job).order_by().annotate(kind=kind).values("kind")
    return rows.annotate(count=Count("pk")).values_list("kind", "count")


def panel(user: User, job: Job) -> Panel | None:
    """For those who see the board: loud while there is something to look at, else a quiet link."""
    if not access.can_see_pipeline(user, job):
        return None
    found: dict[str, object] = dict(counted(job=job.pk))
    if likeness.any_in(job=job.pk):
        found["alike"] = True
    return Panel("pipeline/_at_the_door.html", {"job": job, **found})


jobs_panels.overview.append((5, panel))
