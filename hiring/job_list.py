"""The list of jobs: tabs with counts, filters, and rows by keyset so that 5,000 jobs are as quick as five."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from hiring import access, jobs_panels
from hiring.models import Job, Opening, TeamMember, User
from hiring.models.jobs import JobQuerySet

PAGE_SIZE = 50
OWNERS = [TeamMember.Role.RECRUITER, TeamMember.Role.HIRING_MANAGER]
TABS = [
    ("current", "Current"),
    *[(str(status), status.label) for status in Job.Status],
    ("all", "All"),
]


@dataclass(frozen=True)
class Openings:
    """How many seats a job has and how many are filled; cancelled ones do not count."""

    filled: int = 0
    total: int = 0


@dataclass
class Row:
    job: Job
    owner: User | None
    days_open: int | None
    opens_board: bool
    openings: Openings
    counts: list[jobs_panels.StageCount]
    active: int


@dataclass
class Page:
    """One screenful. `after` is the job after which the next page starts, 0 on the last one."""

    rows: list[Row] = field(default_factory=list)
    tabs: list[tuple[str, str, int]] = field(default_factory=list)
    after: int = 0


def page(user: User, *, status: str = "current", text: str = "", department: int | None = None, after: int = 0) -> Page:
    """The user's jobs in a tab, newest first, beginning after the job `after`."""
    visible = _filtered(Job.objects.visible_to(user), text, department)
    tabs = _tabs(visible)
    found = _from(_in_tab(visible, status), after).for_row().order_by("-created_at", "-pk")
    team = TeamMember.objects.filter(role__in=OWNERS).select_related("user")
    jobs = list(found.prefetch_related(Prefetch("team", team, to_attr="owners"))[: PAGE_SIZE + 1])
    more, jobs = len(jobs) > PAGE_SIZE, jobs[:PAGE_SIZE]
    ids = [job.pk for job in jobs]
    counts, openings = jobs_panels.counts_for(ids), openings_of(ids)
    boards = set(Job.objects.filter(access.pipelines_visible_to(user), pk__in=ids).values_list("pk", flat=True))
    rows = [_row(job, job.pk in boards, openings.get(job.pk, Openings()), counts.get(job.pk, [])) for job in jobs]
    return Page(rows, tabs, jobs[-1].pk if more else 0)


def openings_of(job_ids: list[int]) -> dict[int, Openings]:
    live = Opening.objects.filter(job__in=job_ids).exclude(status=Opening.Status.CANCELLED).order_by()
    filled = Count("pk", filter=Q(status=Opening.Status.FILLED))
    return {
        job: Openings(filled, total)
        for job, filled, total in live.values_list("job").annotate(filled=filled, total=Count("pk"))
    }


def _filtered(jobs: JobQuerySet, text: str, department: int | None) -> JobQuerySet:
    for word in text.split()[:8]:
        jobs = jobs.filter(Q(title__icontains=word) | Q(requisition_id__icontains=word))
    return jobs.filter(department=department) if department else jobs


def _tabs(jobs: JobQuerySet) -> list[tuple[str, str, int]]:
    numbers = dict(jobs.order_by().values_list("status").annotate(Count("pk")))
    numbers["all"] = sum(numbers.values())
    numbers["current"] = numbers["all"] - numbers.get(Job.Status.CLOSED, 0)
    return [(key, label, numbers.get(key, 0)) for key, label in TABS]


def _in_tab(jobs: JobQuerySet, status: str) -> JobQuerySet:
    if status in Job.Status.values:
        return jobs.filter(status=status)
    return jobs if status == "all" else jobs.exclude(status=Job.Status.CLOSED)


def _from(jobs: JobQuerySet, after: int) -> JobQuerySet:
    """Keyset: only what stands behind the last row of the page before."""
    last = jobs.filter(pk=after).values_list("created_at", flat=True).first() if after else None
    if last is None:
        return jobs
    return jobs.filter(Q(created_at__lt=last) | Q(created_at=last, pk__lt=after))


def _row(job: Job, sees_people: bool, openings: Openings, counts: list[jobs_panels.StageCount]) -> Row:
    owners = {member.role: member.user for member in reversed(job.owners)}  # type: ignore[attr-defined]
    owner = next((owners[role] for role in OWNERS if role in owners), None)
    until = job.closed_at or timezone.now()
    days = (until - job.opened_at).days if job.opened_at else None
    opens_board = sees_people and job.status in {Job.Status.OPEN, Job.Status.ON_HOLD}
    counts = counts if sees_people else []
    return Row(job, owner, days, opens_board, openings, counts, sum(count.count for count in counts))
