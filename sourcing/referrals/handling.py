"""What recruiters do with a referral: take it up for a job, keep the person in mind, or close it; and what they see of it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from hiring.prepared import Given, prepared
from hiring.timeline import record
from pipeline import starting
from pipeline.models import Application
from sourcing.referrals import giving
from sourcing.referrals.models import Referral

State = Referral.State


@transaction.atomic
def take_up(referral: Referral, job: Job, *, by: User | None) -> Referral:
    """Put the person into the pipeline of `job`, with the referral as the source; an application that is there is joined."""
    referral = _locked(referral)
    active = Application.objects.active().filter(candidate=referral.candidate_id, job=job).first()
    credited = referral.is_credited
    referral.application = active or starting.open_application(
        referral.candidate,
        job,
        by=by,
        source=giving.source() if credited else None,
        resume=referral.resume,
        origin={"referral": referral.pk, "referrer": referral.referrer_id} if credited else {},
    )
    return _settle(referral, State.TAKEN, by)


@transaction.atomic
def keep_in_mind(referral: Referral, *, by: User | None) -> Referral:
    """Somebody looked at it and keeps the person for later."""
    return _settle(_locked(referral), State.TAKEN, by)


@transaction.atomic
def close(referral: Referral, *, by: User | None) -> Referral:
    """It leads nowhere now. Refused while the person is in process: that ends with the application."""
    referral = _locked(referral)
    if referral.application and referral.application.is_active:
        raise Refused("They are in process. The referral ends with the application.")
    return _settle(referral, State.CLOSED, by)


@transaction.atomic
def reopen(referral: Referral, *, by: User | None) -> Referral:
    """Put it back among those to look at."""
    referral = _locked(referral)
    if referral.application_id:
        raise Refused("They are in process by now.")
    referral.state, referral.handled_by, referral.handled_at = State.WAITING, None, None
    referral.save(update_fields=["state", "handled_by", "handled_at"])
    return referral


@prepared
def referrals_to_follow(candidates: Given) -> QuerySet[Referral]:
    """Asked of everybody who applies."""
    mine = Referral.objects.select_for_update().filter(candidate__any=candidates, application=None).order_by("pk")
    return mine.exclude(state=State.CLOSED).filter(credit=Referral.Credit.FIRST)


def join(applications: Collection[Application], job: Job) -> None:
    """Applications for one job that came by another door: the credited referral for this job, or for any, follows its
    person's from now on."""
    if job.confidential:
        return
    opened = {one.candidate_id: one for one in applications}
    for referral in referrals_to_follow(candidates=list(opened)):
        if referral.job_id in (None, job.pk):
            referral.application, referral.state = opened[referral.candidate_id], State.TAKEN
            referral.handled_at = referral.handled_at or timezone.now()
            referral.save(update_fields=["application", "state", "handled_at"])


def part(applications: Collection[Application]) -> None:
    """These applications were taken back: a referral that had followed one by itself waits again."""
    opened = {one.candidate_id: one.entered_stage_at for one in applications}
    mine = Referral.objects.select_for_update().filter(
        candidate__in=opened, application=None, state=State.TAKEN, handled_by=None
    )
    joined = [one.pk for one in mine if one.handled_at and one.handled_at >= opened[one.candidate_id]]
    Referral.objects.filter(pk__in=joined).update(state=State.WAITING, handled_at=None)


def waiting_for(user: User) -> QuerySet[Referral]:
    """What this user may look at and nobody has, the oldest first."""
    return Referral.objects.visible_to(user).waiting().order_by("created_at", "pk")


def _settle(referral: Referral, state: str, by: User | None) -> Referral:
    changed = referral.state != state
    referral.state, referral.handled_by, referral.handled_at = state, by, timezone.now()
    referral.save(update_fields=["state", "handled_by", "handled_at", "application"])
    if changed and state == State.CLOSED:
        record(referral.candidate, "referral.closed", by, referral=referral.pk)
    return referral


def _locked(referral: Referral) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",)).select_related("candidate", "application", "resume")
    return rows.get(pk=referral.pk)
