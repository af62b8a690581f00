"""For which jobs the assistant may be asked: none, until somebody with the right says so on the job, for the server as it is then."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from pipeline.assistant import server
from pipeline.models import AssistantDraft, AssistantSwitch

OFF = "The writing assistant is switched off for this job."


def newest(job: Job) -> AssistantSwitch | None:
    return AssistantSwitch.objects.filter(job=job).select_related("by").first()


def is_on(job: Job) -> bool:
    """Whether texts of this job may be sent to the server there is now."""
    if not server.is_set_up():
        return False
    switch = newest(job)
    return switch is not None and switch.is_on and switch.host == server.host()


def among(job_ids: set[int]) -> set[int]:
    """Those of these jobs for which it is on: one query, none where there is no assistant."""
    if not job_ids or not server.is_set_up():
        return set()
    newest_rows = AssistantSwitch.objects.filter(job__in=job_ids).order_by("job", "-id").distinct("job")
    return {row.job_id for row in newest_rows if row.is_on and row.host == server.host()}


@transaction.atomic
def switch(job: Job, *, on: bool, by: User) -> AssistantSwitch:
    """Say for a job that its texts may go to the language model, or no longer. Off at once: what waits is not sent."""
    if on and not server.is_set_up():
        raise Refused("No language model is set up. An administrator does that with ASSISTANT_URL.")
    now = timezone.now()
    made = AssistantSwitch.objects.create(job=job, is_on=on, host=server.host() if on else "", by=by, at=now)
    if not on:
        waiting = AssistantDraft.objects.waiting().filter(Q(job=job))
        waiting.update(state=AssistantDraft.State.FAILED, trouble="switched_off", problem=OFF, answered_at=now)
    return made
