"""What saving a change would cost, told before it is saved: the approval that goes, and who will be asked again."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hiring import approval_chains, approvals, job_facts
from hiring.models import Approval, ApprovalVote, Job, User


@dataclass(frozen=True)
class Loss:
    """An approval that a change makes void. `given` are the votes that were given for it so far."""

    changes: list[approvals.Change]
    given: list[ApprovalVote]
    is_approved: bool
    ahead: approval_chains.Ahead

    @property
    def key(self) -> str:
        """Names exactly these changes, so that confirming them confirms no others."""
        said = "|".join(f"{change.label}:{change.before}:{change.after}" for change in self.changes)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def loss(job: Job, fields: Mapping[str, Any], user: User | None) -> Loss | None:
    """What editing these fields of a job would take away, or None."""
    edited = copy.copy(job)
    for name, value in fields.items():
        if name != "headcount":
            setattr(edited, name, value)
    after = job_facts.snapshot(edited)
    if "headcount" in fields:
        after["headcount"] = fields["headcount"]
    changed = approvals.changes(job_facts.KIND, job_facts.snapshot(job), after)
    return of(job_facts.KIND, job.pk, changed, job_facts.case(edited), user) if changed else None


def of(kind: str, pk: int, changed: list[approvals.Change], case: approvals.Case, user: User | None) -> Loss | None:
    """What these changes would take away, or None. Nothing is lost where nobody was asked and nobody will be."""
    approval = approvals.current(kind, pk)
    if approval is None or approval.status not in (Approval.Status.PENDING, Approval.Status.APPROVED):
        return None
    ahead = approval_chains.ahead(kind, case, user)
    given = [vote for group in approval.groups.all() for vote in group.votes.all() if vote.decision]
    is_approved = approval.status == Approval.Status.APPROVED
    if not (given or (is_approved and ahead.choice)):
        return None
    return Loss(changed, given, is_approved, ahead)
