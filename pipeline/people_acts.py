"""Adding many people to a job at once, and what an export says about applications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import QueryDict

from hiring import access, bulk
from hiring.bulk import Deed, Params
from hiring.errors import Refused
from hiring.exports import Column, register_column
from hiring.models import Candidate, Job, User
from pipeline import moves
from pipeline.models import Application, Stage


def jobs(user: User) -> QuerySet[Job]:
    """The jobs this user may add people to."""
    return Job.objects.filter(access.jobs_movable_by(user)).exclude(status=Job.Status.CLOSED)


def _choices(user: User) -> list[bulk.Choice]:
    named = jobs(user).order_by("title", "pk").values_list("pk", "title", "requisition_id")
    return [(str(pk), f"{title} ({number})") for pk, title, number in named[:200]]


def _read(posted: QueryDict, value: str, user: User) -> Params:
    job = jobs(user).filter(pk=int(value)).first() if value.isdecimal() and len(value) < 19 else None
    if job is None:
        raise Refused("Choose a job.")
    stage = _lead(job)
    if stage is None:
        raise Refused(f"{job.title} has no stages yet.")
    return {"job": job.pk, "stage": stage.pk, "name": job.title}


def _lead(job: Job) -> Stage | None:
    """We found them: they start as leads where the job has such a stage."""
    stages = list(job.stages.exclude(kind=Stage.Kind.HIRED))
    return next((stage for stage in stages if stage.kind == Stage.Kind.LEAD), stages[0] if stages else None)


def _add(deed: Deed) -> None:
    job = jobs(deed.by).filter(pk=deed.params["job"]).first()
    stage = Stage.objects.filter(pk=deed.params["stage"], job=job).first()
    if job is None or stage is None:
        deed.leave_out_rest("The job is closed, or no longer yours to add people to.")
        return
    active = Application.objects.filter(job=job, status=Application.Status.ACTIVE, candidate__in=deed.ids)
    for pk in active.values_list("candidate", flat=True):
        deed.already(pk, "Is in this job’s pipeline.")
    for application in moves.open_many(deed.ids, job, stage, by=deed.by, act=deed.act.pk):
        deed.done(application.candidate_id, application=application.pk)


def _take_back(deed: Deed) -> None:
    """One by one: each is looked at for what happened since."""
    ids = [kept["application"] for kept in deed.kept.values() if "application" in kept]
    found = Application.objects.for_card().filter(pk__in=ids).in_bulk()
    for pk in deed.ids:
        application = found.get(deed.kept[pk].get("application", 0))
        if application is None or application.candidate_id != pk:
            deed.leave_out(pk, "This application is gone.")
            continue
        try:
            moves.take_back(application, by=deed.by)
        except Refused as refused:
            deed.leave_out(pk, refused.sentence)
        else:
            deed.done(pk)


def in_process(user: User, people: Sequence[Candidate]) -> dict[int, str]:
    """Where each of them stands, in the jobs this user sees."""
    active = Application.objects.visible_to(user).active().filter(candidate__in=people).order_by("-entered_stage_at")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, job, stage in active.values_list("candidate", "job__title", "stage__name"):
        found[pk].append(f"{job}: {stage}")
    return {pk: "; ".join(said) for pk, said in found.items()}


register_column(Column("in_process", "In process", in_process, 50))
bulk.register(
    bulk.Kind(
        key="job",
        label="Add to job",
        icon="briefcase",
        field="Job",
        may=access.can_add_candidates,
        read=_read,
        title=lambda params: f"Add to {params['name']}",
        said="Added {people} to {what}.",
        do=_add,
        undo=_take_back,
        choices=_choices,
        button="Add to job",
        asks_later=True,
        order=40,
    )
)
