"""What sourcing asks of somebody today: people to come back to, and steps that wait for a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import User
from hiring.prepared import Given, prepared
from hiring.today import Group, Line, group
from sourcing.models import Enrollment, MailedResume, PoolMember, Referral
from sourcing.referrals import handling

SHOWN = 10
PATIENCE = dt.timedelta(days=3)


def _due(today: dt.date, day: dt.date | None) -> str:
    """How late a date that has come is."""
    late = (today - day).days if day else 0
    return f"{late} day{'' if late == 1 else 's'} late" if late > 0 else "Today"


def _due_touches(user: Any, today: Any) -> QuerySet[PoolMember]:
    return PoolMember.objects.filter(pool__owner=user, next_touch_on__lte=today)


@prepared
def first_touches(user: Given, day: Given) -> QuerySet[PoolMember]:
    return _due_touches(user, day).select_related("pool", "candidate").order_by("next_touch_on", "pk")[:SHOWN]


@group(80)
def next_touches(user: User) -> Group | None:
    """Pool members whose next-touch date has come, in pools this user owns."""
    if not access.can_source(user):
        return None
    today = timezone.localdate()
    lines = [
        Line(
            name=member.candidate.name,
            initials=member.candidate.initials,
            note=f"{member.pool}: {member.reason}",
            url=reverse("candidate", args=[member.candidate_id]),
            action="Open",
            due=_due(today, member.next_touch_on),
            late=bool(member.next_touch_on and member.next_touch_on < today),
        )
        for member in first_touches(user=user.pk, day=today)
    ]
    total = _due_touches(user.pk, today).count() if len(lines) == SHOWN else len(lines)
    return Group("touches", "People to come back to", lines, total, reverse("sourcing:pools"), "All pools")


def _waiting(user: Any) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(state=Enrollment.State.WAITING, sequence__owner=user)


@prepared
def first_waiting(user: Given) -> QuerySet[Enrollment]:
    return _waiting(user).select_related("candidate", "sequence").order_by("pk")[:SHOWN]


@group(82)
def waiting_steps(user: User) -> Group | None:
    """Paths that wait for a call, a task, or a missing value."""
    if not access.can_source(user):
        return None
    lines = [
        Line(
            name=row.candidate.name,
            initials=row.candidate.initials,
            note=f"{row.sequence}: {row.state_note}",
            url=f"{reverse('sourcing:sequence', args=[row.sequence_id])}?state=waiting",
            action="Open",
        )
        for row in first_waiting(user=user.pk)
    ]
    total = _waiting(user.pk).count() if len(lines) == SHOWN else len(lines)
    return Group("sequences", "Sequences waiting for you", lines, total, reverse("sourcing:sequences"))


@prepared
def first_referrals(user: User) -> QuerySet[Referral]:
    return handling.waiting_for(user).select_related("candidate", "referrer", "job")[:SHOWN]


@group(35)
def referrals(user: User) -> Group | None:
    """People colleagues referred whom nobody has looked at; late after three days, because a colleague waits for a word."""
    if not access.can_handle_referrals(user):
        return None
    now = timezone.now()
    lines = [
        Line(
            name=referral.candidate.name,
            initials=referral.candidate.initials,
            note=f"Referred by {referral.referrer}" + (f" for {referral.job.title}" if referral.job else ""),
            url=reverse("sourcing:referral_list"),
            action="Look",
            due=_waits(now - referral.created_at),
            late=now - referral.created_at > PATIENCE,
        )
        for referral in first_referrals(user)
    ]
    total = handling.waiting_for(user).count() if len(lines) == SHOWN else len(lines)
    return Group("referrals", "Referrals to look at", lines, total, reverse("sourcing:referral_list"), "All referrals")


def _to_look_at(user: User) -> QuerySet[MailedResume]:
    return MailedResume.objects.visible_to(user).to_look_at()


@prepared
def first_mailed(user: User) -> QuerySet[MailedResume]:
    return _to_look_at(user).defer("text").order_by("at", "pk")[:SHOWN]


@group(36)
def mailed(user: User) -> Group | None:
    """Résumés that came by mail of whom nobody could tell whose they are."""
    if not access.can_add_candidates(user):
        return None
    now = timezone.now()
    lines = [
        Line(
            name=row.sender_name or row.sender,
            icon="mail",
            note=row.subject or row.problem,
            url=row.get_absolute_url(),
            action="Look",
            due=_waits(now - row.at),
            late=now - row.at > PATIENCE,
        )
        for row in first_mailed(user)
    ]
    total = _to_look_at(user).count() if len(lines) == SHOWN else len(lines)
    return Group("mailed", "Résumés by mail to look at", lines, total, reverse("sourcing:mailed_list"), "All")


def _waits(since: dt.timedelta) -> str:
    days = since.days
    return f"{days} day{'' if days == 1 else 's'}" if days else "Today"
