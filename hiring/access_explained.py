"""What a colleague can see, and why: asked of hiring/access.py itself, never a second copy of its rules.

A reason is found by asking the same rules for the same colleague with one thing taken away: without any team (what the role
alone opens), and without a role (what the teams alone open).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from hiring import access, frame, masks
from hiring.models import ApprovalVote, Candidate, CustomField, Job, Note, TeamMember, User

NO_ROLE = ""
SCOPES = {"applications": "applied to, or is on, a job of their team", "interviews": "is or was interviewed by them"}
"""`access.candidate_scopes` in words; one nobody put in words is named as it is."""

ON_A_JOB: tuple[tuple[str, Callable[[User, Job], bool]], ...] = (
    ("See the board and everybody on it", access.can_see_pipeline),
    ("Move and turn down people", access.can_move),
    ("Plan interviews", access.can_schedule),
    ("Change the job, its posting and team", access.can_edit_job),
    ("Write its rules, and let them rest", access.can_edit_rules),
    ("Hide names on it until a later stage", access.can_set_blind_review),
    ("See who looked behind a hidden name, and why", access.can_see_unmaskings),
    ("Let texts of it go to the writing assistant", access.can_switch_assistant),
    ("See its pay, budget and offers", access.can_see_pay),
    ("See what was changed on it", access.can_see_job_history),
)
IN_GENERAL: tuple[tuple[str, Callable[[User], bool]], ...] = (
    ("Create jobs", access.can_create_jobs),
    ("Add people", access.can_add_candidates),
    ("Write mail to candidates and read their mail", access.can_write_mail),
    ("Source: pools, sequences", access.can_source),
    ("Import lists and archives of people", access.can_import),
    ("Decide where jobs are advertised: boards, tracking links, what sources cost, agencies", access.can_distribute),
    ("Change the list of sources, merge two, and publish the terms of agencies", access.can_edit_sources),
    ("Handle what colleagues refer", access.can_handle_referrals),
    ("Export lists of people", access.can_export),
    ("Merge duplicates", access.can_settle_duplicates),
    ("Look behind a hidden name, for a reason that is kept", access.can_unmask),
    ("See the rules of the jobs they see", access.can_see_rules),
    ("Read why people went on or were turned down", access.can_see_decisions),
    ("Take those decisions out as a file", access.can_export_decisions),
    ("See how the writing assistant is used", access.can_see_assistant_use),
    ("Read the outbox of a machine that sends nothing", access.can_read_outbox),
    ("See what facts of a person were before", access.can_see_history),
    ("Read the audit", access.can_see_audit),
    ("See who searched for whom", access.can_see_search_log),
    ("Answer what people ask about their data", access.can_see_audit),
    ("Keep accounts, templates and chains", access.can_administer),
)


by_name: list[Callable[[User, Sequence[int]], dict[int, list[str]]]] = []
"""What somebody is asked or told on a job by name, whatever their role: job ids in, sentences without a full stop out."""


class _NoTeams(access.Teams):
    @cached_property
    def _memberships(self) -> list[tuple[int, str]]:
        return []


def by_role_alone(user: User) -> User:
    """The same colleague as if on no team."""
    twin = copy.copy(user)
    twin.remembered_teams = _NoTeams(user.pk)
    return twin


def by_teams_alone(user: User) -> User:
    """The same colleague as if without a role."""
    twin = copy.copy(user)
    twin.role = NO_ROLE
    return twin


@dataclass(frozen=True)
class Answer:
    """Whether somebody sees something, and every reason for it, or the one against it."""

    sees: bool
    reasons: list[str]
    rights: list[tuple[str, bool]] = field(default_factory=list)


# --- jobs -----------------------------------------------------------------------------------------------------------


def jobs(user: User, among: Sequence[Job]) -> dict[int, Answer]:
    """The answer for each of these jobs; as many queries for one as for many."""
    ids = [job.pk for job in among]
    here = Job.objects.filter(pk__in=ids)

    def seen(who: User) -> set[int]:
        return set(here.filter(access.jobs_visible_to(who)).values_list("pk", flat=True))

    sees, by_role, by_teams = seen(user), seen(by_role_alone(user)), seen(by_teams_alone(user))
    parts: dict[int, list[str]] = {}
    for member in TeamMember.objects.filter(user=user.pk, job__in=ids).order_by("role"):
        parts.setdefault(member.job_id, []).append(member.get_role_display().lower())
    asked = ApprovalVote.objects.filter(
        Q(approver=user.pk) | Q(stand_in=user.pk),
        group__approval__subject_kind="job",
        group__approval__subject_id__in=ids,
    )
    approves = set(asked.values_list("group__approval__subject_id", flat=True))
    told: dict[int, list[str]] = {}
    for ask in by_name:
        for pk, said in ask(user, ids).items():
            told.setdefault(pk, []).extend(said)
    answers = {}
    for job in among:
        reasons = []
        if job.pk in by_teams:
            reasons.append(f"on its team as {', '.join(parts.get(job.pk, ['member']))}")
        if job.pk in by_role:
            reasons.append(f"the role {user.get_role_display()} sees it")
        if job.pk not in sees:
            reasons.append(
                "it is confidential, and they are not on its team"
                if job.confidential
                else f"the role {user.get_role_display()} sees the jobs of its teams only, and they are not on this one"
            )
        if job.pk in approves:
            reasons.append("was asked to approve it, and sees what was asked, pay included")
        answers[job.pk] = Answer(job.pk in sees, reasons + told.get(job.pk, []))
    return answers


def job(user: User, one: Job) -> Answer:
    """One job, with what they may do on it."""
    answer = jobs(user, [one])[one.pk]
    rights = [(label, answer.sees and may(user, one)) for label, may in ON_A_JOB]
    return Answer(answer.sees, answer.reasons, rights)


# --- people ---------------------------------------------------------------------------------------------------------


def candidate(user: User, person: Candidate) -> Answer:
    """One person: whether and through what they are seen, and how many of the notes about them can be read."""
    this = Candidate.objects.filter(pk=person.pk)
    sees = this.filter(access.candidates_visible_to(user)).exists()
    mask = _mask(user, person)
    reasons = []
    if user.role in access.SEES_EVERYBODY:
        reasons.append(f"the role {user.get_role_display()} sees everybody")
    for name, scope in access.candidate_scopes.items():
        if this.filter(scope(by_teams_alone(user))).exists():
            reasons.append(SCOPES.get(name, name))
    if mask:
        reasons = [f"names are hidden from them there: they read of {mask} until a later stage"]
    elif not sees:
        reasons = [
            f"the role {user.get_role_display()} sees people through the jobs of its teams and through interviews only, "
            "and there is neither"
        ]
    about = Note.objects.filter(candidate=person.pk, deleted_at=None)
    readable = about.filter(access.notes_visible_to(user)).count() if sees else 0
    rights = [
        (f"Read {readable} of the {about.count()} notes about them, private ones included", readable > 0),
        ("Change their record", sees and access.can_edit_candidate(user, person)),
        ("Write a note", sees and access.can_write_notes(user, person)),
        ("Read their mail", sees and access.can_write_mail(user)),
        ("Read why they went on or were turned down", sees and access.can_see_decisions(user)),
        ("Take those decisions out as a file", sees and access.can_export_decisions(user)),
        ("See what facts of them were before", sees and access.can_see_history(user)),
    ]
    if mask:
        rights.append(("Look behind the name, for a reason that is kept", access.can_unmask(user)))
    return Answer(sees, reasons, rights)


def _mask(user: User, person: Candidate) -> str:
    """What this colleague reads instead of the person's name; empty where they may know it."""
    return next((mask for ask in masks.names if (mask := ask(user, [person.pk], None).get(person.pk, ""))), "")


# --- in general -----------------------------------------------------------------------------------------------------


def rights(user: User) -> list[tuple[str, bool]]:
    return [(label, may(user)) for label, may in IN_GENERAL]


def pages(user: User) -> list[tuple[str, bool]]:
    """The pages of the menu and those below it, and which of them open."""
    entries = {entry.label: entry for entry in (*frame.MENU, *frame.FURTHER)}
    return [(label, entry.may(user)) for label, entry in entries.items() if entry.url]


def private_fields(user: User) -> tuple[int, int]:
    """How many private custom fields they see, of how many."""
    private = CustomField.objects.filter(is_private=True)
    return private.filter(access.custom_fields_visible_to(user)).count(), private.count()
