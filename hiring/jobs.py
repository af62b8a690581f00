"""Jobs: the verbs that create one, carry it from draft to close, and change it. `ALLOWED` is the whole state machine.

A job opens only through its approval (hiring/approvals.py); a change of a guarded fact takes the approval away again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from hiring import access, approvals, events, job_facts, job_templates, planned_days, postings, promises
from hiring.errors import Refused
from hiring.job_facts import KIND as KIND
from hiring.models import (
    Approval,
    ApprovalVote,
    Department,
    Job,
    JobTemplate,
    Location,
    Opening,
    Posting,
    TeamMember,
    User,
)

Status = Job.Status

ALLOWED: dict[str, set[str]] = {
    Status.DRAFT: {Status.PENDING_APPROVAL, Status.CLOSED},
    Status.PENDING_APPROVAL: {Status.OPEN, Status.DRAFT, Status.CLOSED},
    Status.OPEN: {Status.ON_HOLD, Status.PENDING_APPROVAL, Status.CLOSED},
    Status.ON_HOLD: {Status.OPEN, Status.PENDING_APPROVAL, Status.CLOSED},
    Status.CLOSED: {Status.DRAFT},
}
"""From which status to which; nothing else happens."""

EDITABLE = {
    "title", "department", "location", "workplace", "employment_type", "pay_min", "pay_max", "pay_currency", "pay_period",
    "reason", "confidential", "target_date", "level", "priority", "budget", "eeo_category",
}  # fmt: skip
MAX_HEADCOUNT = 500
TARGET = "a job is to be filled"


# --- create and change ----------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    by: User,
    template: JobTemplate | None = None,
    title: str,
    department: Department,
    location: Location,
    headcount: int = 1,
    hiring_manager: User | None = None,
    recruiter: User | None = None,
    copy_of: Job | None = None,
    with_team: bool = True,
    **fields: Any,
) -> Job:
    """A new job as a draft: with its requisition id, team, openings, and a posting to start from the template's text.

    As a copy of another job it starts from that one's stages, kits, posting and questions instead of the template's, and
    `with_team` from its team. One of the two has to be given.
    """
    pattern = job_templates.of(copy_of) if copy_of else template
    if pattern is None:
        raise TypeError("A job starts from a template or from another job.")
    _check_fields(fields, EDITABLE - {"title", "department", "location"})
    planned_days.check(fields.get("target_date"), TARGET)
    job = Job.objects.create(
        requisition_id=_next_requisition_id(),
        title=title.strip(),
        department=department,
        location=location,
        template=copy_of.template if copy_of else template,
        created_by=by,
        created_at=timezone.now(),
        **fields,
    )
    _form_team(job, by, hiring_manager, recruiter)
    if copy_of and with_team:
        _bring_along(copy_of, job)
    _set_headcount(job, headcount)
    posting = Posting.objects.create(
        job=job,
        slug=f"{slugify(job.title)[:90] or 'job'}-{job.requisition_id.lower()}",
        title=job.title,
        description=postings.sanitise(pattern.description),
        questions=pattern.questions,
        fields=pattern.fields,
        changed_at=timezone.now(),
    )
    postings.place_where(posting, job)
    events.job_created.send(Job, job=job, template=pattern)
    return job


@transaction.atomic
def edit(job: Job, *, by: User | None, **fields: Any) -> Job:
    """Change a job. Guarded facts (job_facts.snapshot) of an approved one void its approval; if it is open or waits, it is asked again."""
    job = locked(job)
    _check_fields(fields, EDITABLE | {"headcount"})
    if job.status == Status.CLOSED:
        raise Refused("This job is closed. Reopen it to change it.")
    planned_days.check(fields.get("target_date"), TARGET)
    old_title, old_place = job.title, job.location
    with guarding(job, by=by):
        headcount = fields.pop("headcount", None)
        for name, value in fields.items():
            setattr(job, name, value)
        job.save(update_fields=list(fields)) if fields else None
        if headcount is not None:
            _set_headcount(job, headcount)
        _follow_title(job, old_title)
        postings.follow_place(job, old_place)
        if job.confidential:
            postings.withdraw(job, by=by)
        else:
            postings.job_changed(job, by=by)
    return _fresh(job)


@contextmanager
def guarding(job: Job, *, by: User | None) -> Iterator[None]:
    """Around every change of a locked job: where a guarded fact changes inside, its approval is void and it is asked for again."""
    before = job_facts.snapshot(job)
    yield
    changed = approvals.changes(KIND, before, job_facts.snapshot(job))
    if changed:
        _lose_approval(job, by, changed)


# --- status ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(job: Job, *, by: User | None) -> Job:
    """Ask for approval. Where no chain is set up, the job is approved and opens at once."""
    job = locked(job)
    if not job.openings.filter(status=Opening.Status.OPEN).exists():
        raise Refused("Add at least one opening before you submit this job.")
    _change(job, Status.PENDING_APPROVAL, by=by)
    _ask(job, by)
    return _fresh(job)


@transaction.atomic
def open_job(job: Job, *, by: User | None) -> Job:
    """Open a job for applications. Only with an approval that covers it as it is now (SEC-8: no step is skipped)."""
    job = locked(job)
    if not approvals.covers(KIND, job.pk, job_facts.snapshot(job)):
        raise Refused("This job cannot open before it is approved.")
    job.opened_at = job.opened_at or timezone.now()
    _change(job, Status.OPEN, "opened_at", by=by)
    promises.job_opened(job)
    return job


@transaction.atomic
def hold(job: Job, *, by: User | None, reason: str) -> Job:
    """Pause a job: its posting is hidden and nobody can apply until it is resumed."""
    job = locked(job)
    if not reason.strip():
        raise Refused("Say why the job is put on hold.")
    _change(job, Status.ON_HOLD, by=by, reason=reason)
    return job


@transaction.atomic
def resume(job: Job, *, by: User | None, reason: str) -> Job:
    """Go on with a held job. If it changed meanwhile, it has to be approved again first."""
    job = locked(job)
    if job.status != Status.ON_HOLD:
        raise Refused("Only a job on hold can be resumed.")
    if not reason.strip():
        raise Refused("Say why the job goes on.")
    if approvals.covers(KIND, job.pk, job_facts.snapshot(job)):
        _change(job, Status.OPEN, by=by, reason=reason)
    else:
        _change(job, Status.PENDING_APPROVAL, by=by, reason=reason)
        _ask(job, by)
    return _fresh(job)


@transaction.atomic
def close(job: Job, *, by: User | None, reason: str) -> Job:
    """End a job: open openings are cancelled, the posting is taken down, a pending approval is void."""
    job = locked(job)
    if not reason.strip():
        raise Refused("Say why the job is closed.")
    job.closed_at, job.close_reason = timezone.now(), reason.strip()[:200]
    _change(job, Status.CLOSED, "closed_at", "close_reason", by=by, reason=job.close_reason)
    job.openings.filter(status=Opening.Status.OPEN).update(
        status=Opening.Status.CANCELLED, closed_at=job.closed_at, close_reason=job.close_reason
    )
    postings.withdraw(job, by=by)
    approvals.void(KIND, job.pk, note="The job was closed.")
    events.job_closed.send(Job, job=job, by=by)
    return job


@transaction.atomic
def reopen(job: Job, *, by: User | None, reason: str, headcount: int = 1) -> Job:
    """Take a closed job up again as a draft with new openings: it is approved anew before it opens."""
    job = locked(job)
    if not reason.strip():
        raise Refused("Say why the job is taken up again.")
    _change(job, Status.DRAFT, by=by, reason=reason)
    job.closed_at, job.close_reason = None, ""
    job.save(update_fields=["closed_at", "close_reason"])
    filled = job.openings.filter(status=Opening.Status.FILLED).count()
    _set_headcount(job, filled + headcount)
    return job


# --- team -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_member(job: Job, user: User, role: str, *, by: User | None) -> TeamMember:
    """Put a colleague on the job's team; twice is once."""
    if not user.is_active:
        raise Refused(f"{user} no longer works here.")
    member, _ = job.team.get_or_create(user=user, role=TeamMember.Role(role))
    return member


@transaction.atomic
def remove_member(member: TeamMember, *, by: User | None) -> None:
    """Take a colleague off the team. Somebody who can edit the job has to remain, or a confidential one is lost to all."""
    job = locked(member.job)
    editors = {TeamMember.Role.RECRUITER, TeamMember.Role.HIRING_MANAGER}
    if member.role in editors and not job.team.filter(role__in=editors).exclude(pk=member.pk).exists():
        raise Refused("Somebody has to look after this job: add another recruiter or hiring manager first.")
    member.delete()


# --- inside ---------------------------------------------------------------------------------------------------------


def locked(job: Job) -> Job:
    """The job as it is now, held until the transaction ends."""
    return Job.objects.select_for_update(of=("self",)).for_row().get(pk=job.pk)


def _fresh(job: Job) -> Job:
    """The job as the transaction left it: an approval given at once has opened another instance of it."""
    return Job.objects.for_row().get(pk=job.pk)


def _change(job: Job, to: str, *also: str, by: User | None, reason: str = "") -> None:
    """The only place where a job's status is set, and written down."""
    if to not in ALLOWED[job.status]:
        now, wanted = job.get_status_display().lower(), Status(to).label.lower()
        raise Refused(f"This job is {now}; it cannot become “{wanted}” from there.")
    job.status_changes.create(before=job.status, after=to, by=by, at=timezone.now(), reason=reason.strip()[:200])
    job.status = to
    job.save(update_fields=["status", *also])
    events.postings_changed.send(Job)


def _check_fields(fields: dict[str, Any], known: set[str]) -> None:
    unknown = fields.keys() - known
    if unknown:
        raise TypeError(f"A job has no field {sorted(unknown)[0]!r} to set here.")


def _next_requisition_id() -> str:
    """REQ-0001 and so on, from a sequence: no two jobs wait for each other. Numbers that an import brought along are skipped."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('hiring_requisition_number')")
            made = f"REQ-{cursor.fetchone()[0]:04}"
        if not Job.objects.filter(requisition_id=made).exists():
            return made


def _form_team(job: Job, by: User, hiring_manager: User | None, recruiter: User | None) -> None:
    """Manager and recruiter; and the creator, where nobody else is named or they would not see their own job."""
    roles = TeamMember.Role
    if hiring_manager:
        job.team.create(user=hiring_manager, role=roles.HIRING_MANAGER)
    if recruiter:
        job.team.create(user=recruiter, role=roles.RECRUITER)
    named = {hiring_manager, recruiter} - {None}
    if by not in named and (not named or job.confidential or by.role not in access.SEES_EVERY_JOB):
        job.team.create(user=by, role=roles.HIRING_MANAGER if by.role == User.Role.HIRING_MANAGER else roles.RECRUITER)


def _bring_along(other: Job, job: Job) -> None:
    """Those of another job's team who work on this one too: all but the two who carry it, who were named anew."""
    members = list(other.team.filter(user__is_active=True).select_related("user").order_by("pk"))
    carriers = (TeamMember.Role.HIRING_MANAGER, TeamMember.Role.RECRUITER)
    renamed = {next((member.pk for member in members if member.role == role), None) for role in carriers}
    for member in members:
        if member.pk not in renamed:
            job.team.get_or_create(user=member.user, role=member.role)


def _set_headcount(job: Job, headcount: int) -> None:
    """Openings to match: new ones at the end, or the last open ones cancelled. Filled ones stay."""
    if not 1 <= headcount <= MAX_HEADCOUNT:
        raise Refused(f"A job has between 1 and {MAX_HEADCOUNT} openings.")
    live = list(job.openings.exclude(status=Opening.Status.CANCELLED))
    filled = sum(opening.status == Opening.Status.FILLED for opening in live)
    if headcount < filled:
        raise Refused(f"{filled} openings are already filled; there cannot be fewer.")
    last = job.openings.aggregate(last=Max("number"))["last"] or 0
    Opening.objects.bulk_create(
        Opening(job=job, number=last + step, target_start=job.target_date)
        for step in range(1, headcount - len(live) + 1)
    )
    spare = [opening.pk for opening in live if opening.status == Opening.Status.OPEN][headcount - filled :]
    Opening.objects.filter(pk__in=spare).update(
        status=Opening.Status.CANCELLED, closed_at=timezone.now(), close_reason="The number of openings was lowered."
    )


def _follow_title(job: Job, old_title: str) -> None:
    """The posting keeps the job's title until somebody gave it one of its own."""
    if job.title != old_title:
        Posting.objects.filter(job=job, title=old_title).update(title=job.title, changed_at=timezone.now())


def _ask(job: Job, by: User | None) -> Approval:
    return approvals.request(KIND, job.pk, by=by, snapshot=job_facts.snapshot(job), case=job_facts.case(job))


def _lose_approval(job: Job, by: User | None, changed: list[approvals.Change]) -> None:
    said = "; ".join(f"{change.label} changed from {change.before} to {change.after}" for change in changed)
    if approvals.void(KIND, job.pk, note=f"{said}.") is None:
        return
    if job.status in {Status.OPEN, Status.PENDING_APPROVAL}:
        if job.status == Status.OPEN:
            _change(job, Status.PENDING_APPROVAL, by=by, reason="What was approved has changed.")  # pay is not for all
        _ask(job, by)


def _approval_decided(approval: Approval, by: User | None) -> None:
    """Called by the engine in its transaction: open what was approved, give back what was turned down."""
    job = Job.objects.get(pk=approval.subject_id)
    if approval.status == Approval.Status.APPROVED:
        open_job(job, by=by)
    elif approval.status == Approval.Status.REJECTED:
        vote = rejection_of(approval)
        _change(locked(job), Status.DRAFT, by=by, reason=vote.comment if vote else "")


def rejection_of(approval: Approval | None) -> ApprovalVote | None:
    """Who turned it down, for the page that shows why the job is a draft again."""
    if approval is None or approval.status != Approval.Status.REJECTED:
        return None
    votes = [vote for group in approval.groups.all() for vote in group.votes.all()]
    return next((vote for vote in votes if vote.decision == ApprovalVote.Decision.REJECT), None)


approvals.subjects[KIND] = approvals.Subject(
    find=lambda pk: Job.objects.for_row().get(pk=pk),
    title=lambda job: f"{job.title} ({job.requisition_id})",
    facts=job_facts.facts,
    words=job_facts.words,
    case=job_facts.case,
    url=lambda job: reverse("job_overview", args=[job.pk]),
    decided=_approval_decided,
    lock=lambda pk: Job.objects.select_for_update().get(pk=pk),
)
