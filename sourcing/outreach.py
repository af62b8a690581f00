"""One person's path through a sequence: enroll, the step that is due, and everything that ends it.

A due step becomes a message row with the key `step:<enrollment>:<position>`, which exists at most once; the mail engine
delivers it through the contact policy. The path goes on when the message is settled: sent counts, blocked ends it, and
a sign of life freezes it (invariants 3, 4, 10). `next_at` is empty while a step is on its way; `reconcile` finds paths
whose step was settled by a worker that died before it could say so.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring import contact, todo, working_time
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Candidate, Message, Thread, User
from hiring.prepared import Given, prepared
from sourcing import ending
from sourcing.models import Enrollment, Sequence, Step

logger = logging.getLogger(__name__)

State = Enrollment.State
LEFT = (Message.Status.SENT, Message.Status.BOUNCED)
GONE = "This path is gone."
ELSEWHERE = "is in another sequence right now."


@transaction.atomic
def enroll(sequence: Sequence, candidate: Candidate, *, by: User | None) -> Enrollment:
    """Start a person on a sequence. Refused when the contact policy says never, or a value for a merge field is missing.

    A "not before" of the policy does not refuse: the first step waits for it.
    """
    outcome = enroll_many(sequence, [candidate], by=by)
    for person, why in outcome.left_out:
        raise Refused(f"{person.name}: {why}")
    return outcome.started[0]


@dataclass
class Outcome:
    """What became of enrolling many: who started, and why each of the others did not."""

    started: list[Enrollment] = field(default_factory=list)
    left_out: list[tuple[Candidate, str]] = field(default_factory=list)


@transaction.atomic
def enroll_many(sequence: Sequence, candidates: Iterable[Candidate], *, by: User | None) -> Outcome:
    """`enroll` for many people: one refusal holds back nobody else. The number of queries does not grow with theirs."""
    if sequence.status == Sequence.Status.ARCHIVED:
        raise Refused(f"“{sequence.name}” is archived.")
    people = list({person.pk: person for person in candidates}.values())
    outcome, now = Outcome(), timezone.now()
    texts, paths = _texts(sequence), _paths_of(people, sequence)
    new = []
    for person, verdict in zip(people, contact.may_send_many(people, mailbox=sequence.mailbox, at=now), strict=True):
        absent = _absent(texts, sequence, person)
        if verdict.answer == "never":
            outcome.left_out.append((person, verdict.reason))
        elif absent:
            outcome.left_out.append((person, f"no value for {', '.join(absent)}."))
        elif person.pk in paths:
            outcome.left_out.append((person, paths[person.pk]))
        else:
            next_at = send_time(sequence, person, after=max(now, verdict.not_before or now), wait_days=0)
            new.append(
                Enrollment(sequence=sequence, candidate=person, enrolled_by=by, enrolled_at=now, next_at=next_at)
            )
    _store(new, outcome)
    ending.tell(outcome.started, "sequence.enrolled", by)
    return outcome


def _paths_of(people: list[Candidate], sequence: Sequence) -> dict[int, str]:
    """Why those who were on this path before, or are on another one now, do not start."""
    theirs = Enrollment.objects.filter(candidate__in=people)
    elsewhere = theirs.live().exclude(sequence=sequence).values_list("candidate", flat=True)
    before = theirs.filter(sequence=sequence).values_list("candidate", flat=True)
    return dict.fromkeys(elsewhere, ELSEWHERE) | dict.fromkeys(before, f"has already been through “{sequence.name}”.")


def _store(new: list[Enrollment], outcome: Outcome) -> None:
    """The unique indexes settle the race of two recruiters; then each is tried alone, so that the others start."""
    try:
        with transaction.atomic():
            outcome.started += Enrollment.objects.bulk_create(new)
    except IntegrityError:
        if len(new) == 1:
            why = _paths_of([new[0].candidate], new[0].sequence)
            outcome.left_out.append((new[0].candidate, why.get(new[0].candidate_id, ELSEWHERE)))
            return
        for one in new:
            _store([one], outcome)


@transaction.atomic
def take_back_many(ids: Collection[int], *, by: User | None) -> dict[int, str]:
    """Remove paths that were begun by mistake, as if they had never been. Says why the others stay, by id.

    Only where nothing has gone out: what was said cannot be unsaid.
    """
    locked = Enrollment.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("sequence__job")
    paths = {path.pk: path for path in locked.order_by("pk")}
    stay = dict.fromkeys(set(ids) - paths.keys(), GONE)
    left = _left_the_house(paths.values())
    for path in paths.values():
        if path.position or path.pk in left:
            stay[path.pk] = "A step was taken already. Stop the path on the sequence’s page."
        elif path.state not in Enrollment.LIVE:
            stay[path.pk] = f"This path has already ended: {path.get_state_display().lower()}."
    going = [path for path in paths.values() if path.pk not in stay]
    ending.stop_queued(going, by)
    leaving = _left_the_house(going)  # just being handed over: the path ends after it
    stay |= dict.fromkeys(leaving, "A mail was leaving this very second. The path ends after it.")
    ending.end([path for path in going if path.pk in leaving], State.STOPPED, "Taken back by a colleague.", by)
    gone = [path for path in going if path.pk not in leaving]
    Enrollment.objects.filter(pk__in=[path.pk for path in gone]).delete()
    ending.tell(gone, "sequence.taken_back", by)
    return stay


def _left_the_house(paths: Iterable[Enrollment]) -> set[int]:
    """Paths of which a step is on its way or out."""
    keys = {step_key(path): path.pk for path in paths}
    out = Message.objects.filter(dedupe_key__in=list(keys))
    out = out.exclude(status__in=[Message.Status.QUEUED, Message.Status.CANCELLED])
    return {keys[key] for key in out.values_list("dedupe_key", flat=True) if key}


def missing_fields(sequence: Sequence, candidate: Candidate) -> list[str]:
    """Merge fields of any mail of the sequence that have no value for this person, in words."""
    return _absent(_texts(sequence), sequence, candidate)


def _texts(sequence: Sequence) -> list[str]:
    return [step.subject + step.body for step in sequence.steps.all() if step.kind == Step.Kind.MAIL]


def _absent(texts: list[str], sequence: Sequence, candidate: Candidate) -> list[str]:
    values = compose.fields(candidate, by=sequence.owner, job=sequence.job)
    absent = [name for text in texts for name in compose.missing(text, values)]
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


@prepared
def due_paths(limit: int, moment: Given) -> QuerySet[Enrollment, int]:
    """Asked every minute, as is the one below."""
    due = Enrollment.objects.filter(state=State.ACTIVE, next_at__lte=moment, sequence__status=Sequence.Status.LIVE)
    return due.order_by("next_at", "pk").values_list("pk", flat=True)[:limit]


@prepared
def silent_paths(limit: int) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(state=State.ACTIVE, next_at=None).order_by("pk")[:limit]


def _due(limit: int) -> list[int]:
    return due_paths(limit, moment=timezone.now())


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
        ending.end([enrollment], State.BOUNCED, "The mail came back.")
    elif message.status == Message.Status.BLOCKED:
        ending.end([enrollment], State.STOPPED, message.status_note)
    elif message.status in (Message.Status.FAILED, Message.Status.CANCELLED):
        _wait(enrollment, message.status_note or message.get_status_display())


def reconcile(limit: int = 100) -> None:
    """Carry on paths whose step was settled without anybody hearing of it: the worker died in between."""
    by_key = {step_key(enrollment): enrollment for enrollment in silent_paths(limit)}
    if not by_key:
        return
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


# --- Going on --------------------------------------------------------------------------------------------------


@transaction.atomic
def resume(enrollment: Enrollment, *, by: User | None) -> Enrollment:
    """Go on: a paused path with the step it stood at, a waiting one with the step after it."""
    enrollment = ending.lock(enrollment)
    if enrollment.state == State.WAITING:
        _advance(enrollment, at=timezone.now())
        return enrollment
    if enrollment.state != State.PAUSED:
        raise Refused(f"This path is {enrollment.get_state_display().lower()}.")
    _may_be_written_again([enrollment])
    if Message.objects.filter(dedupe_key=step_key(enrollment), status__in=LEFT).exists():
        _advance(enrollment, at=timezone.now())
        return enrollment
    enrollment.state, enrollment.state_note = State.ACTIVE, ""
    enrollment.next_at = send_time(enrollment.sequence, enrollment.candidate, after=timezone.now(), wait_days=0)
    enrollment.save(update_fields=["state", "state_note", "next_at"])
    return enrollment


def _may_be_written_again(paths: Iterable[Enrollment]) -> None:
    """A step that was stopped before it left may be written once more: its message gives up the key."""
    stopped = Message.objects.filter(dedupe_key__in=[step_key(path) for path in paths])
    stopped.filter(status=Message.Status.CANCELLED).update(dedupe_key=None)


@transaction.atomic
def go_on(ended_by: Mapping[int, int], *, by: User | None) -> int:
    """Let paths run again that ended because of an application which was then taken back: candidate to its id. How many.

    Not for people who were in touch since, are in process elsewhere or on another path, or must not be written to any more.
    """
    locked = Enrollment.objects.select_for_update(of=("self",)).filter(candidate__in=ended_by, state=State.APPLIED)
    ended = locked.exclude(sequence__status=Sequence.Status.ARCHIVED).select_related(
        "sequence__job", "sequence__mailbox", "candidate"
    )
    paths = [
        path
        for path in ended.order_by("pk")
        if path.ended_from and path.ended_from["application"] == ended_by[path.candidate_id]
    ]
    again = [path for path, is_free in zip(paths, _free(paths), strict=True) if is_free]
    for path in again:
        before = path.ended_from or {}
        path.state, path.state_note, path.ended_at, path.ended_from = before["state"], before["note"], None, None
        path.next_at = before["next_at"] and dt.datetime.fromisoformat(before["next_at"])
        if path.state == State.ACTIVE and path.next_at is None:  # its step was queued, and stopped
            path.next_at = send_time(path.sequence, path.candidate, after=timezone.now(), wait_days=0)
    _may_be_written_again(path for path in again if path.state == State.ACTIVE)
    ending.keep(again)
    ending.tell(again, "sequence.went_on", by)
    return len(again)


def _in_touch_since(path: Enrollment) -> bool:
    alive = path.candidate.last_sign_of_life_at
    return alive is not None and path.ended_at is not None and alive >= path.ended_at


def _free(paths: list[Enrollment]) -> list[bool]:
    """Whether nothing that happened since speaks against going on, path by path."""
    verdicts = contact.may_send_many([path.candidate for path in paths])
    return [
        verdict.answer != "never"
        and not {finding.rule for finding in verdict.findings} & {"active_application", "other_enrollment"}
        and not _in_touch_since(path)
        for path, verdict in zip(paths, verdicts, strict=True)
    ]


# --- When ------------------------------------------------------------------------------------------------------


def send_time(sequence: Sequence, candidate: Candidate, *, after: dt.datetime, wait_days: int) -> dt.datetime:
    """The first moment inside the sequence's window, in the person's zone, `wait_days` working days after `after`."""
    zone = contact.person_zone(candidate)
    local = after.astimezone(zone)
    day = working_time.days_after(local.date(), wait_days, candidate.country)
    day = working_time.working_day(day, candidate.country)
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
