"""Approvals that wait: reminders, bringing a step to somebody else too, and stand-ins of those who are away since it was asked.

What is due is a row (`ApprovalGroup.remind_at`, `escalate_at`); each is claimed under the lock of its approval, so each happens
once. Nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import approval_asking, holidays, stand_ins, sweeping, working_time
from hiring.approvals import is_complete, lock
from hiring.models import Approval, ApprovalGroup, ApprovalVote, User

AT_ONCE = 200


def sweep() -> None:
    """All that is due now; what fails is due again at the next sweep."""
    holidays.forget()
    now = timezone.now()
    waiting = ApprovalGroup.objects.filter(approval__status=Approval.Status.PENDING)
    ids = waiting.values_list("pk", flat=True)
    sweeping.each("approval.remind", list(ids.filter(remind_at__lte=now).order_by("remind_at")[:AT_ONCE]), remind)
    sweeping.each(
        "approval.escalate", list(ids.filter(escalate_at__lte=now).order_by("escalate_at")[:AT_ONCE]), escalate
    )
    away = stand_ins.away_now()
    if away:
        asked = ApprovalVote.objects.filter(decision="", group__asked_at__isnull=False, approver__in=away)
        groups = asked.filter(group__approval__status=Approval.Status.PENDING).values("group")
        sweeping.each("approval.stand_in", list(ids.filter(pk__in=groups).order_by("pk")), reach_stand_ins)


def remind(group_id: int) -> bool:
    """Mail those who have not answered once more. False when nothing is due any more."""

    def act(approval: Approval, group: ApprovalGroup, now: dt.datetime) -> bool:
        if group.remind_at is None or group.remind_at > now:
            return False
        if (later := _by_now(group, group.remind_after)) > now:
            return _put_off(group, remind_at=later)
        group.remind_at, group.reminded_at = None, now
        group.save(update_fields=["remind_at", "reminded_at"])
        approval_asking.reach(approval, group, _silent(group), what="reminded")
        return True

    return _on_waiting(group_id, act)


def escalate(group_id: int) -> bool:
    """Ask somebody else too: whom the chain names, else the leads of those who have not answered. They get a seat of their own
    and decide like everybody else; nobody's seat is taken away and nothing is approved by it."""

    def act(approval: Approval, group: ApprovalGroup, now: dt.datetime) -> bool:
        if group.escalate_at is None or group.escalate_at > now:
            return False
        if (later := _by_now(group, group.escalate_after)) > now:
            return _put_off(group, escalate_at=later)
        group.escalate_at, group.escalated_at = None, now
        group.save(update_fields=["escalate_at", "escalated_at"])
        people = _higher(approval, group)
        seats = [ApprovalVote(group=group, approver=person, escalated=True) for person in people]
        ApprovalVote.objects.bulk_create(seats)
        group = _read(group.pk)  # with the new seats, among which no stand-in may be asked twice
        approval_asking.reach(approval, group, [vote for vote in _silent(group) if vote.escalated], what="escalated")
        approval_asking.tell_of_escalation(approval, group, people)
        return True

    return _on_waiting(group_id, act)


def reach_stand_ins(group_id: int) -> bool:
    """Ask those who stand in since the step was asked."""
    away = stand_ins.away_now()
    return _on_waiting(
        group_id, lambda approval, group, now: approval_asking.reach_stand_ins(approval, group, away) > 0
    )


def _by_now(group: ApprovalGroup, hours: int | None) -> dt.datetime:
    """When so many hours of working days have passed since it was asked, by the holidays as they are now."""
    asked_at = group.asked_at or timezone.now()
    return working_time.after(asked_at, hours or 0)


def _put_off(group: ApprovalGroup, **until: dt.datetime) -> bool:
    """A holiday was added while it waited: nobody is bothered on it."""
    ApprovalGroup.objects.filter(pk=group.pk).update(**until)
    return False


def _on_waiting(group_id: int, act: Callable[[Approval, ApprovalGroup, dt.datetime], bool]) -> bool:
    """Do something with a group whose turn it is, under the lock of its approval."""
    with transaction.atomic():
        approval = lock(ApprovalGroup.objects.values_list("approval", flat=True).get(pk=group_id))
        group = _read(group_id)
        if approval.status != Approval.Status.PENDING or group.asked_at is None or is_complete(group):
            return False
        return act(approval, group, timezone.now())


def _read(group_id: int) -> ApprovalGroup:
    return ApprovalGroup.objects.prefetch_related("votes__approver__lead", "votes__stand_in").get(pk=group_id)


def _silent(group: ApprovalGroup) -> list[ApprovalVote]:
    return [vote for vote in group.votes.all() if not vote.decision and vote.approver.is_active]


def _higher(approval: Approval, group: ApprovalGroup) -> list[User]:
    """Who is asked too: nobody who is asked already, and not the requester."""
    if group.escalate_to_id:
        wanted = list(User.objects.filter(Q(pk=group.escalate_to_id)))
    else:
        wanted = [vote.approver.lead for vote in group.votes.all() if not vote.decision and vote.approver.lead]
    asked = {vote.approver_id for vote in group.votes.all()} | {vote.stand_in_id for vote in group.votes.all()}
    asked |= {vote.decided_by_id for vote in group.votes.all()}
    return [
        user for user in dict.fromkeys(wanted) if user.is_active and user.pk not in asked | {approval.requested_by_id}
    ]
