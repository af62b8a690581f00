"""Approvals: one engine for jobs and offers. Ordered groups, n of m in each, decided in the app or from the e-mail.

A subject's module registers it in `subjects`; the engine knows no more about it than its title, facts and address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import events, links
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import (
    Approval,
    ApprovalChain,
    ApprovalGroup,
    ApprovalVote,
    ChainGroup,
    Department,
    PersonalLink,
    User,
)

LINK_LIFETIME = dt.timedelta(days=14)
NO_CHAIN = "Nobody has to approve this: no approval chain is set up for it."


@dataclass(frozen=True)
class Subject:
    """What the engine must know of a thing that needs approval. Each function takes the found object.

    `facts` are (label, value) pairs an approver reads. `decided` is called in the deciding transaction; `lock` locks the
    subject's row before the approval's, in the order in which a verb that edits the subject and voids its approval does.
    """

    find: Callable[[int], Any]
    title: Callable[[Any], str]
    facts: Callable[[Any], list[tuple[str, str]]]
    url: Callable[[Any], str]
    decided: Callable[[Approval, User | None], None] | None = None
    lock: Callable[[int], Any] | None = None


subjects: dict[str, Subject] = {}
"""Subject kind to what it is; a kind that nobody registered cannot be approved."""


@dataclass(frozen=True)
class Change:
    """A guarded fact that differs from what was approved last."""

    label: str
    before: str
    after: str


# --- choosing the chain ---------------------------------------------------------------------------------------------


def chain_for(subject_kind: str, department: Department | None) -> ApprovalChain | None:
    """The chain that will be asked: the department's own one, else the one for everybody, else none."""
    chains = ApprovalChain.objects.filter(subject_kind=subject_kind, is_active=True)
    own = chains.filter(department=department).order_by("pk").first() if department else None
    return own or chains.filter(department=None).order_by("pk").first()


def approvers_of(group: ChainGroup, requester: User | None) -> list[User]:
    """Who is asked for a group: its active approvers, without the requester as long as enough others remain."""
    active = [user for user in group.approvers.all() if user.is_active]
    others = [user for user in active if user != requester]
    return others if len(others) >= max(group.needed, 1) else active


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def request(
    subject_kind: str,
    subject_id: int,
    *,
    by: User | None,
    snapshot: dict[str, Any],
    department: Department | None = None,
) -> Approval:
    """Ask for a decision. Without a chain the approval is given at once and says so (`note`)."""
    if subject_kind not in subjects:
        raise Refused("This cannot be approved.")
    if Approval.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, status=Approval.Status.PENDING
    ).exists():
        raise Refused("This is already waiting for approval.")
    approval = Approval.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        snapshot=snapshot,
        requested_by=by,
        requested_at=timezone.now(),
    )
    chain = chain_for(subject_kind, department)
    if chain:
        _seat(approval, chain)
    else:
        approval.note = NO_CHAIN
    _advance(approval, by)
    return approval


@transaction.atomic
def decide(vote: ApprovalVote, decision: str, *, comment: str = "", by_link: bool = False) -> Approval:
    """Record an approver's answer and carry on: ask the next group, or settle. One rejection rejects."""
    approval = _locked(vote)
    vote = ApprovalVote.objects.select_related("group", "approver").get(pk=vote.pk)  # read again, now under the lock
    refusal = refusal_for(vote, approval)
    if refusal:
        raise Refused(refusal)
    vote.decision, vote.comment = ApprovalVote.Decision(decision), comment.strip()
    vote.decided_at, vote.by_link = timezone.now(), by_link
    vote.save(update_fields=["decision", "comment", "decided_at", "by_link"])
    if vote.decision == ApprovalVote.Decision.REJECT:
        _settle(approval, Approval.Status.REJECTED, vote.approver)
    else:
        _advance(approval, vote.approver)
    return approval


@transaction.atomic
def void(subject_kind: str, subject_id: int, *, note: str = "") -> Approval | None:
    """Take back the pending or given approval of a subject, because what it covered has changed (invariant 6)."""
    live = Approval.objects.select_for_update().filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        status__in=[Approval.Status.PENDING, Approval.Status.APPROVED],
    )
    approval = live.order_by("-pk").first()
    if approval is None:
        return None
    live.update(status=Approval.Status.VOIDED, note=note[:300])
    approval.refresh_from_db()
    return approval


# --- questions ------------------------------------------------------------------------------------------------------


def current(subject_kind: str, subject_id: int) -> Approval | None:
    """The latest approval of a subject, whatever became of it, with its groups and votes."""
    return (
        Approval.objects.with_votes().filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-pk").first()
    )


def covers(subject_kind: str, subject_id: int, snapshot: dict[str, Any]) -> bool:
    """True when the latest approval was given for exactly these guarded facts."""
    approval = current(subject_kind, subject_id)
    return approval is not None and approval.status == Approval.Status.APPROVED and approval.snapshot == snapshot


def refusal_for(vote: ApprovalVote, approval: Approval) -> str:
    """Why this vote cannot be given now, as a sentence; empty when it can."""
    if vote.decision:
        return "You have already decided this."
    if approval.status == Approval.Status.VOIDED:
        return "This request is void, because what you were asked about has changed. If it still needs you, you get a new mail."
    if approval.status == Approval.Status.APPROVED:
        return "This has already been approved."
    if approval.status == Approval.Status.REJECTED:
        return "A colleague has already turned this down."
    if not vote.approver.is_active:
        return links.GONE
    if vote.group.asked_at is None:
        return "It is not your turn yet: the colleagues before you are still deciding."
    if _is_complete(vote.group):
        return "Enough colleagues have already approved this step."
    return ""


def open_votes_of(user: User) -> list[ApprovalVote]:
    """What waits for this user's decision, oldest first."""
    asked = ApprovalVote.objects.filter(
        approver=user, decision="", group__asked_at__isnull=False, group__approval__status=Approval.Status.PENDING
    ).select_related("group__approval__requested_by")
    current_group = asked.order_by("group__asked_at", "pk").prefetch_related("group__votes", "group__approval__groups")
    return [vote for vote in current_group if not _is_complete(vote.group)]


def open_vote_of(user: User, approval: Approval) -> ApprovalVote | None:
    """This user's seat, when it can be decided now. `approval` comes with its votes."""
    mine = [vote for group in approval.groups.all() for vote in group.votes.all() if vote.approver_id == user.pk]
    return next((vote for vote in mine if not refusal_for(vote, approval)), None)


def waiting_group(approval: Approval) -> ApprovalGroup | None:
    """The group whose turn it is."""
    if approval.status != Approval.Status.PENDING:
        return None
    return next((group for group in approval.groups.all() if not _is_complete(group)), None)


def changes_since_approved(approval: Approval) -> list[Change]:
    """What differs from the snapshot that was approved last, fact by fact; empty for a first request."""
    before = (
        Approval.objects.filter(subject_kind=approval.subject_kind, subject_id=approval.subject_id, pk__lt=approval.pk)
        .filter(Q(status=Approval.Status.APPROVED) | Q(status=Approval.Status.VOIDED, decided_at__isnull=False))
        .order_by("-pk")
        .first()
    )
    return changes(before.snapshot, approval.snapshot) if before else []


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Change(key.replace("_", " ").capitalize(), _said(before.get(key)), _said(after.get(key)))
        for key in keys
        if before.get(key) != after.get(key)
    ]


# --- inside ---------------------------------------------------------------------------------------------------------


def _said(value: Any) -> str:
    return "not set" if value in (None, "") else str(value)


def _is_complete(group: ApprovalGroup) -> bool:
    given = [vote for vote in group.votes.all() if vote.decision == ApprovalVote.Decision.APPROVE]
    return len(given) >= group.needed


def _locked(vote: ApprovalVote) -> Approval:
    approval = Approval.objects.get(groups__votes=vote.pk)
    lock = subjects[approval.subject_kind].lock
    if lock:
        lock(approval.subject_id)
    return Approval.objects.select_for_update().get(pk=approval.pk)


def _seat(approval: Approval, chain: ApprovalChain) -> None:
    """Copy the chain's groups and people, so that later changes of the chain leave this request alone."""
    for position, chain_group in enumerate(chain.groups.prefetch_related("approvers")):
        people = approvers_of(chain_group, approval.requested_by)
        if not people:
            raise Refused(
                f"The approval chain “{chain.name}” has a step that nobody can decide. Ask an administrator to fill it."
            )
        group = approval.groups.create(position=position, needed=min(max(chain_group.needed, 1), len(people)))
        ApprovalVote.objects.bulk_create(ApprovalVote(group=group, approver=person) for person in people)


def _advance(approval: Approval, by: User | None) -> None:
    """Ask the next group when the one before is complete; settle when none is left."""
    for group in ApprovalGroup.objects.filter(approval=approval).prefetch_related("votes__approver"):
        if _is_complete(group):
            continue
        if group.asked_at is None:
            _ask(approval, group)
        return
    _settle(approval, Approval.Status.APPROVED, by)


def _ask(approval: Approval, group: ApprovalGroup) -> None:
    group.asked_at = timezone.now()
    group.save(update_fields=["asked_at"])
    subject = subjects[approval.subject_kind]
    found = subject.find(approval.subject_id)
    for vote in group.votes.all():
        link = links.issue(
            PersonalLink.Purpose.APPROVE, user=vote.approver, subject_id=vote.pk, valid_for=LINK_LIFETIME
        )
        compose.to_colleague(
            vote.approver,
            purpose="approval",
            template="hiring/email/approval_asked",
            context={
                "approver": vote.approver,
                "approval": approval,
                "title": subject.title(found),
                "facts": subject.facts(found),
                "changes": changes_since_approved(approval),
                "url": links.url(link, "approve"),
                "days": LINK_LIFETIME.days,
            },
            dedupe_key=f"approval:{vote.pk}",
        )


def _settle(approval: Approval, status: str, by: User | None) -> None:
    """Write the result, tell the subject and whoever listens, and let the requester know."""
    approval.status, approval.decided_at = status, timezone.now()
    approval.save(update_fields=["status", "decided_at", "note"])
    subject = subjects[approval.subject_kind]
    if subject.decided:
        subject.decided(approval, by)
    events.approval_decided.send(Approval, approval=approval, by=by)
    requester = approval.requested_by
    if requester and requester != by and requester.is_active:
        found = subject.find(approval.subject_id)
        said = ApprovalVote.objects.filter(group__approval=approval).exclude(decision="").select_related("approver")
        compose.to_colleague(
            requester,
            purpose="approval",
            template="hiring/email/approval_result",
            context={
                "requester": requester,
                "approval": approval,
                "votes": list(said.order_by("decided_at")),
                "title": subject.title(found),
                "url": settings.SITE_URL + subject.url(found),
            },
            dedupe_key=f"approval-result:{approval.pk}",
        )
