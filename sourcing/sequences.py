"""Outreach plans: their steps, and whether they run. Nothing leaves before a person has launched one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Job, Mailbox, Message, User
from sourcing.models import Enrollment, Sequence, Step

Status = Sequence.Status


@dataclass(frozen=True)
class StepText:
    """A step as written in the editor. `wait_days` are business days after the step before."""

    kind: str
    wait_days: int
    subject: str
    body: str


@transaction.atomic
def create(*, name: str, owner: User, mailbox: Mailbox, job: Job | None = None, **settings: Any) -> Sequence:
    """Start a draft. Raises Refused when the name is taken."""
    try:
        with transaction.atomic():
            return Sequence.objects.create(
                name=name.strip(), owner=owner, mailbox=mailbox, job=job, created_at=timezone.now(), **settings
            )
    except IntegrityError as error:
        raise Refused(f"There is already a sequence called “{name.strip()}”.") from error


@transaction.atomic
def write_steps(sequence: Sequence, steps: list[StepText]) -> Sequence:
    """Replace the steps. Those somebody has already passed stay as they were: what was sent is history."""
    sequence = Sequence.objects.select_for_update(of=("self",)).get(pk=sequence.pk)
    problems = step_problems(steps)
    if problems:
        raise Refused(problems[0])
    passed = max(sequence.enrollments.values_list("position", flat=True), default=0)
    before = list(sequence.steps.all())
    for position, (old, new) in enumerate(zip(before, steps, strict=False)):
        if position < passed and StepText(old.kind, old.wait_days, old.subject, old.body) != new:
            raise Refused(
                f"Step {position + 1} has already been sent to people. Change the later steps, or start a new sequence."
            )
    if len(steps) < passed:
        raise Refused(f"{passed} steps have already been sent to people and stay.")
    sequence.steps.filter(position__gte=len(steps)).delete()
    for position, text in enumerate(steps):
        Step.objects.update_or_create(
            sequence=sequence,
            position=position,
            defaults={"kind": text.kind, "wait_days": text.wait_days, "subject": text.subject, "body": text.body},
        )
    return sequence


@dataclass(frozen=True)
class Sample:
    """A step as an invented person would read it."""

    kind: str
    wait_days: int
    subject: str
    body: str


def samples(steps: Iterable[StepText | Step], *, owner: User, job: Job | None) -> list[Sample]:
    """Every step filled in for an invented person; what is not a field stays as it is written."""
    values = compose.sample(by=owner, job=job)
    return [
        Sample(step.kind, step.wait_days, compose.fill(step.subject, values), compose.fill(step.body, values))
        for step in steps
    ]


def step_problems(steps: list[StepText]) -> list[str]:
    """What stands in the way of these steps, one sentence each, naming the step."""
    problems = []
    for number, step in enumerate(steps, start=1):
        if not step.body.strip():
            problems.append(f"Step {number} says nothing yet.")
        if step.kind != Step.Kind.MAIL:
            continue
        first_mail = all(earlier.kind != Step.Kind.MAIL for earlier in steps[: number - 1])
        if first_mail and not step.subject.strip():
            problems.append(f"Step {number} is the first mail and needs a subject.")
        unknown = [name for name in compose.FIELD.findall(step.subject + step.body) if name not in compose.MERGE_FIELDS]
        if unknown:
            problems.append(f"Step {number} uses {{{{ {unknown[0]} }}}}, which is not a field we can fill in.")
    return problems


@transaction.atomic
def launch(sequence: Sequence, *, by: User | None) -> Sequence:
    """Let it run: whoever is enrolled gets the first step when it is due."""
    sequence = Sequence.objects.select_for_update(of=("self",)).get(pk=sequence.pk)
    if sequence.status == Status.ARCHIVED:
        raise Refused("An archived sequence does not run again. Copy its steps into a new one.")
    if not sequence.steps.exists():
        raise Refused("Write at least one step before launching.")
    sequence.status = Status.LIVE
    sequence.save(update_fields=["status"])
    under_way = sequence.enrollments.filter(state=Enrollment.State.ACTIVE, next_at=None).values_list("pk", "position")
    held = Message.objects.queued().filter(dedupe_key__in=[f"step:{pk}:{position}" for pk, position in under_way])
    held.update(not_before=timezone.now())  # what waited for the launch leaves with it, if the policy agrees
    return sequence


@transaction.atomic
def pause(sequence: Sequence, *, by: User | None) -> Sequence:
    """Nothing leaves until it is launched again, what is already queued included: the contact policy holds it."""
    sequence = Sequence.objects.select_for_update(of=("self",)).get(pk=sequence.pk)
    if sequence.status != Status.LIVE:
        raise Refused(f"This sequence is {sequence.get_status_display().lower()}.")
    sequence.status = Status.PAUSED
    sequence.save(update_fields=["status"])
    return sequence


@transaction.atomic
def archive(sequence: Sequence, *, by: User | None) -> Sequence:
    """Put a sequence away. Raises Refused while people are still on their way through it."""
    sequence = Sequence.objects.select_for_update(of=("self",)).get(pk=sequence.pk)
    if sequence.enrollments.filter(state__in=Enrollment.LIVE).exists():
        raise Refused("People are still on their way through this sequence. Stop them first.")
    sequence.status = Status.ARCHIVED
    sequence.save(update_fields=["status"])
    return sequence
