"""What sourcing hears: signs of life, suppression, settled steps, applications; and what it tells the contact policy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from hiring import access, contact, events, frame, health, jobs_panels
from hiring.models import Candidate, Message, User
from hiring.prepared import Given, prepared
from pipeline.events import application_opened
from pipeline.models import Application
from sourcing import bulk, facets, merging, origins, outreach, panels, search_fields, segment_field, timeline, today  # noqa: F401 - the others register themselves
from sourcing.mailed import arriving  # noqa: F401 - takes mail for the address for résumés
from sourcing.models import Enrollment, Sequence
from sourcing.referrals import handling

State = Enrollment.State
ALIVE = {"replied": (State.REPLIED, "Replied."), "applied": (State.APPLIED, "Applied.")}
SUPPRESSED = {
    "unsubscribe": (State.UNSUBSCRIBED, "Unsubscribed."),
    "complaint": (State.UNSUBSCRIBED, "Reported a message as spam."),
    "objection": (State.UNSUBSCRIBED, "Objected to being contacted."),
    "hard_bounce": (State.BOUNCED, "The address does not exist."),
}


def _alive(sender: Any, candidate: Candidate, kind: str, **kwargs: Any) -> None:
    """Invariant 4: whatever the person did, automated outreach ends here."""
    state, note = ALIVE.get(kind, (State.STOPPED, f"In touch: {kind.replace('_', ' ')}."))
    outreach.freeze(candidate, state, note)


def _suppressed(sender: Any, candidate: Candidate, reason: str, **kwargs: Any) -> None:
    state, note = SUPPRESSED.get(reason, (State.STOPPED, "Not to be contacted."))
    outreach.freeze(candidate, state, note)


def _applied(sender: Any, application: Application, **kwargs: Any) -> None:
    outreach.freeze(application.candidate, State.APPLIED, f"Now in process for {application.job.title}.")
    handling.join(application)


def _settled(sender: Any, message: Message, **kwargs: Any) -> None:
    if message.purpose == "step":
        outreach.step_settled(message)


def sequence_runs(candidate: Candidate, at: dt.datetime, enrollment_id: int | None) -> contact.Finding | None:
    """A step written before its sequence was paused waits until somebody launches it again."""
    if enrollment_id is None:
        return None
    found = Enrollment.objects.filter(pk=enrollment_id).values_list("sequence__name", "sequence__status").first()
    if found is None or found[1] == Sequence.Status.LIVE:
        return None
    return contact.Finding("sequence_runs", "wait", f"The sequence “{found[0]}” is paused.", short="sequence paused")


@prepared
def others_of(candidate: Given, apart_from: Given) -> QuerySet[Enrollment, tuple[str, str]]:
    others = Enrollment.objects.live().filter(candidate=candidate).exclude(pk=apart_from)
    return others.order_by("pk").values_list("sequence__name", "sequence__owner__full_name")[:1]


def other_enrollment(candidate: Candidate, at: dt.datetime, enrollment_id: int | None) -> contact.Finding | None:
    """The contact policy's question: is another sequence writing to this person?"""
    other = others_of.first(candidate=candidate.pk, apart_from=enrollment_id or 0)
    if other is None:
        return None
    reason = f"In the sequence “{other[0]}” of {other[1]}."
    return contact.Finding("other_enrollment", "wait", reason, short="in another sequence")


def waiting_for_a_person(user: User) -> int:
    return Enrollment.objects.filter(state=State.WAITING, sequence__owner=user).count()


events.sign_of_life.connect(_alive, dispatch_uid="sourcing_alive")
events.candidate_suppressed.connect(_suppressed, dispatch_uid="sourcing_suppressed")
events.message_settled.connect(_settled, dispatch_uid="sourcing_settled")
application_opened.connect(_applied, dispatch_uid="sourcing_applied")
contact.guards["other_enrollment"] = other_enrollment
contact.guards["sequence_runs"] = sequence_runs
jobs_panels.tabs.append(
    jobs_panels.Tab(40, "sourcing", "Sourcing", "sourcing:people_for_job", lambda user, job: access.can_source(user))
)
frame.counts["sequences"] = waiting_for_a_person


def oldest_step() -> dt.datetime | None:
    """For /readyz: since when the longest waiting step of a live sequence has been due."""
    due = Enrollment.objects.filter(state=State.ACTIVE, sequence__status="live", next_at__lte=timezone.now())
    return due.order_by("next_at", "id").values_list("next_at", flat=True).first()


health.due["enrollments"] = oldest_step
