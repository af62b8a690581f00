"""What sourcing asks of somebody today: people to come back to, and steps that wait for a person."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from hiring import access
from hiring.models import User
from hiring.today import Group, Line, group
from sourcing.models import Enrollment, MailedResume, PoolMember
from sourcing.referrals import handling

SHOWN = 10
PATIENCE = dt.timedelta(days=3)


def _due(today: dt.date, day: dt.date | None) -> str:
    """How late a date that has come is."""
    late = (today - day).days if day else 0
    return f"{late} day{'' if late == 1 else 's'} late" if late > 0 else "Today"


@group(80)
def next_touches(user: User) -> Group | None:
    """Pool members whose next-touch date has come, in pools this user owns."""
    if not access.can_source(user):
        return None
    today = timezone.localdate()
    due = PoolMember.objects.filter(pool__owner=user, next_touch_on__lte=today).select_related("pool", "candidate")
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
        for member in due.order_by("next_touch_on", "pk")[:SHOWN]
    ]
    total = due.count() if len(lines) == SHOWN else len(lines)
    return Group("touches", "People to come back to", lines, total, reverse("sourcing:pools"), "All pools")


@group(82)
def waiting_steps(user: User) -> Group | None:
    """Paths that wait for a call, a task, or a missing value."""
    if not access.can_source(user):
        return None
    waiting = Enrollment.objects.filter(state=Enrollment.State.WAITING, sequence__owner=user)
    rows = waiting.select_related("candidate", "sequence").order_by("pk")[:SHOWN]
    lines = [
        Line(
            name=row.candidate.name,
            initials=row.candidate.initials,
            note=f"{row.sequence}: {row.state_note}",
            url=f"{reverse('sourcing:sequence', args=[row.sequence_id])}?state=waiting",
            action="Open",
        )
        for row in rows
    ]
    total = waiting.count() if len(lines) == SHOWN else len(lines)
    return Group("sequences", "Sequences waiting for you", lines, total, reverse("sourcing:sequences"))


@group(35)
def referrals(user: User) -> Group | None:
    """People colleagues referred whom nobody has looked at; late after three days, because a colleague waits for a word."""
    if not access.can_handle_referrals(user):
        return None
    waiting = handling.waiting_for(user)
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
        for referral in waiting.select_related("candidate", "referrer", "job")[:SHOWN]
    ]
    total = waiting.count() if len(lines) == SHOWN else len(lines)
    return Group("referrals", "Referrals to look at", lines, total, reverse("sourcing:referral_list"), "All referrals")


@group(36)
def mailed(user: User) -> Group | None:
    """Résumés that came by mail of whom nobody could tell whose they are."""
    if not access.can_add_candidates(user):
        return None
    waiting = MailedResume.objects.visible_to(user).to_look_at()
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
        for row in waiting.defer("text").order_by("at", "pk")[:SHOWN]
    ]
    total = waiting.count() if len(lines) == SHOWN else len(lines)
    return Group("mailed", "Résumés by mail to look at", lines, total, reverse("sourcing:mailed_list"), "All")


def _waits(since: dt.timedelta) -> str:
    days = since.days
    return f"{days} day{'' if days == 1 else 's'}" if days else "Today"
