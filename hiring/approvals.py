"""Approvals: one engine for jobs and offers. Ordered groups, n of m in each, decided in the app or from the e-mail.

A subject's module registers it in `subjects`; the engine knows no more about it than its title, facts and address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from hiring import approval_asking, approval_chains, events, links, stand_ins, working_time
from hiring.approval_subjects import Case as Case
from hiring.approval_subjects import Subject as Subject
from hiring.approval_subjects import subjects as subjects
from hiring.errors import Refused
from hiring.models import Approval, ApprovalGroup, ApprovalVote, User
from hiring.prepared import Given, prepared

NOT_SET = "not set"
NO_CHAIN = "Nobody has to approve this: no approval chain is set up for it."


@dataclass(frozen=True)
class Change:
    """A guarded fact that differs from what was approved last."""

    label: str
    before: str
    after: str


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def request(
    subject_kind: str,
    subject_id: int,
    *,
    by: User | None,
    snapshot: dict[str, Any],
    case: Case = Case(),  # noqa: B008 - frozen
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
    choice = approval_chains.choose(subject_kind, case)
    if choice:
        _seat(approval, choice, case)
    else:
        approval.note = NO_CHAIN
    approval.save(update_fields=["note", "chain", "why"])
    _advance(approval, by)
    return approval


@transaction.atomic
def decide(
    vote: ApprovalVote, decision: str, *, by: User | None = None, comment: str = "", by_link: bool = False
) -> Approval:
    """Record an answer and carry on: ask the next group, or settle. One rejection rejects.

    `by` is the approver when None; else a stand-in who was asked for this seat while its approver is away.
    """
    approval = lock(vote.group.approval_id)
    seats = ApprovalVote.objects.select_related("group", "approver")
    vote = seats.prefetch_related("group__votes").get(pk=vote.pk)  # read again, now under the lock
    by = by or vote.approver
    refusal = refusal_for(vote, approval, by)
    if refusal:
        raise Refused(refusal)
    vote.decision, vote.comment = ApprovalVote.Decision(decision), comment.strip()
    vote.decided_at, vote.by_link = timezone.now(), by_link
    vote.decided_by = None if by == vote.approver else by
    vote.save(update_fields=["decision", "comment", "decided_at", "by_link", "decided_by"])
    if vote.decision == ApprovalVote.Decision.REJECT:
        _settle(approval, Approval.Status.REJECTED, by)
    else:
        _advance(approval, by)
    return approval


@transaction.atomic
def void(subject_kind: str, subject_id: int, *, note: str = "") -> Approval | None:
    """Take back the pending or given approval of a subject, because what it covered has changed (invariant 6), or the subject
    is gone: `note` says which, in a sentence approvers read."""
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


def refusal_for(vote: ApprovalVote, approval: Approval, by: User, away: stand_ins.Away | None = None) -> str:
    """Why this vote cannot be given now by this colleague, as a sentence; empty when it can. `away` is asked for when None."""
    if vote.decision:
        return "You have already decided this." if vote.decider_id == by.pk else "This has already been decided."
    if approval.status == Approval.Status.VOIDED:
        because = f"{approval.note.rstrip('.') or 'What you were asked about has changed'}."
        return f"This request is void. {because} If it still needs you, you get a new mail."
    if approval.status == Approval.Status.APPROVED:
        return "This has already been approved."
    if approval.status == Approval.Status.REJECTED:
        return "A colleague has already turned this down."
    if not by.is_active:
        return links.GONE
    if by.pk != vote.approver_id:
        if vote.stand_in_id != by.pk:
            return "You are not asked to decide this."
        if vote.approver_id not in (stand_ins.away_now() if away is None else away):
            return f"{vote.approver} is back and decides this."
    if vote.group.asked_at is None:
        return "It is not your turn yet: the colleagues before you are still deciding."
    if is_complete(vote.group):
        return "Enough colleagues have already approved this step."
    if any(seat.decision and seat.decider_id == by.pk for seat in vote.group.votes.all()):
        return "You have already decided this step: nobody decides it twice."
    return ""


@prepared
def votes_asked_of(user: Given) -> QuerySet[ApprovalVote]:
    asked = ApprovalVote.objects.filter(
        Q(approver=user) | Q(stand_in=user),
        decision="",
        group__asked_at__isnull=False,
        group__approval__status=Approval.Status.PENDING,
    ).select_related("approver", "group__approval__requested_by")
    return asked.order_by("group__asked_at", "pk")


def open_votes_of(user: User) -> list[ApprovalVote]:
    """What waits for this user's decision, for colleagues they stand in for too, oldest first."""
    votes = votes_asked_of(user=user.pk)
    prefetch_related_objects(votes, "group__votes", "group__approval__groups")
    away = stand_ins.away_now() if any(vote.approver_id != user.pk for vote in votes) else {}
    return [vote for vote in votes if not refusal_for(vote, vote.group.approval, user, away)]


def open_vote_of(user: User, approval: Approval) -> ApprovalVote | None:
    """The seat this user can decide now, their own before one they stand in for. `approval` comes with its votes."""
    seats = [vote for group in approval.groups.all() for vote in group.votes.all()]
    mine = [vote for vote in seats if vote.approver_id == user.pk]
    mine += [vote for vote in seats if vote.stand_in_id == user.pk]
    return next((vote for vote in mine if not refusal_for(vote, approval, user)), None)


def waiting_group(approval: Approval) -> ApprovalGroup | None:
    """The group whose turn it is."""
    if approval.status != Approval.Status.PENDING:
        return None
    return next((group for group in approval.groups.all() if not is_complete(group)), None)


def is_complete(group: ApprovalGroup) -> bool:
    given = [vote for vote in group.votes.all() if vote.decision == ApprovalVote.Decision.APPROVE]
    return len(given) >= group.needed


def lock(approval_id: int) -> Approval:
    """The approval, locked behind its subject."""
    approval = Approval.objects.get(pk=approval_id)
    lock_subject = subjects[approval.subject_kind].lock
    if lock_subject:
        lock_subject(approval.subject_id)
    return Approval.objects.select_for_update(of=("self",)).select_related("requested_by").get(pk=approval.pk)


def changes_since_approved(approval: Approval) -> list[Change]:
    """What differs from the snapshot that was approved last, fact by fact; empty for a first request."""
    before = last_given(approval.subject_kind, approval.subject_id, before=approval)
    return changes(approval.subject_kind, before.snapshot, approval.snapshot) if before else []


def asked_about(approval: Approval, thing: Any) -> tuple[list[tuple[str, str]], list[Change]]:
    """What an approver reads: the facts as they are, and apart from them those that changed since it was approved last."""
    changed = changes_since_approved(approval)
    told = {change.label for change in changed}
    facts = subjects[approval.subject_kind].facts(thing)
    return [(label, value) for label, value in facts if label not in told], changed


def last_given(subject_kind: str, subject_id: int, *, before: Approval | None = None) -> Approval | None:
    """The last approval of a subject that was given, even if it is void by now; of those asked for `before` another."""
    given = Approval.objects.filter(subject_kind=subject_kind, subject_id=subject_id, decided_at__isnull=False)
    if before:
        given = given.filter(pk__lt=before.pk)
    return given.exclude(status=Approval.Status.REJECTED).order_by("-pk").first()


def changes(subject_kind: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two snapshots, in the words of the subject's facts."""
    said = subjects[subject_kind].words
    was, is_now = dict(said(before)), dict(said(after))
    return [
        Change(label, was.get(label) or NOT_SET, is_now.get(label) or NOT_SET)
        for label in [*is_now, *(label for label in was if label not in is_now)]
        if was.get(label, "") != is_now.get(label, "")
    ]


# --- inside ---------------------------------------------------------------------------------------------------------


def _seat(approval: Approval, choice: approval_chains.Choice, case: Case) -> None:
    """Copy the chain's steps and people, so that later changes of the chain leave this request alone."""
    chain = choice.chain
    approval.chain, approval.why = chain, choice.why
    found = approval_chains.steps(chain, case, approval.requested_by)
    if not found:
        raise Refused(f"The approval chain “{chain.name}” has no step. Ask an administrator to add one.")
    for position, step in enumerate(found):
        if not step.people:
            because = f": {' and '.join(step.lacks)}" if step.lacks else ""
            todo = "Name them first." if step.lacks else "Ask an administrator to fill it."
            raise Refused(f"The approval chain “{chain.name}” has a step that nobody can decide{because}. {todo}")
        group = approval.groups.create(
            position=position,
            needed=step.needed,
            remind_after=chain.remind_after,
            escalate_after=chain.escalate_after,
            escalate_to=chain.escalate_to,
        )
        ApprovalVote.objects.bulk_create(ApprovalVote(group=group, approver=person) for person in step.people)


def _advance(approval: Approval, by: User | None) -> None:
    """Ask the next group when the one before is complete; settle when none is left."""
    for group in ApprovalGroup.objects.filter(approval=approval).prefetch_related("votes__approver"):
        if is_complete(group):
            continue
        if group.asked_at is None:
            _ask(approval, group)
        return
    _settle(approval, Approval.Status.APPROVED, by)


def _ask(approval: Approval, group: ApprovalGroup) -> None:
    group.asked_at = now = timezone.now()
    group.remind_at = working_time.after(now, group.remind_after) if group.remind_after else None
    group.escalate_at = working_time.after(now, group.escalate_after) if group.escalate_after else None
    group.save(update_fields=["asked_at", "remind_at", "escalate_at"])
    approval_asking.reach(approval, group, list(group.votes.all()))


def _settle(approval: Approval, status: str, by: User | None) -> None:
    """Write the result, tell the subject and whoever listens, and let the requester know."""
    approval.status, approval.decided_at = status, timezone.now()
    approval.save(update_fields=["status", "decided_at"])
    subject = subjects[approval.subject_kind]
    if subject.decided:
        subject.decided(approval, by)
    events.approval_decided.send(Approval, approval=approval, by=by)
    approval_asking.tell_result(approval, by)
