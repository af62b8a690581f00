"""One person's path through a sequence: enroll, the step that is due, and everything that ends it.

A due step becomes a message row with the key `step:<enrollment>:<position>`, which exists at most once; the mail engine
delivers it through the contact policy. The path goes on when the message is settled: sent counts, blocked ends it, and
a sign of life freezes it (invariants 3, 4, 10). `next_at` is empty while a step is on its way; `reconcile` finds paths
whose step was settled by a worker that died before it could say so.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring import contact, todo
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, Message, Thread, User
from hiring.timeline import record
from sourcing.models import Enrollment, Sequence, Step

logger = logging.getLogger(__name__)

State = Enrollment.State
LEFT = (Message.Status.SENT, Message.Status.BOUNCED)


@transaction.atomic
def enroll(sequence: Sequence, candidate: Candidate, *, by: User | None) -> Enrollment:
    """Start a person on a sequence. Refused when the contact policy says never, or a value for a merge field is missing.

    A "not before" of the policy does not refuse: the first step waits for it.
    """
    if sequence.status == Sequence.Status.ARCHIVED:
        raise Refused(f"“{sequence.name}” is archived.")
    verdict = contact.may_send(candidate, mailbox=sequence.mailbox)
    if verdict.answer == "never":
        raise Refused(f"{candidate.name}: {verdict.reason}")
    absent = missing_fields(sequence, candidate)
    if absent:
        raise Refused(f"{candidate.name}: no value for {', '.join(absent)}.")
    now = timezone.now()
    enrollment = Enrollment(
        sequence=sequence,
        candidate=candidate,
        enrolled_by=by,
        enrolled_at=now,
        next_at=send_time(sequence, candidate, after=max(now, verdict.not_before or now), wait_days=0),
    )
    try:
        with transaction.atomic():  # the unique indexes settle the race of two recruiters
            enrollment.save(force_insert=True)
    except IntegrityError as error:
        if "once_in_a_sequence" in str(error):
            raise Refused(f"{candidate.name} has already been through “{sequence.name}”.") from error
        raise Refused(f"{candidate.name} is in another sequence right now.") from error
    record(candidate, "sequence.enrolled", by, job=sequence.job, sequence=sequence.pk)
    return enrollment


@dataclass
class Outcome:
    """What became of enrolling many: who started, and why each of the others did not."""

    started: list[Enrollment] = field(default_factory=list)
    left_out: list[tuple[Candidate, str]] = field(default_factory=list)


def enroll_many(sequence: Sequence, candidates: Iterable[Candidate], *, by: User | None) -> Outcome:
    """Enroll each person in a transaction of their own: one refusal holds back nobody else."""
    outcome = Outcome()
    for candidate in candidates:
        try:
            outcome.started.append(enroll(sequence, candidate, by=by))
        except Refused as refused:
            outcome.left_out.append((candidate, refused.sentence.removeprefix(f"{candidate.name}: ")))
    return outcome


def missing_fields(sequence: Sequence, candidate: Candidate) -> list[str]:
    """Merge fields of any mail of the sequence that have no value for this person, in words."""
    values = compose.fields(candidate, by=sequence.owner, job=sequence.job)
    mails = [step for step in sequence.steps.all() if step.kind == Step.Kind.MAIL]
    absent = [name for step in mails for name in compose.missing(step.subject + step.body, values)]
    return list(dict.fromkeys(compose.MERGE_FIELDS.get(name, name).lower() for name in absent))


# --- What is due -----------------------------------------------------------------------------------------------


def run_due(limit: int = 200) -> int:
    """Take due paths, each step once, and write what they say. Several workers may run at once. Returns how many were taken.

    A batch is one transaction. Should one path spoil it, each is taken by itself: the others go on, and the log says which
    one did not.
    """
    reconcile(limit)
    due = _due(limit)
    try:
        return take(due)
    except Exception as error:
        logger.warning("sequence_batch_failed", extra={"paths": len(due), "error": type(error).__name__})
    return sum(_take_alone(pk) for pk in due)


def _due(limit: int) -> list[int]:
    due = Enrollment.objects.filter(
        state=State.ACTIVE, next_at__lte=timezone.now(), sequence__status=Sequence.Status.LIVE
    )
    return list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def take(ids: Collection[int]) -> int:
    """Do the step that is due on each of these paths. Those another worker has, or that are no longer due, are left out.

    The number of statements does not grow with the number of mails (docs/performance.md). Returns how many were taken.
    """
    due = Enrollment.objects.filter(pk__in=ids, state=State.ACTIVE, next_at__lte=timezone.now())
    paths = (
        due.filter(sequence__status=Sequence.Status.LIVE)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "sequence__mailbox", "sequence__owner", "sequence__job__location", "candidate__source", "enrolled_by"
        )
        .prefetch_related("candidate__contact_points", "sequence__steps")
    )
    mails: list[tuple[Enrollment, Step]] = []
    taken = list(paths.order_by("pk"))
    for enrollment in taken:
        step = next((one for one in enrollment.sequence.steps.all() if one.position == enrollment.position), None)
        if step is None:
            _finish(enrollment)
        elif step.kind == Step.Kind.MAIL:
            mails.append((enrollment, step))
        else:
            _ask_person(enrollment, step)
    _write_mails(mails)
    return len(taken)


def _take_alone(pk: int) -> int:
    try:
        return take([pk])
    except Exception as error:  # one broken path must not hold up the others; it is due again at the next tick
        logger.error("sequence_step_failed", extra={"enrollment": pk, "error": type(error).__name__})
        return 0


def step_key(enrollment: Enrollment) -> str:
    """The key that makes "the same step never twice to the same person" a fact of the database."""
    return f"step:{enrollment.pk}:{enrollment.position}"


def _write_mails(mails: list[tuple[Enrollment, Step]]) -> None:
    """Write the mail of each step. A person without a value or an address waits for a colleague; nobody else does."""
    if not mails:
        return
    threads = _threads_so_far([enrollment for enrollment, _ in mails])
    keys = [step_key(enrollment) for enrollment, _ in mails]
    written = set(Message.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    batch = compose.Batch([enrollment.candidate for enrollment, _ in mails], list(threads.values()))
    under_way = []
    for enrollment, step in mails:
        try:
            if step_key(enrollment) not in written:
                _write_mail(batch, enrollment, step, threads.get(enrollment.pk))
        except Refused as refused:
            _wait(enrollment, refused.sentence)
        else:
            under_way.append(enrollment.pk)
    batch.store()
    # It goes on when the message is settled.
    Enrollment.objects.filter(pk__in=under_way).update(next_at=None, state_note="")


def _write_mail(batch: compose.Batch, enrollment: Enrollment, step: Step, thread: Thread | None) -> None:
    sequence = enrollment.sequence
    values = compose.fields(enrollment.candidate, by=sequence.owner, job=sequence.job)
    batch.write(
        enrollment.candidate,
        purpose="step",
        mail_class=Message.Class.OUTREACH,
        subject=compose.merge(step.subject, values),
        text=compose.merge(step.body, values),
        by=sequence.owner,
        job=sequence.job,
        thread=None if step.subject else thread,
        mailbox=sequence.mailbox,
        dedupe_key=step_key(enrollment),
    )


def _threads_so_far(paths: list[Enrollment]) -> dict[int, Thread]:
    """By path, the thread of its latest step that was a mail."""
    owners = {f"step:{path.pk}:{position}": path.pk for path in paths for position in range(path.position)}
    earlier = Message.objects.filter(dedupe_key__in=list(owners)).select_related("thread").order_by("pk")
    return {owners[message.dedupe_key or ""]: message.thread for message in earlier if message.thread}


def _ask_person(enrollment: Enrollment, step: Step) -> None:
    """A call or a task is for a colleague: it lands on their list, and the path waits until they say it is done."""
    what = f"{step.get_kind_display()}: {step.body}"
    assignee = enrollment.enrolled_by or enrollment.sequence.owner
    todo.add(what[:300], by=assignee, due_on=timezone.localdate(), candidate=enrollment.candidate)
    _wait(enrollment, what)


def _wait(enrollment: Enrollment, note: str) -> None:
    enrollment.state, enrollment.next_at, enrollment.state_note = State.WAITING, None, note[:200]
    enrollment.save(update_fields=["state", "next_at", "state_note"])


def _advance(enrollment: Enrollment, *, at: dt.datetime) -> None:
    """The step is done as of `at`: on to the next one, or the end."""
    enrollment.position += 1
    following = enrollment.sequence.steps.filter(position=enrollment.position).first()
    if following is None:
        _finish(enrollment)
        return
    enrollment.state, enrollment.state_note = State.ACTIVE, ""
    enrollment.next_at = send_time(enrollment.sequence, enrollment.candidate, after=at, wait_days=following.wait_days)
    enrollment.save(update_fields=["position", "state", "state_note", "next_at"])


def _finish(enrollment: Enrollment) -> None:
    enrollment.state, enrollment.next_at, enrollment.ended_at = State.FINISHED, None, timezone.now()
    enrollment.save(update_fields=["position", "state", "next_at", "ended_at"])


# --- What became of a step -------------------------------------------------------------------------------------


@transaction.atomic
def step_settled(message: Message) -> None:
    """A step's message was sent, blocked, failed or bounced: carry its path on, or end it. Saying it twice changes nothing."""
    place = _place_of(message)
    if place is None:
        return
    enrollment_id, position = place
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("sequence", "candidate")
        .filter(pk=enrollment_id, position=position, state=State.ACTIVE, next_at=None)
        .first()
    )
    if enrollment is None:
        return
    if message.status == Message.Status.SENT:
        _advance(enrollment, at=message.at)
    elif message.status == Message.Status.BOUNCED:
        _end(enrollment, State.BOUNCED, "The mail came back.")
    elif message.status == Message.Status.BLOCKED:
        _end(enrollment, State.STOPPED, message.status_note)
    elif message.status in (Message.Status.FAILED, Message.Status.CANCELLED):
        _wait(enrollment, message.status_note or message.get_status_display())


def reconcile(limit: int = 100) -> None:
    """Carry on paths whose step was settled without anybody hearing of it: the worker died in between."""
    silent = Enrollment.objects.filter(state=State.ACTIVE, next_at=None).order_by("pk")[:limit]
    by_key = {step_key(enrollment): enrollment for enrollment in silent}
    settled = Message.objects.filter(dedupe_key__in=list(by_key)).exclude(
        status__in=[Message.Status.QUEUED, Message.Status.SENDING, Message.Status.UNCONFIRMED]
    )
    for message in settled:
        step_settled(message)
    written = set(Message.objects.filter(dedupe_key__in=list(by_key)).values_list("dedupe_key", flat=True))
    lost = [enrollment.pk for key, enrollment in by_key.items() if key not in written]
    # A path without date and without message can only be the remains of an interrupted write: due now.
    Enrollment.objects.filter(pk__in=lost, state=State.ACTIVE, next_at=None).update(next_at=timezone.now())


def _place_of(message: Message) -> tuple[int, int] | None:
    parts = (message.dedupe_key or "").split(":")
    if len(parts) != 3 or parts[0] != "step" or not (parts[1].isdigit() and parts[2].isdigit()):
        return None
    return int(parts[1]), int(parts[2])


# --- What ends or holds a path ---------------------------------------------------------------------------------


@transaction.atomic
def freeze(candidate: Candidate, state: str, note: str) -> int:
    """End every live path of a person and stop what is queued for them (invariant 4). Returns how many."""
    live = Enrollment.objects.select_for_update(of=("self",)).filter(candidate=candidate, state__in=Enrollment.LIVE)
    ended = [_end(enrollment, state, note) for enrollment in live.select_related("sequence", "candidate")]
    return len(ended)


def _end(enrollment: Enrollment, state: str, note: str, by: User | None = None) -> Enrollment:
    enrollment.state, enrollment.state_note = state, note[:200]
    enrollment.next_at, enrollment.ended_at = None, timezone.now()
    enrollment.save(update_fields=["state", "state_note", "next_at", "ended_at"])
    _stop_queued(enrollment, by)
    record(
        enrollment.candidate,
        "sequence.ended",
        by,
        job=enrollment.sequence.job,
        sequence=enrollment.sequence_id,
        state=state,
    )
    return enrollment


def _stop_queued(enrollment: Enrollment, by: User | None) -> None:
    queued = Message.objects.queued().filter(dedupe_key__startswith=f"step:{enrollment.pk}:")
    for message in queued:
        try:
            compose.cancel(message, by=by, note="The sequence ended for this person.")
        except Refused:
            continue  # it is leaving this very second; delivery asks the policy itself


@transaction.atomic
def stop(enrollment: Enrollment, *, by: User | None, note: str = "") -> Enrollment:
    """A colleague ends a path."""
    enrollment = _lock(enrollment)
    if enrollment.state not in Enrollment.LIVE:
        raise Refused(f"This path has already ended: {enrollment.get_state_display().lower()}.")
    return _end(enrollment, State.STOPPED, note or "Stopped by a colleague.", by)


@transaction.atomic
def pause(enrollment: Enrollment, *, by: User | None) -> Enrollment:
    """Hold a path where it is. A step that is already queued is stopped and comes again when it goes on."""
    enrollment = _lock(enrollment)
    if enrollment.state != State.ACTIVE:
        raise Refused(f"This path is {enrollment.get_state_display().lower()}.")
    enrollment.state, enrollment.state_note, enrollment.next_at = State.PAUSED, "Paused by a colleague.", None
    enrollment.save(update_fields=["state", "state_note", "next_at"])
    _stop_queued(enrollment, by)
    return enrollment


@transaction.atomic
def resume(enrollment: Enrollment, *, by: User | None) -> Enrollment:
    """Go on: a paused path with the step it stood at, a waiting one with the step after it."""
    enrollment = _lock(enrollment)
    if enrollment.state == State.WAITING:
        _advance(enrollment, at=timezone.now())
        return enrollment
    if enrollment.state != State.PAUSED:
        raise Refused(f"This path is {enrollment.get_state_display().lower()}.")
    stopped = Message.objects.filter(dedupe_key=step_key(enrollment)).first()
    if stopped and stopped.status == Message.Status.CANCELLED:
        stopped.dedupe_key = None  # it never left, so the step may be written once more
        stopped.save(update_fields=["dedupe_key"])
    elif stopped and stopped.status in LEFT:
        _advance(enrollment, at=timezone.now())
        return enrollment
    enrollment.state, enrollment.state_note = State.ACTIVE, ""
    enrollment.next_at = send_time(enrollment.sequence, enrollment.candidate, after=timezone.now(), wait_days=0)
    enrollment.save(update_fields=["state", "state_note", "next_at"])
    return enrollment


def _lock(enrollment: Enrollment) -> Enrollment:
    locked = Enrollment.objects.select_for_update(of=("self",)).select_related("sequence__mailbox", "candidate")
    return locked.get(pk=enrollment.pk)


# --- When ------------------------------------------------------------------------------------------------------


def send_time(sequence: Sequence, candidate: Candidate, *, after: dt.datetime, wait_days: int) -> dt.datetime:
    """The first moment inside the sequence's window, in the person's zone, `wait_days` working days after `after`."""
    zone = contact.person_zone(candidate)
    weekend = contact.WEEKEND_BY_COUNTRY.get(candidate.country, contact.WEEKEND)
    local = after.astimezone(zone)
    day, left = local.date(), wait_days
    while left or day.weekday() in weekend:
        day += dt.timedelta(days=1)
        if left and day.weekday() not in weekend:
            left -= 1
    opens, closes = _time(sequence.window_start), _time(sequence.window_end)
    if day == local.date() and opens <= local.time() < closes:
        return after
    if day == local.date() and local.time() >= closes:
        return send_time(
            sequence, candidate, after=dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone), wait_days=0
        )
    return dt.datetime.combine(day, opens, zone).astimezone(dt.UTC)


def _time(value: dt.time | str) -> dt.time:
    """A new row still holds the text of its default."""
    return dt.time.fromisoformat(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Preview:
    """A step as this person would get it. `missing` names fields without a value, in which case nothing would leave."""

    step: Step
    subject: str
    body: str
    at: dt.datetime
    missing: list[str]


def preview(sequence: Sequence, candidate: Candidate) -> list[Preview]:
    """Every step for one person, with the time it would leave if the contact policy has no objection by then."""
    values = compose.fields(candidate, by=sequence.owner, job=sequence.job)
    at, shown = timezone.now(), []
    for step in sequence.steps.all():
        at = send_time(sequence, candidate, after=at, wait_days=step.wait_days)
        absent = compose.missing(step.subject + step.body, values)
        filled = {**values, **{name: f"[{compose.MERGE_FIELDS.get(name, name).lower()}]" for name in absent}}
        known = {name: filled.get(name, f"[{name}]") for name in compose.FIELD.findall(step.subject + step.body)}
        subject, body = compose.merge(step.subject, known), compose.merge(step.body, known)
        shown.append(
            Preview(step, subject, body, at, [compose.MERGE_FIELDS.get(name, name).lower() for name in absent])
        )
    return shown
