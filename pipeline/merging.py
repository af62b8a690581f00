"""What a merge of two records does to applications: one that is active for a job, the one further along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from hiring import merging
from hiring.models import Candidate, User
from pipeline import moves
from pipeline.models import Application

LABEL = "pipeline.Application"


def settle(deed: merging.Merge) -> None:
    """Of two active applications for one job the one in the later stage goes on, the survivor's where both stand equal."""
    active = Application.objects.active().select_related("stage").order_by("pk")
    mine = {application.job_id: application for application in active.filter(candidate=deed.survivor)}
    for theirs in active.filter(candidate=deed.other, job__in=mine):
        own = mine[theirs.job_id]
        gives_way = own if theirs.stage.position > own.stage.position else theirs
        with deed.watching(gives_way):
            moves.give_way(gives_way, by=deed.by)


def part_again(
    survivor: Candidate, other: Candidate, row: models.Model, before: Mapping[str, Any], by: User | None
) -> None:
    """What gave way stands again, unless the person has applied to the job once more since."""
    if not isinstance(row, Application):
        raise TypeError("This takes back changes of applications.")
    if before.get("status") != Application.Status.ACTIVE or row.status != Application.Status.CONVERTED:
        return
    if not Application.objects.active().filter(candidate=row.candidate_id, job=row.job_id).exists():
        moves.stand_again(row, by=by)


def jobs_that_leave(survivor: Candidate, leaving: Mapping[str, set[int]]) -> set[int]:
    """The jobs only the other person applied to: notes and mail about them are about that person."""
    theirs = leaving.get(LABEL, set())
    stay = Application.objects.filter(candidate=survivor).exclude(pk__in=theirs).values("job")
    return set(Application.objects.filter(pk__in=theirs).exclude(job__in=stay).values_list("job", flat=True))


merging.moves_freely.add("pipeline.AssistantDraft")
merging.movers[LABEL] = settle
merging.undoers[LABEL] = part_again
merging.jobs_that_leave.append(jobs_that_leave)
