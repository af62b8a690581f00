"""The mails of an approval: asking, in a stand-in's name too, reminding, bringing it to somebody else, and telling the result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from hiring import links, masks, stand_ins
from hiring.approval_subjects import subjects
from hiring.mail import compose
from hiring.models import Approval, ApprovalGroup, ApprovalVote, PersonalLink, User

LINK_LIFETIME = dt.timedelta(days=14)


def reach(approval: Approval, group: ApprovalGroup, votes: Sequence[ApprovalVote], *, what: str = "asked") -> None:
    """Mail the approvers of these open seats of a group, and the stand-ins of those who are away. `what` is why: asked,
    reminded or escalated. Each person is mailed once for each reason."""
    away = stand_ins.away_now()
    for vote in votes:
        _mail(approval, vote, vote.approver, what)
    for vote in votes:
        seat_stand_in(approval, group, vote, away)
        if vote.stand_in and vote.approver_id in away:
            _mail(approval, vote, vote.stand_in, what)


def reach_stand_ins(approval: Approval, group: ApprovalGroup, away: stand_ins.Away) -> int:
    """Ask those who stand in for somebody since the group was asked. Says how many were."""
    reached = 0
    for vote in group.votes.all():
        if not vote.decision and seat_stand_in(approval, group, vote, away) and vote.stand_in:
            _mail(approval, vote, vote.stand_in, "asked")
            reached += 1
    return reached


def seat_stand_in(approval: Approval, group: ApprovalGroup, vote: ApprovalVote, away: stand_ins.Away) -> bool:
    """Let the seat of somebody who is away be decided by their stand-in. True when that is somebody new.

    Nobody is asked twice in one step, and whoever asked for the approval does not give it in another's name.
    """
    if vote.approver_id not in away or vote.decision:
        return False
    others = [seat for seat in group.votes.all() if seat.pk != vote.pk]
    asked = {seat.approver_id for seat in others} | {seat.stand_in_id for seat in others if seat.stand_in_id}
    taken = asked | {seat.decided_by_id for seat in others if seat.decided_by_id}
    person = stand_ins.deputy(vote.approver_id, away, taken | {approval.requested_by_id or 0})
    if person is None or person == vote.stand_in_id:
        return False
    vote.stand_in = User.objects.get(pk=person)
    vote.save(update_fields=["stand_in"])
    return True


def tell_result(approval: Approval, by: User | None) -> None:
    """Let the requester know what was decided, by whom and with which words."""
    requester = approval.requested_by
    if not requester or requester == by or not requester.is_active:
        return
    said = ApprovalVote.objects.filter(group__approval=approval).exclude(decision="")
    _tell_requester(
        approval,
        requester,
        "hiring/email/approval_result",
        f"approval-result:{approval.pk}",
        votes=list(said.select_related("approver", "decided_by").order_by("decided_at")),
    )


def tell_of_escalation(approval: Approval, group: ApprovalGroup, asked: Sequence[User]) -> None:
    """The requester learns who is asked too, or that nobody could be found who might be."""
    requester = approval.requested_by
    if requester and requester.is_active:
        _tell_requester(
            approval,
            requester,
            "hiring/email/approval_escalated",
            f"approval-escalated:{group.pk}",
            asked=list(asked),
            silent=[vote.approver for vote in group.votes.all() if not vote.decision and not vote.escalated],
        )


def _tell_requester(approval: Approval, requester: User, template: str, key: str, **more: object) -> None:
    subject = subjects[approval.subject_kind]
    found = subject.find(approval.subject_id)
    with masks.showing_to(requester):  # the words are made here, so what they may not know is left out here
        title = subject.title(found)
    context = {
        "requester": requester,
        "approval": approval,
        "title": title,
        "url": settings.SITE_URL + subject.url(found),
        **more,
    }
    compose.to_colleague(requester, purpose="approval", template=template, context=context, dedupe_key=key)


def _mail(approval: Approval, vote: ApprovalVote, person: User, what: str) -> None:
    from hiring.approvals import asked_about

    subject = subjects[approval.subject_kind]
    found = subject.find(approval.subject_id)
    link = links.issue(PersonalLink.Purpose.APPROVE, user=person, subject_id=vote.pk, valid_for=LINK_LIFETIME)
    with masks.showing_to(person):
        title, (facts, changes) = subject.title(found), asked_about(approval, found)
    compose.to_colleague(
        person,
        purpose="approval",
        template="hiring/email/approval_asked",
        context={
            "person": person,
            "vote": vote,
            "what": what,
            "approval": approval,
            "title": title,
            "facts": facts,
            "changes": changes,
            "url": links.url(link, "approve"),
            "days": LINK_LIFETIME.days,
        },
        dedupe_key=f"approval:{vote.pk}"
        if (what, person) == ("asked", vote.approver)
        else f"approval:{vote.pk}:{what}:{person.pk}",
    )
