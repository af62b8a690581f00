"""Taking an application over to another job: it goes on there as a new one, and the old one keeps its history.

What goes along is what the person gave: answers and the questions they answer, résumé, source, first and last touch, the day
they applied, and what was filled into fields. What was done stays where it was done: stages, interviews, scorecards, notes,
mail. Both are tied together, so each page leads to the other. Interviews ahead and open offers are settled first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job
from pipeline import entering, moves
from pipeline.models import Application, ApplicationValue, Stage, Transfer

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from hiring.models import Candidate, User

holders: list[Callable[[Collection[int]], dict[int, str]]] = []
"""What floors above have open on applications: ids in, why one cannot leave its job by id out, in a sentence with {name}."""


def in_the_way(application: Application) -> str:
    """Why this application cannot leave its job now; empty when it can."""
    return held([application.pk]).get(application.pk, "").replace("{name}", application.candidate.name)


def held(ids: Collection[int]) -> dict[int, str]:
    """Those of these applications that cannot leave their job now, each with the reason, in a sentence with {name}."""
    found: dict[int, str] = {}
    for ask in reversed(holders):
        found |= ask(ids)
    return found


def stage_for(application: Application, job: Job) -> Stage | None:
    """Where they start on the other job: in a stage of the kind they stand in now, else None, its first one."""
    same = job.stages.standing().filter(kind=application.stage.kind).exclude(kind=Stage.Kind.HIRED)
    return same.order_by("position").first()


def jobs_of(candidate: Candidate) -> QuerySet[Application, int]:
    """The jobs a person is active in already."""
    return Application.objects.active().filter(candidate=candidate).values_list("job", flat=True)


@transaction.atomic
def transfer(
    application: Application, job: Job, *, by: User | None, stage: Stage | None = None, seen: Stage | None = None
) -> Application:
    """Take an active application over to `job`, into `stage` or one like it has now. Returns the application it goes on as."""
    application = entering.lock(application)
    if seen is not None and (seen.pk != application.stage_id or not application.is_active):
        raise Refused(moves.who_was_first(application))
    if not application.is_active:
        raise Refused(moves.no_longer_active(application))
    if job.pk == application.job_id:
        raise Refused(f"{application.candidate.name} is in {job.title} already.")
    if why := in_the_way(application):
        raise Refused(why)
    opened = moves.open_application(
        application.candidate,
        job,
        by=by,
        stage=stage or stage_for(application, job),
        source=application.source,
        resume=application.resume,
        at=application.applied_at,
        origin=application.origin,
        questions=application.questions,
        answers=application.answers,
        reviewed_at=application.reviewed_at,
    )
    Transfer.objects.create(left=application, opened=opened, by=by, at=timezone.now())
    _copy_fields(application, opened)
    moves.give_way(application, by=by, reason="transferred", went_on=opened.pk)
    return opened


@transaction.atomic
def undo(opened: Application, *, by: User | None) -> Application:
    """Bring an application back to the job it was taken from, as long as nobody has worked on it where it went."""
    made = Transfer.objects.select_for_update(of=("self",)).select_related("left__job").filter(opened=opened).first()
    if made is None:
        raise Refused("This application was not taken over from another job.")
    left = made.left
    if moves.hold_job(left.job_id) == Job.Status.CLOSED:
        raise Refused(f"{left.job.title} is closed meanwhile.")
    was_new = opened.reviewed_at is None
    made.delete()
    moves.take_back(opened, by=by, looked_at=left.reviewed_at)
    left = moves.stand_again(left, by=by, reason="transfer_undone")
    if was_new:  # only the transfer itself was a look at it
        left.reviewed_at = None
        left.save(update_fields=["reviewed_at"])
    return left


def _copy_fields(application: Application, opened: Application) -> None:
    copies = []
    for value in ApplicationValue.objects.filter(application=application):
        value.pk, value.application = None, opened
        value._state.adding = True
        copies.append(value)
    ApplicationValue.objects.bulk_create(copies)
