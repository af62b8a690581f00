"""Reminding whoever looks after a candidate that they stand too long in a stage: once for each stay, never every day.

Due are active applications past their stage's target of whose stay nobody was told (`due`): nothing but rows says what is to do
(invariant 10). Who was put on hold by hand rests. The notification says what happened and why one hears of it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from hiring import access, notifications
from hiring.models import Job, User
from pipeline.models import Application, ApplicationQuerySet, StuckNudge, SubStatus

STUCK = notifications.declare("stuck", "Somebody I look after stands too long in a stage", "clock")
AT_ONCE = 500


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
    now = timezone.now()
    rows = due(now).select_for_update(of=("self",), skip_locked=True).select_related("candidate__owner", "job", "stage")
    found = list(rows.order_by("pk")[:AT_ONCE])
    theirs: dict[tuple[User, Job], list[Application]] = defaultdict(list)
    made = []
    for application in found:
        owner = _whom(application)
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


def _whom(application: Application) -> User | None:
    """Who looks after the person, if they may decide on this job; else a recruiter of its team."""
    owner = application.candidate.owner
    if owner and owner.is_active and access.can_move(owner, application.job):
        return owner
    member = application.job.team.filter(role="recruiter", user__is_active=True).select_related("user").first()
    return member.user if member else None


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
