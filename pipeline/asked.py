"""What colleagues said of people they were shown: the batch as a table, lines on cards, the panel on the profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access, access_explained, jobs_panels, person
from hiring.models import Job, TeamMember, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared
from hiring.timeline import loads
from hiring.today import Group, Line, group
from pipeline.cards import Notice, notices
from pipeline.models import Application, ManagerReview, ReviewAnswer, Reviewer, ReviewPerson

Verdict = ReviewAnswer.Verdict
TONES = {Verdict.YES: "good", Verdict.NO: "bad", Verdict.TALK: "warn"}
ICONS = {Verdict.YES: "thumb-up", Verdict.NO: "thumb-down", Verdict.TALK: "messages"}
SHOWN = 10


@dataclass
class Said:
    """One person of a batch with what each colleague said; `answers` runs along the batch's reviewers, None where nothing is."""

    person: ReviewPerson
    answers: list[ReviewAnswer | None] = field(default_factory=list)

    @property
    def given(self) -> list[ReviewAnswer]:
        return [answer for answer in self.answers if answer]

    @property
    def differs(self) -> bool:
        return len({answer.verdict for answer in self.given}) > 1

    @property
    def verdict(self) -> str:
        """What everybody who answered said; empty when they differ or nobody did."""
        verdicts = {str(answer.verdict) for answer in self.given}
        return verdicts.pop() if len(verdicts) == 1 else ""


@dataclass
class Outcome:
    """A batch as whoever asked sees it."""

    review: ManagerReview
    reviewers: list[Reviewer]
    rows: list[Said]

    @property
    def counts(self) -> dict[str, int]:
        """How many people got this answer from everybody who gave one, and of how many the answers differ."""
        found = {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in Verdict.values}
        return found | {"differ": sum(row.differs for row in self.rows)}

    @property
    def waiting(self) -> int:
        """Answers still owed by colleagues who are asked, about people still active."""
        asked = [at for at, one in enumerate(self.reviewers) if one.removed_at is None and one.user.is_active]
        active = [row for row in self.rows if row.person.application.is_active]
        return sum(row.answers[at] is None for row in active for at in asked)


def outcome(review: ManagerReview) -> Outcome:
    """Three queries, however many people and colleagues."""
    reviewers = list(review.reviewers.select_related("user"))
    people = review.people.select_related("application__candidate", "application__stage", "application__reason")
    said = {(a.person_id, a.reviewer_id): a for a in ReviewAnswer.objects.filter(reviewer__review=review)}
    rows = [Said(one, [said.get((one.pk, seat.pk)) for seat in reviewers]) for one in people]
    return Outcome(review, reviewers, rows)


# --- on the board ---------------------------------------------------------------------------------------------------


@prepared
def asked_about(applications: Given) -> QuerySet[ReviewPerson, tuple[int, int, dt.date, dt.datetime | None]]:
    """In open batches, or in those made since the application came to its stage."""
    since = Q(review__closed_at=None) | Q(review__created_at__gte=F("application__entered_stage_at"))
    shown = ReviewPerson.objects.filter(since, application__any=applications).order_by("pk")
    return shown.values_list("application", "pk", "review__due_on", "review__closed_at")


def board_notices(user: User, ids: Sequence[int]) -> dict[int, list[Notice]]:
    """What was said of each application since it came to its stage, or that somebody is being asked: two queries."""
    latest: dict[int, tuple[int, dt.date, bool]] = {}
    for application, about, due_on, closed_at in asked_about(applications=list(ids)):
        latest[application] = (about, due_on, closed_at is None)
    if not latest:
        return {}
    by_person: dict[int, list[tuple[str, str]]] = {}
    given = ReviewAnswer.objects.filter(person__in=[about for about, _, _ in latest.values()])
    for about, name, verdict in given.values_list("person", "reviewer__user__full_name", "verdict"):
        by_person.setdefault(about, []).append((name.split(" ")[0], verdict))
    today = timezone.localdate()
    lines = {}
    for application, (about, due_on, is_open) in latest.items():
        said = by_person.get(about, [])
        if said or is_open:
            lines[application] = [_line(said, due_on, today)]
    return lines


def _line(said: list[tuple[str, str]], due_on: dt.date, today: dt.date) -> Notice:
    if not said:
        late = due_on < today
        return Notice(
            "The manager’s word is overdue" if late else "With the manager", "eye-question", "warn" if late else ""
        )
    words = ", ".join(f"{name}: {_word(verdict)}" for name, verdict in said)
    verdicts = {verdict for _, verdict in said}
    if len(verdicts) > 1:
        return Notice(f"They differ. {words}", "git-fork", "warn")
    verdict = Verdict(verdicts.pop())
    return Notice(words, ICONS[verdict], TONES[verdict])


def _word(verdict: str) -> str:
    return {"yes": "yes", "no": "no"}.get(verdict, "let’s talk")


# --- on the profile -------------------------------------------------------------------------------------------------


@prepared
def answers_about(user: User, candidate: Given) -> QuerySet[ReviewAnswer]:
    """What colleagues said of the person on jobs whose board the user may open, the newest first."""
    seen = Application.objects.filter(access.pipelines_visible_to(user, "job"), candidate=candidate)
    given = ReviewAnswer.objects.filter(person__application__in=seen)
    return given.select_related("reviewer__user", "reviewer__review__job").order_by("-answered_at", "-pk")[:10]


@panel("right", 15)
def said_about(asked: Asked) -> Panel | None:
    candidate = asked.candidate
    answers = answers_about(asked.user, candidate=candidate.pk) if person.has(candidate, "answers_about") else []
    if not answers:
        return None
    return Panel("pipeline/_said.html", {"answers": answers})


@loads("review_answer", is_guarded=True)
def answers_by_id(user: User, ids: set[int]) -> dict[int, ReviewAnswer]:
    given = ReviewAnswer.objects.filter(access.pipelines_visible_to(user, "reviewer__review__job"), pk__in=ids)
    return given.in_bulk()


# --- on Today and the job -------------------------------------------------------------------------------------------


@prepared
def batches_owed(user: User, mine: Given) -> QuerySet[ReviewPerson, tuple[int, str, dt.date, str, int]]:
    said = ReviewAnswer.objects.filter(person=OuterRef("pk"), reviewer__user=mine)
    owed = ReviewPerson.objects.filter(
        access.pipelines_visible_to(user, "review__job"),
        ~Exists(said),
        review__in=Reviewer.objects.filter(user=mine, removed_at=None, review__closed_at=None).values("review"),
        review__job__in=TeamMember.objects.filter(user=mine).values("job"),
        application__status=Application.Status.ACTIVE,
    )
    batches = owed.order_by().values_list("review", "review__job__title", "review__due_on", "review__by__full_name")
    return batches.annotate(people=Count("pk")).order_by("review__due_on", "review")[: SHOWN + 1]


@group(25)
def people_to_look_at(user: User) -> Group | None:
    """Batches in which colleagues wait for my word."""
    rows = batches_owed(user, mine=user.pk)
    if not rows:
        return None
    today = timezone.localdate()
    lines = [
        Line(
            name=title,
            icon="eye-question",
            note=f"{people} {'person' if people == 1 else 'people'}, asked by {by}",
            url=reverse("pipeline:my_look", args=[review]),
            action="Look",
            due=f"by {due_on:%-d %b}",
            late=due_on < today,
        )
        for review, title, due_on, by, people in rows[:SHOWN]
    ]
    return Group("asked", "People to say yes or no to", lines, len(rows), short="Asked of you")


def on_the_job(user: User, job: Job) -> Panel | None:
    """The batches of a job, open ones first, for those who see its board."""
    if not access.can_see_pipeline(user, job):
        return None
    reviews = list(
        ManagerReview.objects.filter(job=job)
        .select_related("by")
        .annotate(shown=Count("people", distinct=True), given=Count("people__answers", distinct=True))
        .order_by(F("closed_at").asc(nulls_first=True), "-created_at")[:5]
    )
    return Panel("pipeline/_asked.html", {"reviews": reviews, "today": timezone.localdate()}) if reviews else None


notices.append(board_notices)
person.kept["answers_about"] = lambda: ReviewAnswer.objects.filter(person__application__candidate=OuterRef("pk"))
jobs_panels.overview.append((30, on_the_job))


def asked_by_name(user: User, jobs: Sequence[int]) -> dict[int, list[str]]:
    """For the page that explains access: open questions, whose links open for as long as the colleague sees the board."""
    mine = Reviewer.objects.filter(user=user.pk, removed_at=None, review__closed_at=None, review__job__in=jobs)
    counted = mine.values_list("review__job").annotate(people=Count("review__people", distinct=True))
    return {
        job: [f"is asked about {people} {'person' if people == 1 else 'people'} on it, also by a link from the mail"]
        for job, people in counted
    }


access_explained.by_name.append(asked_by_name)
