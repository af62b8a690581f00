"""Reminding whoever looks after a candidate that they stand too long in a stage: once for each stay, never every day.

Due are active applications past their stage's target of whose stay nobody was told (`due`): nothing but rows says what is to do
(invariant 10). Who was put on hold by hand rests. The notification says what happened and why one hears of it. Whoever is away
hears nothing: their stand-in does, or a colleague who decides on the job.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from hiring import access, notifications, stand_ins
from hiring.models import Job, User
from pipeline.models import Application, ApplicationQuerySet, StuckNudge, SubStatus

STUCK = notifications.declare("stuck", "Somebody I look after stands too long in a stage", "clock")
AT_ONCE = 500
ONE_AT_A_TIME = 7_318_004  # two sweeps at once would tell twice


def due(now: dt.datetime) -> ApplicationQuerySet:
    """Who stands longer than the stage's target, in jobs that are open, and whose owner was not told in this stay."""
    told = StuckNudge.objects.filter(
        application=OuterRef("pk"), stage=OuterRef("stage"), at__gt=OuterRef("entered_stage_at")
    )
    rests = SubStatus.objects.filter(application=OuterRef("pk"), stage=OuterRef("stage"), key=SubStatus.Key.ON_HOLD)
    late = Application.objects.past_target(now).filter(job__status=Job.Status.OPEN)
    return late.exclude(stage__kind="hired").exclude(Exists(told)).exclude(Exists(rests))


@transaction.atomic
def nudge_some() -> int:
    """Tell the owners of the next few, each once for a job however many they are. How many applications."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
    now, away = timezone.now(), stand_ins.away_now()
    whom: dict[tuple[int | None, int], User | None] = {}
    rows = due(now).select_for_update(of=("self",), skip_locked=True).select_related("candidate__owner", "job", "stage")
    found = list(rows.order_by("pk")[:AT_ONCE])
    theirs: dict[tuple[User, Job], list[Application]] = defaultdict(list)
    made = []
    for application in found:
        pair = (application.candidate.owner_id, application.job_id)
        if pair not in whom:
            whom[pair] = _whom(application, away)
        owner = whom[pair]
        if owner:
            theirs[owner, application.job].append(application)
        made.append(
            StuckNudge(
                application=application,
                stage=application.stage,
                entered_at=application.entered_stage_at,
                user=owner,
                at=now,
            )
        )
    StuckNudge.objects.bulk_create(made, ignore_conflicts=True)
    for (owner, job), stuck in theirs.items():
        _tell(owner, job, stuck, now)
    return len(found)


def _whom(application: Application, away: stand_ins.Away) -> User | None:
    """Who looks after the person, if they are here and may decide on this job, or their stand-in; else a recruiter of its team,
    and only if all are away somebody who is not here."""
    owner, job = application.candidate.owner, application.job
    deputy = stand_ins.deputy(owner.pk, away) if owner and owner.pk in away else None
    first = [owner, User.objects.filter(pk=deputy).first() if deputy else None]
    members = job.team.filter(role="recruiter").select_related("user").order_by("pk")
    able = [user for user in first if user and user.is_active and access.can_move(user, job)]
    able += [member.user for member in members if member.user.is_active]
    here = [user for user in able if user.pk not in away]
    return next(iter(here or able), None)


def _tell(owner: User, job: Job, stuck: list[Application], now: dt.datetime) -> None:
    first = stuck[0]
    if len(stuck) == 1:
        days = (now - first.entered_stage_at).days
        words = (
            f"{first.candidate} has stood in {first.stage} for {days} days; the target for {job} is "
            f"{first.stage.target_days}. You hear this once."
        )
        url, candidate = first.candidate.get_absolute_url(), first.candidate
    else:
        words = f"{len(stuck):,} people stand longer in their stage of {job} than its target. You hear this once."
        url, candidate = f"{reverse('pipeline:board', args=[job.pk])}?attention=1", None
    key = f"stuck:{first.pk}:{first.stage_id}:{first.entered_stage_at.timestamp():.0f}"
    notifications.tell(owner, STUCK, words, key=key, url=url, candidate=candidate, job=job)


def nudge_all() -> int:
    """Everybody who is due now. How many."""
    total = 0
    while done := nudge_some():
        total += done
    return total
