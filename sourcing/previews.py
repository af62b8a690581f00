"""The steps of a sequence as one person would get them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hiring.mail import compose
from hiring.models import Candidate
from sourcing.models import Sequence, Step
from sourcing.outreach import send_time


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
