"""What a sequence brought, step by step. Each number counts messages or people by the rule its docstring states."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, IntegerField, Q, Value
from django.db.models.functions import Cast, StrIndex, Substr

from hiring.models import Message
from sourcing.models import Enrollment, Sequence, Step


@dataclass(frozen=True)
class StepFigures:
    """`sent`: messages of this step that left. `replied`, `bounced`, `unsubscribed`: people whose path ended so at this step."""

    step: Step
    sent: int
    waiting: int
    replied: int
    bounced: int
    unsubscribed: int


def of_steps(sequence: Sequence) -> list[StepFigures]:
    """Three queries, whatever the number of people."""
    steps = list(sequence.steps.all())
    ended = {
        (row["position"], row["state"]): row["n"]
        for row in sequence.enrollments.values("position", "state").annotate(n=Count("pk")).order_by()
    }
    sent = _messages_by_step(sequence)
    state = Enrollment.State

    def at(position: int, *states: str) -> int:
        return sum(ended.get((position, value), 0) for value in states)

    return [
        StepFigures(
            step=step,
            sent=sent.get(step.position, (0, 0))[0],
            waiting=sent.get(step.position, (0, 0))[1],
            # A path that ended after step n has moved on to position n + 1.
            replied=at(step.position + 1, state.REPLIED),
            bounced=at(step.position + 1, state.BOUNCED) + at(step.position, state.BOUNCED),
            unsubscribed=at(step.position + 1, state.UNSUBSCRIBED),
        )
        for step in steps
    ]


def _messages_by_step(sequence: Sequence) -> dict[int, tuple[int, int]]:
    """Position to (left, still queued), read from the keys `step:<enrollment>:<position>` of this sequence's people."""
    people = sequence.enrollments.values("candidate")
    rows = (
        Message.objects.filter(candidate__in=people, purpose="step", dedupe_key__startswith="step:")
        .annotate(rest=Substr("dedupe_key", 6))
        .annotate(
            enrollment=Cast(Substr("rest", 1, StrIndex("rest", Value(":")) - 1), IntegerField()),
            position=Cast(Substr("rest", StrIndex("rest", Value(":")) + 1), IntegerField()),
        )
        .filter(enrollment__in=sequence.enrollments.values("pk"))
        .values("position")
        .annotate(
            left=Count("pk", filter=Q(status__in=[Message.Status.SENT, Message.Status.BOUNCED])),
            queued=Count("pk", filter=Q(status__in=[Message.Status.QUEUED, Message.Status.SENDING])),
        )
        .order_by()
    )
    return {row["position"]: (row["left"], row["queued"]) for row in rows}
