"""What an interviewer needs before and during an interview: the person, the résumé, the focus, and what others cover."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Prefetch

from hiring import links
from hiring.errors import Refused
from hiring.models import Document, PersonalLink, User
from interviews.models import Interview, Scorecard, Seat


@dataclass
class Other:
    """An interview of the same application that somebody else holds, or a colleague in this one."""

    title: str
    people: list[User]
    focus: list[str]
    is_past: bool


@dataclass
class Brief:
    seat: Seat
    interview: Interview
    resume: Document | None
    colleagues: list[User]
    others: list[Other] = field(default_factory=list)
    scorecard: Scorecard | None = None

    @property
    def may_submit(self) -> bool:
        """Drafts may be written before the interview; handing in waits until it has begun."""
        return self.interview.has_begun


def read(seat: Seat) -> Brief:
    """Everything for one seat, in a fixed number of queries."""
    interview = Interview.objects.for_page().get(pk=seat.interview_id)
    scorecard = Scorecard.objects.filter(interview=interview, author=seat.user_id).select_related("author").first()
    if scorecard:
        scorecard.interview = interview
    return Brief(
        seat=seat,
        interview=interview,
        resume=resume_of(interview),
        colleagues=[other.user for other in interview.seats.all() if other.is_live and other.user_id != seat.user_id],
        others=_others(interview),
        scorecard=scorecard,
    )


def open_seat(token: str) -> Seat:
    """The seat a personal link stands for. One sentence for every reason why not (SEC-11)."""
    link = links.open_link(token, PersonalLink.Purpose.FEEDBACK)
    seats = Seat.objects.select_related("user", "interview")
    seat = seats.filter(pk=link.subject_id or 0, user=link.user_id, user__is_active=True).first()
    if seat is None:
        raise Refused(links.GONE)
    return seat


def resume_of(interview: Interview) -> Document | None:
    """The résumé of this application, else the newest one of the person."""
    application = interview.application
    resumes = Document.objects.filter(candidate=application.candidate_id, kind=Document.Kind.RESUME)
    resumes = resumes.select_related("candidate", "extracted").prefetch_related("pages")
    own = resumes.filter(pk=application.resume_id).first() if application.resume_id else None
    return own or resumes.order_by("-uploaded_at", "-pk").first()


def _others(interview: Interview) -> list[Other]:
    """The other interviews of the application; whoever meets the person first need not ask what the next one will."""
    rest = Interview.objects.live().filter(application=interview.application_id).exclude(pk=interview.pk)
    seats = Prefetch("seats", Seat.objects.live().select_related("user").order_by("user__full_name"))
    return [
        Other(other.title, [seat.user for seat in other.seats.all()], other.focus, other.is_over)
        for other in rest.select_related("kit").prefetch_related(seats).order_by("starts_at")
    ]
