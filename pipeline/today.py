"""What a pipeline asks of me today: applications nobody has looked at, and people who wait longer than their stage allows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access, frame
from hiring.models import Job, TeamMember, User
from hiring.prepared import Given, prepared
from hiring.today import Group, Line, group
from pipeline.models import Application, ApplicationQuerySet

SHOWN = 10


def mine(user: User) -> ApplicationQuerySet:
    """Applications of open jobs on whose team I decide: what I see but do not work on is not my work list."""
    return of_colleague(user.pk)


def of_colleague(user: int | Given) -> ApplicationQuerySet:
    my_teams = TeamMember.objects.filter(user=user, role__in=sorted(access.MOVES_ON_TEAM)).values("job")
    return Application.objects.filter(job__status=Job.Status.OPEN, job__in=my_teams)


@prepared
def to_review_by_job(user: Given) -> QuerySet[Application, tuple[int, str, int | None, int, dt.datetime]]:
    rows = of_colleague(user).to_review().order_by().values_list("job", "job__title", "stage__target_days")
    return rows.annotate(people=Count("pk"), oldest=Min("applied_at")).order_by("oldest")


@prepared
def people_of(applications: Given) -> QuerySet[Application]:
    return Application.objects.for_card().filter(pk__any=applications)


@group(20)
def to_review(user: User) -> Group | None:
    """New applications, one line a job, the longest waiting first."""
    jobs = to_review_by_job(user=user.pk)
    if not jobs:
        return None
    now = timezone.now()
    lines = [
        Line(
            name=title,
            icon="briefcase",
            note=f"{people} new application{'s' if people > 1 else ''}",
            url=reverse("pipeline:review", args=[job]),
            action="Review",
            due_at=oldest,
            late=bool(days) and (now - oldest).days >= (days or 0),
            kind="applied",
        )
        for job, title, days, people, oldest in jobs[:SHOWN]
    ]
    total = sum(row[3] for row in jobs)
    return Group("applications", "Applications to review", lines, total=total, short="To review")


LATE = """SELECT a.id, count(*) OVER () FROM pipeline_stage s JOIN hiring_job j ON j.id = s.job_id AND j.status = 'open'
    JOIN pipeline_application a ON a.job_id = s.job_id AND a.stage_id = s.id AND a.status = 'active'
        AND a.entered_stage_at < %(now)s - s.target_days * interval '1 day'
    WHERE (s.kind <> 'applied' OR a.reviewed_at IS NOT NULL)
        AND s.job_id IN (SELECT t.job_id FROM hiring_teammember t WHERE t.user_id = %(user)s AND t.role = ANY(%(roles)s))
    ORDER BY a.entered_stage_at, a.id LIMIT %(shown)s"""
"""Written out so that each stage is one range of the board's index; new applications are already counted in the group above."""


@group(50)
def past_target(user: User) -> Group | None:
    """People who have stood in a stage beyond its target, the longest first."""
    values: dict[str, Any] = {
        "now": timezone.now(),
        "user": user.pk,
        "roles": sorted(access.MOVES_ON_TEAM),
        "shown": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATE, values)
        found = cursor.fetchall()
    if not found:
        return None
    rows = {one.pk: one for one in people_of(applications=[pk for pk, _ in found])}
    lines = [_late_line(rows[pk]) for pk, _ in found if pk in rows]
    total = found[0][1]
    return Group("past_target", "Past the stage’s time limit", lines, total=total, late=total, short="Past the limit")


def _late_line(application: Application) -> Line:
    stage, days = application.stage, (timezone.now() - application.entered_stage_at).days
    over = max(1, days - (stage.target_days or 0))
    return Line(
        name=application.candidate.name,
        initials=application.candidate.initials,
        note=application.job.title,
        stage=stage.name,
        url=reverse("candidate", args=[application.candidate_id]),
        action="Decide",
        due=f"{over} day{'s' if over > 1 else ''} over",
        late=True,
        kind=stage.kind,
        drawer=True,
    )


def waiting_for_me(user: User) -> int:
    return mine(user).to_review().count()


frame.counts["jobs"] = waiting_for_me
