"""What the pages about agencies show recruiters: as far as jobs they see and people they may know are concerned."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hiring import access
from hiring.models import User
from pipeline.models import Application
from sourcing.agencies import listing, standing, terms
from sourcing.agencies.models import (
    Agency,
    AgencyAcceptance,
    AgencyJob,
    AgencyTerms,
    AgencyUser,
    Dispute,
    Ownership,
    Submission,
)

HIRED = Application.Status.HIRED


@dataclass
class Row:
    agency: Agency
    jobs: int = 0
    presented: int = 0
    owned: int = 0
    hired: int = 0
    has_accepted: bool = False


@dataclass
class Line:
    """A submission as a recruiter reads it: who it is, what it was worth, until when, and what the agency reads."""

    submission: Submission
    word: standing.Word
    until: object = None
    is_running: bool = False
    dispute: Dispute | None = None

    @property
    def name(self) -> str:
        """Until somebody is found, there is nobody who could be hidden or shown."""
        return self.submission.candidate.name if self.submission.candidate else ""


@dataclass
class Shown:
    """The page of one agency."""

    people: list[AgencyUser] = field(default_factory=list)
    jobs: list[AgencyJob] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    next: str = ""
    accepted: AgencyAcceptance | None = None
    latest: AgencyTerms | None = None


def agencies(user: User) -> list[Row]:
    """The active ones first, each with its numbers, in a handful of questions."""
    rows = {row.pk: Row(row) for row in Agency.objects.visible_to(user).order_by("-is_active", "name")}
    given = AgencyJob.objects.standing().filter(access.jobs_visible_to(user, "job"), agency__in=rows)
    for pk, count in given.values_list("agency").annotate(Count("pk")):
        rows[pk].jobs = count
    seen = Submission.objects.visible_to(user).filter(agency__in=rows).values_list("agency")
    owned, hired = Q(outcome=Submission.Outcome.OWNED), Q(outcome=Submission.Outcome.OWNED, application__status=HIRED)
    for pk, presented, theirs, joined in seen.annotate(
        n=Count("pk"), o=Count("pk", filter=owned), h=Count("pk", filter=hired)
    ).order_by():
        rows[pk].presented, rows[pk].owned, rows[pk].hired = presented, theirs, joined
    latest = terms.current()
    for pk in AgencyAcceptance.objects.filter(terms=latest).values_list("agency", flat=True) if latest else ():
        if pk in rows:
            rows[pk].has_accepted = True
    return list(rows.values())


def agency(user: User, found: Agency, *, after: str) -> Shown:
    seen = Submission.objects.visible_to(user).filter(agency=found).select_related("candidate", "user", "job")
    page = listing.page(standing.for_words(seen).select_related("candidate"), after)
    latest = terms.current()
    acceptances = AgencyAcceptance.objects.filter(agency=found).select_related("terms", "user")
    jobs = AgencyJob.objects.standing().filter(access.jobs_visible_to(user, "job"), agency=found)
    return Shown(
        people=list(found.users.order_by("-is_active", "name")),
        jobs=list(jobs.select_related("job__location", "by").order_by("-at")),
        lines=_lines(page.rows),
        next=page.next,
        accepted=acceptances.order_by("-terms__version").first(),
        latest=latest,
    )


def _lines(rows: list[Submission]) -> list[Line]:
    """With the window each counts in and the dispute about it: two questions for any number."""
    people = {one.candidate_id for one in rows if one.candidate_id}
    now = timezone.now()
    running = {one.candidate_id: one for one in Ownership.objects.filter(candidate__in=people, during__contains=now)}
    open_ones = Dispute.objects.filter(submission__in=rows, settled_at=None).select_related("by", "by_agency")
    disputes = {one.submission_id: one for one in open_ones}
    lines = []
    for submission, word in standing.words_of(rows):
        window = running.get(submission.candidate_id or 0)
        mine = window if window and window.agency_id == submission.agency_id else None
        lines.append(
            Line(submission, word, mine.ends_at if mine else None, mine is not None, disputes.get(submission.pk))
        )
    return lines


def open_disputes(user: User) -> list[Dispute]:
    seen = Submission.objects.visible_to(user).values("pk")
    rows = Dispute.objects.filter(settled_at=None, submission__in=seen)
    return list(
        rows.select_related("submission__agency", "submission__candidate", "submission__job", "by", "by_agency")[:50]
    )


def versions() -> QuerySet[AgencyTerms]:
    return AgencyTerms.objects.annotate(accepted=Count("acceptances")).select_related("by")[:50]
