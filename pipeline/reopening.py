"""Taking up a closed job again: what is left of it, what has changed since, and whom we said no to or promised something."""

from __future__ import annotations

from dataclasses import dataclass

from hiring import approval_chains, approvals, job_facts, promises
from hiring.models import Approval, Job, Message, Opening, Promise, User
from pipeline.models import Application, ApplicationQuerySet, BulkAct


@dataclass(frozen=True)
class Standing:
    """What whoever reopens a job has to know before it is a draft again."""

    filled: int
    cancelled: int
    approved: Approval | None
    changed: list[approvals.Change]
    ahead: approval_chains.Ahead
    left: list[User]
    turned_down: ApplicationQuerySet
    letters: int
    acts: list[BulkAct]
    promised: list[Promise]


def standing(job: Job, user: User) -> Standing:
    """Of a closed job, as this user may know it: promises are of people they see."""
    openings = list(job.openings.values_list("status", flat=True))
    approved = approvals.last_given(job_facts.KIND, job.pk)
    return Standing(
        filled=openings.count(Opening.Status.FILLED),
        cancelled=openings.count(Opening.Status.CANCELLED),
        approved=approved,
        changed=_changed(job, approved),
        ahead=approval_chains.ahead(job_facts.KIND, job_facts.case(job), user),
        left=list(User.objects.filter(teams__job=job, is_active=False).distinct().order_by("full_name")),
        turned_down=turned_down(job),
        letters=Message.objects.queued().filter(job=job, purpose="rejection").count(),
        acts=_closing_acts(job),
        promised=_promised(job, user),
    )


def turned_down(job: Job) -> ApplicationQuerySet:
    """Whom we said no to when the job closed, or since."""
    since = Application.objects.filter(job=job, status=Application.Status.REJECTED, closed_at__gte=job.closed_at)
    return since.order_by("pk")


def _changed(job: Job, approved: Approval | None) -> list[approvals.Change]:
    """What differs from what was approved, the number of openings aside: that is chosen anew."""
    if approved is None:
        return []
    snapshots = (approved.snapshot, job_facts.snapshot(job))
    before, now = ({key: said for key, said in one.items() if key != "headcount"} for one in snapshots)
    return approvals.changes(job_facts.KIND, before, now)


def _closing_acts(job: Job) -> list[BulkAct]:
    """The acts that answered people when the job closed and can still be taken back."""
    acts = BulkAct.objects.filter(job=job, kind=BulkAct.Kind.REJECT, at__gte=job.closed_at).exclude(finished_at=None)
    undone = BulkAct.objects.filter(undoes__in=acts).values("undoes")
    return [act for act in acts.exclude(pk__in=undone).order_by("pk") if act.done]


def _promised(job: Job, user: User) -> list[Promise]:
    """Made on this job, or to be kept when it opens."""
    seen = Promise.objects.visible_to(user).standing()
    made_here = list(seen.filter(job=job).select_related("candidate", "owner"))
    return list(dict.fromkeys([*made_here, *promises.waiting_for(job, seen)]))
