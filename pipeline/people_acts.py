"""Adding many people to a job at once, and what an export says about applications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.http import QueryDict

from hiring import access, bulk, custom_fields
from hiring.bulk import Deed, Params
from hiring.bulk_declared import OneOf, taking_back
from hiring.errors import Refused
from hiring.exports import Column, more_columns, register_column
from hiring.models import Candidate, Job, User
from pipeline import entering, starting
from pipeline.models import Application, Stage

OF_APPLICATIONS = "application."
"""Begins the keys of columns about each of a person's applications; a table of applications has such columns itself."""


def jobs(user: User) -> QuerySet[Job]:
    """The jobs this user may add people to."""
    return Job.objects.filter(access.jobs_movable_by(user)).exclude(status=Job.Status.CLOSED)


JOBS = OneOf("job", jobs, "Choose a job.", label="title")


def _choices(user: User) -> list[bulk.Choice]:
    named = jobs(user).order_by("title", "pk").values_list("pk", "title", "requisition_id")
    return [(str(pk), f"{title} ({number})") for pk, title, number in named[:200]]


def _read(posted: QueryDict, value: str, user: User) -> Params:
    params = JOBS.read(posted, value, user)
    stage = _lead(params["job"])
    if stage is None:
        raise Refused(f"{params['name']} has no stages yet.")
    job = jobs(user).get(pk=params["job"])
    # The act's title is read by administrators and in histories, whose readers need not be on the job's team.
    name = f"a confidential job ({job.requisition_id})" if job.confidential else job.title
    return {**params, "name": name, "stage": stage.pk}


def _lead(job: int) -> Stage | None:
    """We found them: they start as leads where the job has such a stage."""
    stages = list(Stage.objects.standing().filter(job=job).exclude(kind=Stage.Kind.HIRED))
    return next((stage for stage in stages if stage.kind == Stage.Kind.LEAD), stages[0] if stages else None)


def _add(deed: Deed) -> None:
    job = JOBS.find(deed.by, deed.params["job"])
    stage = Stage.objects.filter(pk=deed.params["stage"], job=job).first()
    if job is None or stage is None:
        deed.leave_out_rest("The job is closed, or no longer yours to add people to.")
        return
    for application in starting.open_many(deed.people, job, stage, by=deed.by, act=deed.act.pk):
        deed.done(application.candidate_id, application=application.pk)
    for pk in deed.ids:
        deed.already(pk, "Is in this job’s pipeline.")


def in_process(user: User, people: Sequence[Candidate]) -> dict[int, str]:
    """Where each of them stands, in the jobs this user sees."""
    active = Application.objects.visible_to(user).active().filter(candidate__in=people).order_by("-entered_stage_at")
    found: dict[int, list[str]] = defaultdict(list)
    for pk, job, stage in active.values_list("candidate", "job__title", "stage__name"):
        found[pk].append(f"{job}: {stage}")
    return {pk: "; ".join(said) for pk, said in found.items()}


def own_fields(user: User) -> Iterable[Column]:
    """Custom fields of applications, those this user may see."""
    named = custom_fields.columns("application", user)
    return [_own_field(key, name, place) for place, (key, name) in enumerate(named)]


def _own_field(key: str, name: str, place: int) -> Column:
    def values(asking: User, people: Sequence[Candidate]) -> dict[int, str]:
        """What is filled in on each application the user sees, with its job, the newest first."""
        seen = Application.objects.visible_to(asking).filter(candidate__in=people).order_by("-applied_at", "-pk")
        rows = list(seen.values_list("pk", "candidate", "job__title"))
        filled = custom_fields.values_of("application", [pk for pk, _, _ in rows], asking)
        said: dict[int, list[str]] = defaultdict(list)
        for pk, person, job in rows:
            said[person] += [f"{job}: {one.words}" for one in filled.get(pk, ()) if f"cf.{one.field.key}" == key]
        return {person: "; ".join(lines) for person, lines in said.items()}

    label = f"{name} (applications)"
    return Column(f"{OF_APPLICATIONS}{key}", label, values, 300 + place, may=access.can_add_candidates)


register_column(Column("in_process", "In process", in_process, 50))
more_columns.append(own_fields)
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
        undo=taking_back("application", Application, starting.take_back_many, entering.GONE),
        choices=_choices,
        button="Add to job",
        asks_later=True,
        order=40,
        columns=("name", "source"),
    )
)
