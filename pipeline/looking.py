"""What a colleague who was asked sees: the batch with how far they are, and one person at a time.

The résumé, the answers and the facts of the board; no contact points, notes, pay or others' answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from hiring.models import Candidate, Document, User
from pipeline import answered
from pipeline.blind import showing
from pipeline.models import Application, ReviewAnswer, Reviewer, ReviewPerson


@dataclass
class Row:
    """One person of the batch, as far as the colleague's own answer goes."""

    person: ReviewPerson
    number: int
    said: ReviewAnswer | None

    @property
    def application(self) -> Application:
        return self.person.application

    @property
    def name(self) -> str:
        return self.application.candidate.name

    @property
    def is_owed(self) -> bool:
        return self.said is None and self.application.is_active


@dataclass
class Batch:
    """The batch in the eyes of one colleague."""

    reviewer: Reviewer
    rows: list[Row]

    @property
    def answered(self) -> int:
        return sum(row.said is not None for row in self.rows)

    @property
    def owed(self) -> list[Row]:
        return [row for row in self.rows if row.is_owed]

    @property
    def total(self) -> int:
        return self.answered + len(self.owed)

    def row(self, person: int) -> Row | None:
        return next((row for row in self.rows if row.person.pk == person), None)

    def next_owed(self, behind: int = 0) -> Row | None:
        """The first person without an answer behind the number `behind`, else the first one of all."""
        owed = self.owed
        return next((row for row in owed if row.number > behind), owed[0] if owed else None)

    def beside(self, row: Row, step: int) -> Row | None:
        at = row.number - 1 + step
        return self.rows[at] if 0 <= at < len(self.rows) else None


@dataclass
class Person:
    """Everything about one person that is shown."""

    row: Row
    candidate: Candidate
    resume: Document | None
    answers: list[answered.Answer]
    hidden: showing.Hidden | None = None


def batch(reviewer: Reviewer) -> Batch:
    """Two queries, however many people there are."""
    people: QuerySet[ReviewPerson] = ReviewPerson.objects.filter(review=reviewer.review_id).select_related(
        "application__candidate", "application__stage"
    )
    said = {answer.person_id: answer for answer in ReviewAnswer.objects.filter(reviewer=reviewer)}
    rows = [Row(person, number, said.get(person.pk)) for number, person in enumerate(people.order_by("position"), 1)]
    return Batch(reviewer, rows)


def person(row: Row, user: User) -> Person:
    application = row.application
    resume = resume_of(application)
    hidden = showing.of(application, resume)
    answers = answered.of(application, user, hidden)
    return Person(row, application.candidate, None if hidden else resume, answers, hidden)


def resume_of(application: Application) -> Document | None:
    """The résumé this application came with, else the newest one of the person."""
    resumes = Document.objects.filter(candidate=application.candidate_id, kind=Document.Kind.RESUME)
    resumes = resumes.select_related("candidate", "extracted").prefetch_related("pages")
    own = resumes.filter(pk=application.resume_id).first() if application.resume_id else None
    return own or resumes.order_by("-uploaded_at", "-pk").first()
