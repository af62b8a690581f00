"""What sourcing hears: signs of life, suppression, settled steps, applications; and what it tells the contact policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import access, contact, events, frame, health, jobs_panels
from hiring.models import Candidate, Job, Message, User
from hiring.prepared import Given, prepared
from pipeline import holding
from pipeline.events import applications_opened, applications_taken_back
from pipeline.models import Application
from sourcing import (  # most register themselves
    bulk,  # noqa: F401
    ending,
    facets,  # noqa: F401
    merging,  # noqa: F401
    models,
    origins,  # noqa: F401
    outreach,
    panels,  # noqa: F401
    search_fields,  # noqa: F401
    segment_field,  # noqa: F401
    sequences,
    timeline,  # noqa: F401
    today,  # noqa: F401
    touches,  # noqa: F401
    warming,  # noqa: F401
)
from sourcing.agencies import door  # noqa: F401 - says whether mail to agencies may leave
from sourcing.community import door as community_door  # noqa: F401 - likewise for mail to whoever asked to be kept in mind
from sourcing.imports import (
    finding,  # noqa: F401 - the field `import:` of queries
    keeping,
)
from sourcing.job_alerts import door as job_alert_door  # noqa: F401 - says whether its mail may leave, and how one leaves
from sourcing.mailed import arriving  # noqa: F401 - takes mail for the address for résumés
from sourcing.models import Enrollment
from sourcing.referrals import handling, sharing

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
    ending.freeze([candidate.pk], state, note)


def _suppressed(sender: Any, candidate: Candidate, reason: str, **kwargs: Any) -> None:
    state, note = SUPPRESSED.get(reason, (State.STOPPED, "Not to be contacted."))
    ending.freeze([candidate.pk], state, note)


def _document_removed(sender: Any, candidate: Candidate, **kwargs: Any) -> None:
    """Nothing of a deleted file waits in the archive of an import that still runs."""
    keeping.forget_files_of(candidate.pk)


def _applied(sender: Any, applications: Sequence[Application], job: Job, **kwargs: Any) -> None:
    ended_by = {one.candidate_id: one.pk for one in applications}
    where = "another job" if job.confidential else job.title  # whoever sources reads it, the job's team or not
    ending.freeze(list(ended_by), State.APPLIED, f"Now in process for {where}.", applications=ended_by)
    handling.join(applications, job)
    sharing.credit(applications, job)


def _taken_back(sender: Any, applications: Sequence[Application], by: User | None, **kwargs: Any) -> None:
    handling.part(applications)
    outreach.go_on({one.candidate_id: one.pk for one in applications}, by=by)


def _settled(sender: Any, message: Message, **kwargs: Any) -> None:
    if message.purpose == "step":
        outreach.step_settled(message)


def sequence_runs(candidates: Sequence[int], at: dt.datetime, enrollment_id: int | None) -> dict[int, contact.Finding]:
    """A step written before its sequence was paused waits until somebody launches it again."""
    if enrollment_id is None:
        return {}
    found = Enrollment.objects.filter(pk=enrollment_id).values_list("sequence__name", "sequence__status").first()
    if found is None or found[1] == models.Sequence.Status.LIVE:
        return {}
    paused = contact.Finding("sequence_runs", "wait", f"The sequence “{found[0]}” is paused.", short="sequence paused")
    return dict.fromkeys(candidates, paused)


@prepared
def others_of(candidates: Given, apart_from: Given) -> QuerySet[Enrollment, tuple[int, str, str, bool | None]]:
    """The one live path of each of these people."""
    others = Enrollment.objects.live().filter(candidate__any=candidates).exclude(pk=apart_from)
    named = others.order_by("-pk")
    return named.values_list("candidate", "sequence__name", "sequence__owner__full_name", "sequence__job__confidential")


def other_enrollment(
    candidates: Sequence[int], at: dt.datetime, enrollment_id: int | None
) -> dict[int, contact.Finding]:
    """The contact policy's question: is another sequence writing to these people?"""
    found = {}
    for pk, name, owner, is_secret in others_of(candidates=list(candidates), apart_from=enrollment_id or 0):
        said = f"In a sequence of {owner}." if is_secret else f"In the sequence “{name}” of {owner}."
        found[pk] = contact.Finding("other_enrollment", "wait", said, short="in another sequence")
    return found


def sequences_for(job: Job) -> list[holding.Thing]:
    """Outreach for a job that a hold leaves running."""
    return [
        holding.Thing(
            f"“{one.name}” of {one.owner} writes to people about this job.", reverse("sourcing:sequence", args=[one.pk])
        )
        for one in _live(job).select_related("owner")
    ]


def pause_sequences(job: Job, by: User) -> int:
    return len([sequences.pause(one, by=by) for one in _live(job)])


def _live(job: Job) -> QuerySet[models.Sequence]:
    return models.Sequence.objects.filter(job=job, status=models.Sequence.Status.LIVE).order_by("pk")


def waiting_for_a_person(user: User) -> int:
    return Enrollment.objects.filter(state=State.WAITING, sequence__owner=user).count()


holding.going_on["sequences"] = holding.GoingOn(
    "Sequences", "They go on writing to people about a job nobody can apply for.", sequences_for,
    "Pause these sequences", pause_sequences,
)  # fmt: skip
events.sign_of_life.connect(_alive, dispatch_uid="sourcing_alive")
events.candidate_suppressed.connect(_suppressed, dispatch_uid="sourcing_suppressed")
events.document_removed.connect(_document_removed, dispatch_uid="sourcing_document_removed")
events.message_settled.connect(_settled, dispatch_uid="sourcing_settled")
applications_opened.connect(_applied, dispatch_uid="sourcing_applied")
applications_taken_back.connect(_taken_back, dispatch_uid="sourcing_taken_back")
contact.guards["other_enrollment"] = other_enrollment
contact.rests_on["other_enrollment"] = "enrollments"
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
