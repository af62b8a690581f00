"""What of a job is guarded by its approval, and the words in which approvers, pages and mails say it."""

from __future__ import annotations

from typing import Any

from hiring import approval_chains, approvals
from hiring.models import Job, Opening, TeamMember
from hiring.templatetags.throughline import money

KIND = "job"
LABELS = {"headcount": "Openings"}
"""Guarded facts that pages call otherwise than the snapshot, in which earlier approvals are kept."""


def snapshot(job: Job) -> dict[str, Any]:
    """The guarded facts, in the words an approver reads: a change of any of them needs a new approval (invariant 6)."""
    return {
        "title": job.title,
        "department": job.department.name,
        "location": job.location.name,
        "headcount": job.openings.exclude(status=Opening.Status.CANCELLED).count(),
        "pay": pay_range(job),
        # Only where they are set: what was approved before jobs had them stays approved.
        **({"level": job.get_level_display()} if job.level else {}),
        **({"budget": budget_words(job)} if job.budget is not None else {}),
    }


def words(snapshot: dict[str, Any]) -> list[tuple[str, str]]:
    """A snapshot in the labels of `facts`."""
    return [(LABELS.get(key, key.capitalize()), str(value or "")) for key, value in snapshot.items()]


def changed_since_approved(job: Job) -> list[approvals.Change]:
    """What of the guarded facts differs from what was approved last; nothing where it never was."""
    given = approvals.last_given(KIND, job.pk)
    return approvals.changes(KIND, given.snapshot, snapshot(job)) if given else []


def case(job: Job) -> approvals.Case:
    """What of a job chooses its approval chain: the highest pay counts, as a yearly figure."""
    managers = job.team.filter(role=TeamMember.Role.HIRING_MANAGER, user__is_active=True).select_related("user__lead")
    return approvals.Case(
        department=job.department,
        location=job.location,
        level=job.level,
        pay=approval_chains.a_year(job.pay_max if job.pay_max is not None else job.pay_min, job.pay_period),
        currency=job.pay_currency,
        hiring_managers=tuple(member.user for member in managers),
    )


def facts(job: Job) -> list[tuple[str, str]]:
    """What an approver is shown below the title."""
    team = list(job.team.select_related("user"))
    managers = ", ".join(member.user.full_name for member in team if member.role == TeamMember.Role.HIRING_MANAGER)
    shown = [
        ("Department", job.department.name),
        ("Location", job.location.name),
        ("Workplace", job.get_workplace_display()),
        ("Openings", str(snapshot(job)["headcount"])),
        ("Pay", pay_range(job) or "not set"),
        ("Budget", budget_words(job)),
        ("Employment", job.get_employment_type_display()),
        ("Level", job.get_level_display() if job.level else ""),
        ("Priority", job.get_priority_display() if job.priority != Job.Priority.NORMAL else ""),
        ("Hiring manager", managers),
        ("Reason", job.reason),
        ("To be filled by", f"{job.target_date:%-d %B %Y}" if job.target_date else ""),
    ]
    return [(label, value) for label, value in shown if value]


def pay_range(job: Job) -> str:
    """“€ 55,000 to 68,000 a year”; empty when no pay is set."""
    low, high, currency = job.pay_min, job.pay_max, job.pay_currency
    if low is None and high is None:
        return ""
    if low is None:
        figure = f"up to {money(high, currency)}"
    elif high is None:
        figure = f"from {money(low, currency)}"
    elif low == high:
        figure = money(low, currency)
    else:
        figure = f"{money(low, currency)} to {money(high, '').strip()}"
    return f"{figure} {job.get_pay_period_display()}"


def budget_words(job: Job) -> str:
    """“€ 120,000 a year”; empty when none is set."""
    return f"{money(job.budget, job.pay_currency)} a year" if job.budget is not None else ""
