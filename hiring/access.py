"""Who may see or do what. Every rule about people is here, typed, on ground nouns; views and querysets ask it.

Deny by default: a role that is not named has no right. What only higher floors know (who applied to which job, who
interviews whom) reaches candidate visibility through `candidate_scopes`; an empty registry shows nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from hiring import masks

if TYPE_CHECKING:
    from hiring.models import Candidate, Job, Note, User

ADMIN, RECRUITER, COORDINATOR = "admin", "recruiter", "coordinator"
HIRING_MANAGER, INTERVIEWER, COMPLIANCE_OFFICER = "hiring_manager", "interviewer", "compliance_officer"

SEES_EVERY_JOB = {ADMIN, RECRUITER, COORDINATOR, COMPLIANCE_OFFICER}  # except confidential ones
SEES_EVERYBODY = {ADMIN, RECRUITER, COORDINATOR, COMPLIANCE_OFFICER}
WORKS_WITH_CANDIDATES = {ADMIN, RECRUITER, COORDINATOR}
SOURCES = {ADMIN, RECRUITER}
MOVES_ON_TEAM = {"recruiter", "coordinator", "hiring_manager", "sourcer"}

candidate_scopes: dict[str, Callable[[User], Q]] = {}
"""Name to a filter over candidates; each says whom a user without a wide role may see, and why. They are OR-ed."""


class Teams:
    """The teams one user is on, as of one request: asked once, when first needed, however many rules want to know; not at all
    where they were loaded with the user."""

    def __init__(self, user_id: int, loaded: Sequence[str] | None = None) -> None:
        self.user_id = user_id
        self.loaded = loaded

    @cached_property
    def _memberships(self) -> list[tuple[int, str]]:
        from hiring.accounts import memberships_of

        if self.loaded is not None:
            rows = (row.partition(" ") for row in self.loaded)
            return [(int(job), role) for job, _, role in rows]
        return memberships_of(user=self.user_id)

    def jobs(self, roles: Collection[str] | None) -> set[int]:
        """The jobs on whose team the user is, in one of these roles; in any when None."""
        return {job for job, role in self._memberships if roles is None or role in roles}

    @cached_property
    def key(self) -> tuple[tuple[int, str], ...]:
        return tuple(sorted(self._memberships))


def stance(user: User) -> tuple[Any, ...]:
    """Everything the rules here read of a user, as a key: two users, or moments, of one stance get the same filters."""
    teams = None if user.remembered_teams is None else user.remembered_teams.key
    return user.pk, user.role, user.is_active, user.is_staff, teams, masks.may_hide_from(user)


def remember_teams(user: User) -> None:
    """Let this user object answer for the length of a request what teams it is on. Elsewhere every rule asks afresh, and so does
    who calls this again because a team has changed."""
    user.remembered_teams = Teams(user.pk, user.team_rows)
    user.team_rows = None


def _team_jobs(user: User, roles: Collection[str] | None) -> Any:
    """Ids of the jobs on whose team the user is: a set when remembered, else a query."""
    from hiring.models import TeamMember

    if user.remembered_teams is not None:
        return user.remembered_teams.jobs(roles)
    members = TeamMember.objects.filter(user=user.pk)
    return (members.filter(role__in=roles) if roles else members).values("job")


def _jobs(user: User, at: str, roles: Collection[str] | None, wide: Collection[str]) -> Q:
    """Filter over jobs, or over what has a job at the path `at`: the user's teams' (in `roles`), and for the roles `wide`
    everything that is not confidential. A join rather than a subquery: it costs a page half as much to write and to plan."""
    on_team = Q(**{f"{at}__in" if at else "pk__in": _team_jobs(user, roles)})
    if user.role in wide:
        return on_team | Q(**{f"{at}__confidential" if at else "confidential": False})
    return on_team


def nobody() -> Q:
    return Q(pk__in=[])


def jobs_visible_to(user: User, at: str = "") -> Q:
    """Filter over jobs (or rows with a job at the path `at`): wide roles see all but other people's confidential jobs,
    everybody sees their teams' jobs."""
    return _jobs(user, at, None, SEES_EVERY_JOB)


def pipelines_visible_to(user: User, at: str = "") -> Q:
    """`can_see_pipeline` as a filter over jobs, or over rows with a job at the path `at`."""
    if user.role in SEES_EVERY_JOB:
        return jobs_visible_to(user, at)
    return _jobs(user, at, MOVES_ON_TEAM, ())


def candidates_visible_to(user: User) -> Q:
    """Filter over candidates. Hiring managers and interviewers see those who meet them through a job or an interview.
    Whom somebody may not know yet (hiring/masks.py) does not exist for them."""
    if user.role in SEES_EVERYBODY:
        return masks.not_hidden_from(user)
    from hiring.models import Candidate

    # A union of ids rather than an OR: each scope starts from its own few rows, where an OR walks everybody.
    seen = [Candidate.objects.filter(scope(user)).order_by().values("pk") for scope in candidate_scopes.values()]
    return Q(pk__in=seen[0].union(*seen[1:])) & masks.not_hidden_from(user) if seen else nobody()


def notes_visible_to(user: User) -> Q:
    """Filter over notes: own ones; everyone's; the hiring team's when on that job's team or in a role that works with all.
    What was written about a confidential job is for its team alone. What its author took back is shown to nobody."""
    theirs = Q(job__in=_team_jobs(user, None))
    team_notes = Q(visibility="team")
    if user.role not in WORKS_WITH_CANDIDATES:
        team_notes &= theirs
    spoken_of = Q(job=None) | Q(job__confidential=False) | theirs
    return Q(deleted_at=None) & (Q(author=user.pk) | (spoken_of & (Q(visibility="everyone") | team_notes)))


def custom_fields_visible_to(user: User, at: str = "") -> Q:
    """Filter over custom fields, or rows with one at the path `at`: a private one is for the roles it names."""
    path = f"{at}__" if at else ""
    return Q(**{f"{path}is_private": False}) | Q(**{f"{path}roles__contains": [user.role]})


def documents_visible_to(user: User) -> Q:
    """Filter over the documents of people one may see. Offer letters hold pay: the offers app hands them out, by its own rule.
    Files given as private answers are for those who source."""
    return ~Q(kind__in=["offer_letter"] if user.role in SOURCES else ["offer_letter", "private"])


def threads_visible_to(user: User) -> Q:
    """Filter over mail threads: correspondence is for those who work with candidates; where mail about a confidential job is in
    it, for those of them who are on that job's team."""
    if user.role not in WORKS_WITH_CANDIDATES:
        return nobody()
    from hiring.models import Message

    secret = Message.objects.filter(thread=OuterRef("pk"), job__confidential=True)
    secret = secret.exclude(job__in=_team_jobs(user, None))
    return masks.without_hidden(user, "candidate") & ~Q(Exists(secret.order_by()))


def messages_visible_to(user: User, at: str = "") -> Q:
    """Filter over single mails, or rows with one at the path `at`, by the job they are about."""
    job = f"{at}__job" if at else "job"
    return Q(**{job: None}) | jobs_visible_to(user, job)


def on_team(user: User, job: Job, roles: set[str] | None = None) -> bool:
    if user.remembered_teams is not None:
        return job.pk in user.remembered_teams.jobs(roles)
    members = job.team.filter(user=user)
    return (members.filter(role__in=roles) if roles else members).exists()


def can_create_jobs(user: User) -> bool:
    return user.role in {ADMIN, RECRUITER, HIRING_MANAGER}


def can_edit_job(user: User, job: Job) -> bool:
    """Change the job, its posting, team and status."""
    if user.role == ADMIN and not job.confidential:
        return True
    if user.role == RECRUITER and not job.confidential:
        return True
    return on_team(user, job, {"recruiter", "hiring_manager"})


def can_move(user: User, job: Job) -> bool:
    """Move, reject and otherwise decide on the applications of a job."""
    if user.role in {ADMIN, RECRUITER, COORDINATOR} and not job.confidential:
        return True
    return on_team(user, job, MOVES_ON_TEAM)


def jobs_movable_by(user: User, at: str = "") -> Q:
    """`can_move` as a filter over jobs, or rows with one at `at`; the two must agree (tests/interviews/test_scorecards.py)."""
    return _jobs(user, at, MOVES_ON_TEAM, {ADMIN, RECRUITER, COORDINATOR})


def can_edit_rules(user: User, job: Job | None) -> bool:
    """Write, activate and rest what happens by itself on a job; on all jobs (None), where it concerns everybody's."""
    return can_edit_job(user, job) if job else user.role == ADMIN


def can_see_rules(user: User) -> bool:
    """The rules of all jobs, and the queue over the jobs one may see."""
    return user.role in SEES_EVERY_JOB or user.role == HIRING_MANAGER


def can_see_pipeline(user: User, job: Job) -> bool:
    """The board, the table and the review of a job the user sees: all but those who are on its team as interviewers only."""
    return user.role in SEES_EVERY_JOB or on_team(user, job, MOVES_ON_TEAM)


def pipelines_open_to(user: User, jobs: set[int]) -> set[int]:
    """Which of these jobs, all seen by the user, they may open the board of. One query, none for wide roles."""
    from hiring.models import Job

    if user.role in SEES_EVERY_JOB or not jobs:
        return jobs
    return set(Job.objects.filter(pipelines_visible_to(user), pk__in=jobs).values_list("pk", flat=True))


def can_schedule(user: User, job: Job) -> bool:
    return can_move(user, job)


def can_switch_assistant(user: User, job: Job) -> bool:
    """Let texts of this job go to the language model that the operator set up, or stop it."""
    return can_edit_job(user, job)


def can_see_assistant_use(user: User) -> bool:
    """How much the assistant is asked, by job, and with what success (AI-13)."""
    return user.role in {ADMIN, COMPLIANCE_OFFICER}


def can_see_pay(user: User, job: Job) -> bool:
    """Pay ranges and offers are field-level (SEC-1): not for interviewers and compliance."""
    if user.role in {ADMIN, RECRUITER} and not job.confidential:
        return True
    return on_team(user, job, {"recruiter", "hiring_manager"})


def jobs_with_visible_pay(user: User, at: str = "") -> Q:
    """`can_see_pay` as a filter over jobs, or rows with one at `at`; the two must agree (tests/hiring/test_access.py)."""
    return _jobs(user, at, {"recruiter", "hiring_manager"}, {ADMIN, RECRUITER})


def can_see_private_answers(user: User, job: Job) -> bool:
    """Answers to questions of the application form that are for recruiters alone."""
    if user.role in SOURCES and not job.confidential:
        return True
    return on_team(user, job, {"recruiter"})


def jobs_with_visible_answers(user: User, at: str = "") -> Q:
    """`can_see_private_answers` as a filter over jobs, or rows with one at `at`; the two must agree (tests/hiring/test_access.py)."""
    return _jobs(user, at, {"recruiter"}, SOURCES)


def can_edit_question_sets(user: User) -> bool:
    """Keep questions that several application forms share."""
    return user.role in SOURCES


def can_exempt_questions(user: User, job: Job) -> bool:
    """Record why the law allows a question that a rule forbids: whoever answers for the installation."""
    return user.role == ADMIN and can_edit_job(user, job)


def can_make_offer(user: User, job: Job) -> bool:
    return can_see_pay(user, job)


def can_add_candidates(user: User) -> bool:
    return user.role in WORKS_WITH_CANDIDATES


def can_edit_candidate(user: User, candidate: Candidate) -> bool:
    return user.role in WORKS_WITH_CANDIDATES


def can_settle_duplicates(user: User) -> bool:
    """Say whether two records are one person, merge them, and take a merge back: it is editing both."""
    return user.role in WORKS_WITH_CANDIDATES


def can_write_notes(user: User, candidate: Candidate) -> bool:
    """Whoever may see the person may write down what they learned; compliance only reads."""
    return user.role != COMPLIANCE_OFFICER


def can_change_note(user: User, note: Note) -> bool:
    """One's own words only, administrators included: what somebody wrote is theirs."""
    return note.author_id == user.pk and user.role != COMPLIANCE_OFFICER


def can_see_version(user: User, note: Note, visibility: str) -> bool:
    """What a note said while it was open to `visibility`, for somebody who may see the note as it is now."""
    if note.author_id == user.pk or visibility == "everyone":
        return True
    if visibility != "team":
        return False
    return user.role in WORKS_WITH_CANDIDATES or (note.job is not None and on_team(user, note.job))


def can_follow(user: User) -> bool:
    """Be told what happens to people and jobs one may see."""
    return user.role != COMPLIANCE_OFFICER


def can_write_mail(user: User) -> bool:
    return user.role in WORKS_WITH_CANDIDATES


def can_read_outbox(user: User) -> bool:
    """The outbox of a machine that sends nothing: it holds everybody's mail, personal links included. Its files know neither jobs
    nor people, so it is closed as a whole to whom blind review or a confidential job keeps something from."""
    if user.role != RECRUITER:
        return user.role == ADMIN
    return not masks.hides_anybody_from(user) and not _is_kept_from_a_job(user)


def _is_kept_from_a_job(user: User) -> bool:
    from hiring.models import Job

    return Job.objects.filter(confidential=True).exclude(pk__in=_team_jobs(user, None)).exists()


def people_acts_visible_to(user: User) -> Q:
    """Filter over bulk acts: one's own; everybody's for administrators."""
    return Q() if user.role == ADMIN else Q(by=user.pk)


def can_share_segments(user: User) -> bool:
    """Offer a saved search to colleagues; whoever opens it sees only people they may see anyway."""
    return user.role in WORKS_WITH_CANDIDATES


def can_export(user: User) -> bool:
    """Take lists of people out of the product as files."""
    return user.role in SOURCES


def can_source(user: User) -> bool:
    """Pools, sequences and enrollments."""
    return user.role in SOURCES


def can_import(user: User) -> bool:
    """Bring in lists and archives of résumés, and take them back: hundreds of people at once, so those who source."""
    return user.role in SOURCES


def can_distribute(user: User) -> bool:
    """Decide where we advertise: boards, links, costs, agencies. What goes out of one job is `can_edit_job`."""
    return user.role in SOURCES


def can_edit_sources(user: User) -> bool:
    """Change what all sourcing stands on: the taxonomy of sources, merges of two, the terms agencies have to accept."""
    return user.role == ADMIN


def can_refer(user: User) -> bool:
    """Name somebody we should talk to: any colleague, whatever their role."""
    return user.is_active


def can_handle_referrals(user: User) -> bool:
    """See who was referred by whom, and take it up."""
    return user.role in WORKS_WITH_CANDIDATES


def can_see_decisions(user: User) -> bool:
    """Read why people went on or were turned down, in the pipelines one sees; those who only interview judge for themselves."""
    return user.role != INTERVIEWER


def can_set_blind_review(user: User, job: Job) -> bool:
    """Decide that names stay hidden on a job, and until when: never those from whom they are hidden."""
    return user.role in SOURCES and can_edit_job(user, job)


def can_unmask(user: User) -> bool:
    """See who one hidden person is, for a reason that is kept. Hiring managers and interviewers wait for the interview."""
    return user.role in SOURCES


def can_see_unmaskings(user: User, job: Job) -> bool:
    return user.role in SOURCES | {COMPLIANCE_OFFICER} and can_see_pipeline(user, job)


def can_export_decisions(user: User) -> bool:
    """Take the decisions on a person out as a file (AI-2), for those who answer for them."""
    return user.role in {ADMIN, RECRUITER, COMPLIANCE_OFFICER}


def can_see_history(user: User) -> bool:
    """What the facts of a person were before, and who changed them; of people one may see."""
    return user.role in SEES_EVERYBODY


def can_see_job_history(user: User, job: Job) -> bool:
    return user.role in SEES_EVERY_JOB or can_edit_job(user, job)


def can_see_audit(user: User) -> bool:
    return user.role in {ADMIN, COMPLIANCE_OFFICER}


def can_see_search_log(user: User) -> bool:
    """EQ-12: who searched whom is for those who answer for it."""
    return user.role in {ADMIN, COMPLIANCE_OFFICER}


def can_see_reports(user: User) -> bool:
    return user.role in SEES_EVERY_JOB or user.role == HIRING_MANAGER


def can_browse_candidates(user: User) -> bool:
    """Open the list of people; whom it shows is `candidates_visible_to`. Interviewers reach theirs through interviews."""
    return user.role in SEES_EVERYBODY or user.role == HIRING_MANAGER


def can_browse_jobs(user: User) -> bool:
    return user.role in SEES_EVERY_JOB or user.role == HIRING_MANAGER


def can_browse_applications(user: User) -> bool:
    """Open the table of all applications; which of them is `pipelines_visible_to`. Not for those who only interview."""
    if user.role != INTERVIEWER:
        return True
    jobs = _team_jobs(user, MOVES_ON_TEAM)
    return bool(jobs) if isinstance(jobs, set) else bool(jobs.exists())


def can_share_table_views(user: User) -> bool:
    """Offer a view of tables to everybody, for any job; of one job whoever may open its pipeline may offer one."""
    return user.role in WORKS_WITH_CANDIDATES


def can_see_interviews(user: User) -> bool:
    return user.role != COMPLIANCE_OFFICER


def can_see_offers(user: User) -> bool:
    """Open the list of offers; which of them is `can_see_pay`, job by job (SEC-1)."""
    return user.role in {ADMIN, RECRUITER, HIRING_MANAGER}


def can_administer(user: User) -> bool:
    """The administration: accounts, templates, reasons. Both the role and the flag, so that neither alone opens it."""
    return user.is_active and user.is_staff and user.role == ADMIN
