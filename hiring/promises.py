"""Keeping somebody warm: a promise to come back, a pool and a day to be in touch again, within what they agreed to.

A promise needs a basis to write to the person about other jobs (PRIV-1): one that stands, or, where the organisation rests on
consent, their yes, which can be asked for in the letter. Until then the promise waits, and nobody is put anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring import contact, identity, mentions, notifications, sweeping, taxonomy, timeline, todo
from hiring.errors import Refused
from hiring.models import Candidate, Consent, Job, ProcessingBasis, Promise, Task, TimelineEvent, User
from hiring.models.promises import PromiseQuerySet
from hiring.names import fold
from hiring.timeline import record, record_all

DUE = notifications.declare(
    "promise", "A promise of mine is due, or what it waited for has happened", "heart-handshake"
)
MOST_DAYS = 3 * 366
WITHIN = "Choose a day from today on, at most three years ahead."
CONSENT, INTEREST = ProcessingBasis.Basis.CONSENT, ProcessingBasis.Basis.LEGITIMATE_INTEREST
BESIDES = ("no_basis", "no_address", "bounced", "foreign_address")
NO_OWNER = "Choose somebody to keep the promise who works here and may see the person."
Status = Promise.Status


@dataclass(frozen=True)
class Pools:
    """What the floor that has pools offers: (id, name) of those a user may fill; put people in, which answers the ids of
    the memberships it made by person, without those who were in already; take exactly these memberships out again, as far as
    they are as they were made."""

    choices: Callable[[User], list[tuple[int, str]]]
    put: Callable[[int, Sequence[Candidate], str, dt.date | None, User | None], dict[int, int]]
    take_out: Callable[[Collection[int], User | None], None]


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
    """Whether somebody may be kept in mind: `may`, `ask` (only once they say yes), or `never`, with the reason. `has_basis`: what
    stands already is enough for it (PRIV-1)."""

    answer: str
    reason: str = ""
    has_basis: bool = True


def standing(candidate: Candidate) -> Standing:
    """The contact policy's word, without what passes by itself (an application, quiet hours) and without what only mail needs."""
    return standings([candidate])[candidate.pk]


def standings(candidates: Sequence[Candidate]) -> dict[int, Standing]:
    """`standing` of many, by their ids: as many questions as for one."""
    found, without = {}, []
    for candidate, verdict in zip(candidates, contact.may_send_many(candidates), strict=True):
        against = [finding for finding in verdict.findings if finding.answer == "never"]
        rest = [finding for finding in against if finding.rule not in BESIDES]
        if rest:
            found[candidate.pk] = Standing("never", rest[0].reason)
        elif any(finding.rule == "no_basis" for finding in against):
            without.append(candidate)
        else:
            found[candidate.pk] = Standing("may")
    return found | _without_basis(without)


def _without_basis(candidates: Sequence[Candidate]) -> dict[int, Standing]:
    """Of people whom no basis lets us write to about other jobs: our interest is one, unless they have taken a yes back."""
    if not candidates:
        return {}
    took_back = Consent.objects.filter(
        candidate__in=candidates, purpose__in=contact.OUTREACH_PURPOSES, withdrawn_at__isnull=False
    )
    are_asked = set(took_back.values_list("candidate", flat=True)) if settings.KEEP_WARM_BASIS == INTEREST else None
    return {
        one.pk: Standing("ask", f"{one.name} has not agreed to be kept in mind for other jobs.", has_basis=False)
        if are_asked is None or one.pk in are_asked
        else Standing("may", has_basis=False)
        for one in candidates
    }


# --- verbs ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep(candidate: Candidate, wanted: Keep, *, by: User | None, job: Job | None = None, occasion: str = "") -> Promise:
    """Make the promise, with pool and day, as far as the person may be kept in mind; refused otherwise.

    With an `occasion`, `take_back` undoes it. A promise that waits for their yes does the rest when it comes (hiring/staying.py).
    """
    people, found = weighed([candidate])
    for why in why_not(people, wanted, found).values():
        raise Refused(why)
    return keep_many(people, wanted, found, by=by, job=job, occasions={candidate.pk: occasion})[0]


def weighed(candidates: Collection[Candidate]) -> tuple[list[Candidate], dict[int, Standing]]:
    """These people, their rows held until the transaction ends, and how each stands to being kept in mind."""
    held = Candidate.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in candidates])
    people = list(held.order_by("pk").prefetch_related("contact_points"))
    return people, standings(people)


def why_not(candidates: Sequence[Candidate], wanted: Keep, found: Mapping[int, Standing]) -> dict[int, str]:
    """Who of these cannot be promised that, by id, and why. Raises Refused where nobody can be."""
    owner = _owner(wanted)
    seen = set(Candidate.objects.visible_to(owner).filter(pk__in=found).values_list("pk", flat=True))
    stay = {}
    for one in candidates:
        stands = found[one.pk]
        if one.pk not in seen:
            stay[one.pk] = NO_OWNER
        elif stands.answer == "never":
            stay[one.pk] = f"{one.name} cannot be kept in mind: {stands.reason}"
        elif stands.answer == "ask" and not wanted.ask:
            stay[one.pk] = f"{stands.reason} Ask for their yes in the letter, or do not keep them in mind."
        elif stands.answer == "ask" and not contact.working_address(one):
            stay[one.pk] = f"{stands.reason} They cannot be asked, because no mail reaches them."
    return stay


def keep_many(
    candidates: Sequence[Candidate],
    wanted: Keep,
    found: Mapping[int, Standing],
    *,
    by: User | None,
    job: Job | None = None,
    occasions: Mapping[int, str],
) -> list[Promise]:
    """Make the same promise to each of these people, whom `weighed` holds and `why_not` has no word against. A few statements,
    whatever their number. `occasions` by their ids."""
    resting = [one for one in candidates if found[one.pk].answer == "may" and not found[one.pk].has_basis]
    bases = identity.add_bases(resting, ProcessingBasis.Purpose.POOL, INTEREST) if resting else {}
    now, owner = timezone.now(), _owner(wanted)
    made = Promise.objects.bulk_create(
        Promise(
            candidate=one,
            owner=owner,
            text=" ".join(wanted.text.split()),
            due_on=wanted.due_on,
            title=" ".join(wanted.title.split()),
            department_id=wanted.department,
            location_id=wanted.location,
            pool=wanted.pool,
            touch_on=wanted.touch_on,
            basis=bases.get(one.pk),
            job=job,
            occasion=occasions[one.pk],
            status=Status.WAITING if found[one.pk].answer == "ask" else Status.OPEN,
            made_by=by,
            made_at=now,
        )
        for one in candidates
    )
    record_all("promise.made", by, {promise.candidate_id: {"promise": promise.pk} for promise in made}, job=job)
    carry_out([promise for promise in made if promise.status == Status.OPEN], by=by)
    return made


def carry_out(promises: Sequence[Promise], *, by: User | None) -> None:
    """Do what promises that stand ask of others: the pool, and the day to be in touch again. They ask for the same."""
    first = promises[0] if promises else None
    if first is None or first.pool is None or pools is None:
        return
    people = [promise.candidate for promise in promises]
    members = pools.put(first.pool, people, first.text, first.touch_on, by)
    for promise in promises:
        promise.member = members.get(promise.candidate_id)
    Promise.objects.bulk_update(promises, ["member"])


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
def take_back(occasions: Collection[str], *, by: User | None) -> int:
    """Undo what was kept with these occasions, as far as it still stands: the promise, the pool as it was filled, our basis."""
    rows = Promise.objects.select_for_update(of=("self",)).select_related("candidate", "task", "job").order_by("pk")
    taken = list(rows.filter(occasion__in=occasions, status__in=Promise.STANDING))
    if not taken:
        return 0
    leave(taken, by=by)
    Task.objects.filter(promise__in=taken, done_at=None).delete()
    dropped = Promise.objects.filter(pk__in=[promise.pk for promise in taken])
    dropped.update(status=Status.DROPPED, settled_at=timezone.now(), settled_by=by, task=None)
    for job, theirs in _by_job(taken):
        record_all("promise.taken_back", by, {one.candidate_id: {"promise": one.pk} for one in theirs}, job=job)
    return len(taken)


def _by_job(promises: Iterable[Promise]) -> list[tuple[Job | None, list[Promise]]]:
    """Promises of one job together, of each person one."""
    found: dict[tuple[int | None, int], list[Promise]] = {}
    times: Counter[tuple[int | None, int]] = Counter()
    for promise in promises:
        person = (promise.job_id, promise.candidate_id)
        found.setdefault((promise.job_id, times[person]), []).append(promise)
        times[person] += 1
    return [(theirs[0].job, theirs) for theirs in found.values()]


def leave(promises: Sequence[Promise], *, by: User | None) -> None:
    """Undo `carry_out` and end the bases that were only written down for these promises."""
    members = [promise.member for promise in promises if promise.member]
    if members and pools:
        pools.take_out(members, by)
    bases = {promise.basis_id for promise in promises if promise.basis_id}
    if not bases:
        return
    others = Promise.objects.standing().filter(basis__in=bases).exclude(pk__in=[promise.pk for promise in promises])
    ended = ProcessingBasis.objects.filter(pk__in=bases, ended_at=None).exclude(pk__in=others.values("basis"))
    ended.update(ended_at=timezone.now())


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


def _owner(wanted: Keep) -> User:
    """Who keeps it. Raises Refused for what nobody can be promised."""
    text = " ".join(wanted.text.split())
    if not text or len(text) > 300:
        raise Refused("Say in at most 300 characters what is promised, or why they are kept in mind.")
    if not (wanted.due_on or wanted.title.strip() or wanted.department or wanted.location or wanted.pool):
        raise Refused("Give the promise a day, a job to wait for, or a pool.")
    today = timezone.localdate()
    for day in (wanted.due_on, wanted.touch_on):
        if day and not today <= day <= today + dt.timedelta(days=MOST_DAYS):
            raise Refused(WITHIN)
    owner = User.objects.filter(pk=wanted.owner, is_active=True).first()
    if owner is None:
        raise Refused(NO_OWNER)
    if wanted.pool and pools is None:
        raise Refused("There are no pools.")
    return owner


def _sees(user: User, job: Job) -> bool:
    return user.is_active and Job.objects.visible_to(user).filter(pk=job.pk).exists()


def _may_do(user: User, promise: Promise) -> bool:
    return user.is_active and mentions.may_see(user, promise.candidate)


timeline.listeners.setdefault("task.done", []).append(_task_done)


@timeline.loads("promise", is_guarded=True)
def promises_by_id(user: User, ids: set[int]) -> dict[int, Promise]:
    return Promise.objects.visible_to(user).select_related("department", "location").in_bulk(ids)
