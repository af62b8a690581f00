"""Closing a job so that nobody is left unanswered: whoever is still active gets a decision and a mail, and whom no mail reaches is named.

A job with people in it closes in one transaction with the bulk acts that answer them; those are worked off, stopped and taken
back like any other (pipeline/bulk.py). Whoever was turned down without a word can be written to afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from hiring import jobs
from hiring.errors import Refused
from hiring.models import ContactPoint, Job, MailTemplate, Message, User
from pipeline import bulk, rejection
from pipeline.models import Application, ApplicationQuerySet, Arrival, BulkAct, RejectionReason, Stage

Employer = RejectionReason.EndedBy.EMPLOYER


@dataclass(frozen=True)
class Obstacle:
    """What has to be settled by hand before the job can close: a sentence, and the page where it is done."""

    text: str
    url: str


obstacles: list[Callable[[Job], list[Obstacle]]] = []
"""What the floors above still have open on a job: an offer without an answer, interviews ahead."""


open_for: list[Callable[[int], list[Obstacle]]] = []
"""What they have open for one application, which a no does not settle by itself."""


@dataclass(frozen=True)
class Answer:
    """What those who still wait are told: why, in which letter, and when it leaves. Without a letter they hear nothing."""

    reason: RejectionReason
    template: MailTemplate | None = None
    delay: rejection.Delay = rejection.DELAY


def in_the_way(job: Job) -> list[Obstacle]:
    return [obstacle for find in obstacles for obstacle in find(job)]


def still_open(application: Application) -> list[Obstacle]:
    """What goes on although this person is turned down: an interview that is booked, an offer. Whoever says no should know."""
    return [obstacle for find in open_for for obstacle in find(application.pk)]


def waiting(job: Job) -> ApplicationQuerySet:
    """Whoever still waits for a decision, the longest first."""
    return Application.objects.active().filter(job=job).order_by("pk")


def untold(job: Job) -> ApplicationQuerySet:
    """Whom we turned down without a word: no letter waits, none has left, and they asked to be considered."""
    letters = Message.objects.filter(
        candidate=OuterRef("candidate"), job=job, purpose="rejection",
        status__in=[Message.Status.QUEUED, *rejection.ALREADY_TOLD],
    )  # fmt: skip
    # Whoever applied once more after a letter waits for an answer again (rejection.told).
    again = Q(receipt_number__isnull=False) & ~Exists(
        letters.filter(Q(status="queued") | Q(at__gte=OuterRef("applied_at")))
    )
    turned_down = Application.objects.filter(job=job, status=Application.Status.REJECTED, reason__ended_by=Employer)
    return turned_down.filter(~Exists(letters) | again).exclude(stage__kind=Stage.Kind.LEAD).order_by("pk")


def reachable(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    return applications.filter(Exists(_addresses()))


def unreachable(applications: ApplicationQuerySet) -> ApplicationQuerySet:
    """Those whom no mail reaches: somebody has to call them, or write to them elsewhere."""
    return applications.filter(~Exists(_addresses()))


@transaction.atomic
def close(job: Job, *, by: User, reason: str, answer: Answer | None = None) -> list[BulkAct]:
    """Close a job and answer everybody who still waits; the acts that do it are started, not run.

    Raises Refused while an offer or an interview is open, while an application is being taken in, and when people wait and no
    `answer` says what they are told.
    """
    # Held before anybody is counted: whoever applies at this moment is through by then, or refused.
    Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if just_came := Arrival.objects.waiting().filter(posting__job=job, attempts=0).count():
        raise Refused(
            f"{_applications(just_came)} came in just now and will be on the board in a moment. Close the job then."
        )
    if found := in_the_way(job):
        raise Refused(found[0].text)
    people = list(waiting(job).values_list("pk", flat=True))
    if people and answer is None:
        raise Refused(f"{_people(len(people))} still waiting for an answer. Choose what they are told.")
    jobs.close(job, by=by, reason=reason)
    return answer_waiting(job, answer, by=by) if answer and people else []


@transaction.atomic
def answer_waiting(job: Job, answer: Answer, *, by: User) -> list[BulkAct]:
    """Turn down everybody still active. People we only noted as leads never applied: they get no letter about it."""
    rest = waiting(job)
    acts = []
    for people, template in (
        (rest.exclude(stage__kind=Stage.Kind.LEAD), answer.template),
        (rest.filter(stage__kind=Stage.Kind.LEAD), None),
    ):
        for chosen in _batches(people):
            acts.append(bulk.start_rejection(job, chosen, answer.reason, by=by, template=template, delay=answer.delay))
    return acts


@transaction.atomic
def write_to_untold(
    job: Job, template: MailTemplate, *, by: User, delay: rejection.Delay = rejection.DELAY
) -> list[BulkAct]:
    """Send the letter to those who were turned down without one, as far as mail reaches them."""
    return [bulk.start_letter(job, chosen, template, by=by, delay=delay) for chosen in _batches(reachable(untold(job)))]


def _batches(applications: ApplicationQuerySet) -> list[list[int]]:
    ids = list(applications.values_list("pk", flat=True))
    return [ids[start : start + bulk.AT_MOST] for start in range(0, len(ids), bulk.AT_MOST)]


def _addresses() -> QuerySet[ContactPoint]:
    mails = ContactPoint.objects.filter(candidate=OuterRef("candidate"), kind=ContactPoint.Kind.EMAIL)
    return mails.filter(is_live=True, bounced_at=None)


def _applications(number: int) -> str:
    return "An application" if number == 1 else f"{number:,} applications"


def _people(number: int) -> str:
    return "1 person is" if number == 1 else f"{number:,} people are"
