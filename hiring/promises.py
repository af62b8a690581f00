"""Keeping somebody warm: a promise to come back, a pool and a day to be in touch again, within what they agreed to.

A promise needs a basis to write to the person about other jobs (PRIV-1): one that stands, or, where the organisation rests on
consent, their yes, which can be asked for in the letter. Until then the promise waits, and nobody is put anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import contact, identity, mentions, notifications, sweeping, taxonomy, timeline, todo
from hiring.errors import Refused
from hiring.models import Candidate, Consent, Job, ProcessingBasis, Promise, TimelineEvent, User
from hiring.models.promises import PromiseQuerySet
from hiring.names import fold
from hiring.timeline import record

DUE = notifications.declare(
    "promise", "A promise of mine is due, or what it waited for has happened", "heart-handshake"
)
MOST_DAYS = 3 * 366
CONSENT, INTEREST = ProcessingBasis.Basis.CONSENT, ProcessingBasis.Basis.LEGITIMATE_INTEREST
Status = Promise.Status


@dataclass(frozen=True)
class Pools:
    """What the floor that has pools offers: (id, name) of those a user may fill; put somebody in, which answers the id of
    the membership it made, or None where they were in already; take exactly that membership out again, if it is as it was made."""

    choices: Callable[[User], list[tuple[int, str]]]
    put: Callable[[int, Candidate, str, dt.date | None, User | None], int | None]
    take_out: Callable[[int, User | None], None]


pools: Pools | None = None
"""Filled by sourcing. None: nobody is offered a pool, and one that is asked for all the same is refused."""


@dataclass(frozen=True)
class Keep:
    """What is promised. `ask`: the person is asked for their yes in the letter. Ids, so that a bulk act can hold it as JSON."""

    text: str
    owner: int
    due_on: dt.date | None = None
    title: str = ""
    department: int | None = None
    location: int | None = None
    pool: int | None = None
    touch_on: dt.date | None = None
    ask: bool = False

    def as_json(self) -> dict[str, Any]:
        return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in asdict(self).items()}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Keep:
        dates = {key: dt.date.fromisoformat(stored[key]) for key in ("due_on", "touch_on") if stored.get(key)}
        return cls(**{**stored, **dates})


@dataclass(frozen=True)
class Standing:
    """Whether somebody may be kept in mind: `may`, `ask` (only once they say yes), or `never`, with the reason."""

    answer: str
    reason: str = ""


def standing(candidate: Candidate) -> Standing:
    """The contact policy's word, without what passes by itself (an application, quiet hours) and without what only mail needs."""
    verdict = contact.may_send(candidate)
    against = [finding for finding in verdict.findings if finding.answer == "never"]
    for finding in against:
        if finding.rule not in ("no_basis", "no_address", "bounced", "foreign_address"):
            return Standing("never", finding.reason)
    if not any(finding.rule == "no_basis" for finding in against):
        return Standing("may")
    withdrawn = Consent.objects.filter(
        candidate=candidate, purpose__in=contact.OUTREACH_PURPOSES, withdrawn_at__isnull=False
    )
    if settings.KEEP_WARM_BASIS == INTEREST and not withdrawn.exists():
        return Standing("may")
    return Standing("ask", f"{candidate.name} has not agreed to be kept in mind for other jobs.")


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(candidate: Candidate, wanted: Keep, *, by: User | None, job: Job | None = None, occasion: str = "") -> Promise:
    """Make the promise, with pool and day, as far as the person may be kept in mind; refused otherwise.

    With an `occasion`, `take_back` undoes it. A promise that waits for their yes does the rest when it comes (hiring/staying.py).
    """
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    owner = _checked(wanted, candidate)
    found = standing(candidate)
    if found.answer == "never":
        raise Refused(f"{candidate.name} cannot be kept in mind: {found.reason}")
    if found.answer == "ask" and not wanted.ask:
        raise Refused(f"{found.reason} Ask for their yes in the letter, or do not keep them in mind.")
    if found.answer == "ask" and not contact.working_address(candidate):
        raise Refused(f"{found.reason} They cannot be asked, because no mail reaches them.")
    promise = Promise.objects.create(
        candidate=candidate,
        owner=owner,
        text=" ".join(wanted.text.split()),
        due_on=wanted.due_on,
        title=" ".join(wanted.title.split()),
        department_id=wanted.department,
        location_id=wanted.location,
        pool=wanted.pool,
        touch_on=wanted.touch_on,
        job=job,
        occasion=occasion,
        status=Status.WAITING if found.answer == "ask" else Status.OPEN,
        made_by=by,
        made_at=timezone.now(),
    )
    record(candidate, "promise.made", by, job=job, promise=promise.pk)
    if promise.status == Status.OPEN:
        _rest_on_something(promise)
        carry_out(promise, by=by)
    return promise


def carry_out(promise: Promise, *, by: User | None) -> None:
    """Do what a promise that stands asks of others: the pool, and the day to be in touch again."""
    if promise.pool and pools:
        promise.member = pools.put(promise.pool, promise.candidate, promise.text, promise.touch_on, by)
        promise.save(update_fields=["member"])


@transaction.atomic
def settle(promise: Promise, status: str, *, by: User | None) -> Promise:
    """Say that a promise is kept, or dropped. Saying it twice changes nothing. Its task is done with it."""
    promise = Promise.objects.select_for_update(of=("self",)).select_related("candidate", "task").get(pk=promise.pk)
    if not promise.stands:
        return promise
    promise.status, promise.settled_at, promise.settled_by = Status(status), timezone.now(), by
    promise.save(update_fields=["status", "settled_at", "settled_by"])
    record(promise.candidate, f"promise.{status}", by, job=promise.job, promise=promise.pk)
    if promise.task and not promise.task.done_at and by:
        todo.done(promise.task, by=by)
    return promise


@transaction.atomic
def take_back(occasion: str, *, by: User | None) -> int:
    """Undo what was kept with an occasion, as far as it still stands: the promise, the pool as it was filled, our basis."""
    rows = Promise.objects.select_for_update(of=("self",)).select_related("candidate", "task", "job")
    taken = list(rows.filter(occasion=occasion, status__in=Promise.STANDING))
    for promise in taken:
        leave(promise, by=by)
        if promise.task and not promise.task.done_at:
            promise.task.delete()
        promise.status, promise.settled_at, promise.settled_by = Status.DROPPED, timezone.now(), by
        promise.task = None
        promise.save(update_fields=["status", "settled_at", "settled_by", "task"])
        record(promise.candidate, "promise.taken_back", by, job=promise.job, promise=promise.pk)
    return len(taken)


def leave(promise: Promise, *, by: User | None) -> None:
    """Undo `carry_out` and end the basis that was only written down for this promise."""
    if promise.member and pools:
        pools.take_out(promise.member, by)
    if promise.basis_id:
        others = Promise.objects.standing().filter(basis=promise.basis_id).exclude(pk=promise.pk)
        if not others.exists():
            ProcessingBasis.objects.filter(pk=promise.basis_id, ended_at=None).update(ended_at=timezone.now())


# --- when it is due -------------------------------------------------------------------------------------------------


@transaction.atomic
def job_opened(job: Job) -> list[Promise]:
    """A job has opened: whoever promised to come back to somebody when it does is told, and has a task today."""
    true = waiting_for(job, Promise.objects.select_for_update(of=("self",)))
    for promise in true:
        promise.came_true_at, promise.came_true_job = timezone.now(), job
        promise.save(update_fields=["came_true_at", "came_true_job"])
        record(promise.candidate, "promise.came_true", None, job=job, promise=promise.pk)
        _make_task(promise, f"{job.title} has opened. You promised: {promise.text}")
    return true


def waiting_for(job: Job, among: PromiseQuerySet) -> list[Promise]:
    """Those that come true when this job opens, of owners who see it."""
    waiting = among.filter(status=Status.OPEN, came_true_at=None).select_related("candidate", "owner", "made_by")
    place = Q(location=None) | Q(location=job.location_id)
    if job.location_id and job.location:
        place |= Q(location__city__iexact=job.location.city, location__country=job.location.country)
    waiting = waiting.filter(place, Q(department=None) | Q(department=job.department_id))
    waiting = waiting.exclude(title="", department=None, location=None)
    fitting = [one for one in waiting if answers(one.title, job.title)]
    seeing = {owner for owner in {one.owner for one in fitting} if _sees(owner, job)}
    return [one for one in fitting if one.owner in seeing]


def answers(wanted: str, title: str) -> bool:
    """Whether a job of this title is what was waited for: all its words are in it, or both are names of one title."""
    words = set(fold(wanted).split())
    if words <= set(fold(title).split()):
        return True
    known = taxonomy.canonical_title(wanted)
    return known is not None and known == taxonomy.canonical_title(title)


def remind(today: dt.date | None = None) -> int:
    """Make the tasks of promises whose day has come; how many."""
    day = today or timezone.localdate()
    due = Promise.objects.filter(status=Status.OPEN, task=None, due_on__lte=day).order_by("due_on", "pk")
    return len(sweeping.each("promise", list(due.values_list("pk", flat=True)), _remind))


@transaction.atomic
def _remind(pk: int) -> None:
    rows = Promise.objects.select_for_update(of=("self",)).select_related("candidate", "owner", "made_by")
    promise = rows.filter(pk=pk, status=Status.OPEN, task=None).first()
    if promise:
        _make_task(promise, f"You promised: {promise.text}")


def _make_task(promise: Promise, words: str) -> None:
    """A task for whoever owns the promise; for whoever made it, when the owner has left or no longer sees the person."""
    if promise.task_id:
        return
    doer = next((user for user in (promise.owner, promise.made_by) if user and _may_do(user, promise)), None)
    if doer is None:
        return
    promise.task = todo.add(
        words[:300], by=promise.made_by or doer, due_on=timezone.localdate(), assignee=doer, candidate=promise.candidate
    )
    promise.save(update_fields=["task"])
    notifications.tell(
        doer,
        DUE,
        f"{promise.candidate.name}: {words}"[:300],
        key=f"promise:{promise.pk}:{promise.came_true_job_id or 'day'}",
        url=promise.candidate.get_absolute_url(),
        candidate=promise.candidate,
    )


def _task_done(events: Sequence[TimelineEvent]) -> None:
    """Whoever ticks the task off has kept the promise."""
    tasks = {event.data.get("task"): event.actor for event in events}
    for promise in Promise.objects.standing().filter(task__in=[pk for pk in tasks if pk]):
        settle(promise, Status.KEPT, by=tasks[promise.task_id])


# --- inside ---------------------------------------------------------------------------------------------------------


def _checked(wanted: Keep, candidate: Candidate) -> User:
    text = " ".join(wanted.text.split())
    if not text or len(text) > 300:
        raise Refused("Say in at most 300 characters what is promised, or why they are kept in mind.")
    if not (wanted.due_on or wanted.title.strip() or wanted.department or wanted.location or wanted.pool):
        raise Refused("Give the promise a day, a job to wait for, or a pool.")
    today = timezone.localdate()
    for day in (wanted.due_on, wanted.touch_on):
        if day and not today <= day <= today + dt.timedelta(days=MOST_DAYS):
            raise Refused("Choose a day from today on, at most three years ahead.")
    owner = User.objects.filter(pk=wanted.owner, is_active=True).first()
    if owner is None or not mentions.may_see(owner, candidate):
        raise Refused("Choose somebody to keep the promise who works here and may see the person.")
    if wanted.pool and pools is None:
        raise Refused("There are no pools.")
    return owner


def _rest_on_something(promise: Promise) -> None:
    """PRIV-1: write down the basis of keeping somebody in mind, where none stands that outreach may rest on."""
    if any(finding.rule == "no_basis" for finding in contact.may_send(promise.candidate).findings):
        identity.add_basis(promise.candidate, ProcessingBasis.Purpose.POOL, INTEREST)
        promise.basis = promise.candidate.bases.filter(
            purpose=ProcessingBasis.Purpose.POOL, basis=INTEREST, ended_at=None
        ).first()
        promise.save(update_fields=["basis"])


def _sees(user: User, job: Job) -> bool:
    return user.is_active and Job.objects.visible_to(user).filter(pk=job.pk).exists()


def _may_do(user: User, promise: Promise) -> bool:
    return user.is_active and mentions.may_see(user, promise.candidate)


timeline.listeners.setdefault("task.done", []).append(_task_done)


@timeline.loads("promise", is_guarded=True)
def promises_by_id(user: User, ids: set[int]) -> dict[int, Promise]:
    return Promise.objects.visible_to(user).select_related("department", "location").in_bulk(ids)
