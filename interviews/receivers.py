"""What this app hears from the floors below, and what it tells them about itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from hiring import access, access_explained, job_templates
from hiring.events import job_created
from hiring.mail.inbound import calendar_handlers
from hiring.models import Job, JobTemplate, User
from interviews import (  # noqa: F401  (panels and today register themselves)
    answers,
    followed,
    panels,
    plan,
    scheduling,
    table_columns,
    today,
)
from interviews.models import Interview, InterviewQuerySet, Seat
from pipeline import closing, holding, transfer
from pipeline.blind import whom
from pipeline.events import application_closed, stage_gave_way, stage_stands_again, stages_made
from pipeline.models import Application, Stage
from pipeline.outlook import next_steps


@receiver(stages_made, dispatch_uid="interviews.make_kits")
@receiver(job_created, dispatch_uid="interviews.make_kits_of_new_job")
def make_kits(sender: object, *, job: Job, template: JobTemplate | None = None, **kwargs: Any) -> None:
    """A new job gets its kits as soon as it has stages; whichever signal comes with them, the second finds its work done."""
    plan.copy_from(template or job.template, job)


@receiver(stage_gave_way, dispatch_uid="interviews.move_kits")
def move_kits(sender: object, *, stage: Stage, to: Stage, **kwargs: Any) -> None:
    """The interviews of a stage that leaves the plan belong to the one its people went to."""
    plan.move_kits(stage, to)


@receiver(stage_stands_again, dispatch_uid="interviews.bring_kits_back")
def bring_kits_back(sender: object, *, stage: Stage, **kwargs: Any) -> None:
    """And they come back with the stage, but for those that somebody put elsewhere since."""
    plan.bring_back_kits(stage)


@receiver(application_closed, dispatch_uid="interviews.call_off_withdrawn")
def call_off_withdrawn(sender: object, *, application: Application, by: User | None, **kwargs: Any) -> None:
    """Who withdraws is not interviewed any more. After a rejection a person decides: the mail about it may still wait."""
    if application.status != Application.Status.WITHDRAWN:
        return
    ahead = application.interviews.live().filter(starts_at__gt=timezone.now())
    for interview in ahead.order_by("pk"):
        scheduling.cancel(interview, by=by)


def candidates_interviewed_by(user: User) -> Q:
    """An interviewer may see the people they meet."""
    return Q(pk__in=Seat.objects.live().filter(user=user.pk).values("interview__application__candidate"))


def interviews_in_the_way(job: Job) -> list[closing.Obstacle]:
    """Interviews that are still ahead: somebody holds them, or calls them off."""
    return [
        closing.Obstacle(
            f"{one.application.candidate.name} has an interview ahead: {one.title}. Hold it, or call it off first.",
            reverse("interviews:interview", args=[one.pk]),
        )
        for one in _ahead(job).for_row()
    ]


def booked_for(application: int) -> list[closing.Obstacle]:
    """Interviews of one person that a no leaves as they are."""
    ahead = Interview.objects.live().filter(application=application, ends_at__gt=timezone.now()).order_by("starts_at")
    return [
        closing.Obstacle(
            f"{one.title} on {one.starts_at:%-d %B} stays booked, and everybody invited expects it. Call it off.",
            reverse("interviews:interview", args=[one.pk]),
        )
        for one in ahead
    ]


def booked(job: Job) -> list[holding.Thing]:
    """Interviews a hold leaves as they are, the next first."""
    return [
        holding.Thing(
            f"{one.application.candidate.name}: {one.title}, {one.starts_at:%-d %B}.",
            reverse("interviews:interview", args=[one.pk]),
        )
        for one in _ahead(job).for_row()
    ]


def call_off(job: Job, by: User) -> int:
    """Everybody booked ahead gets the mail that it does not take place. How many."""
    return len([scheduling.cancel(one, by=by) for one in _ahead(job)])


def _ahead(job: Job) -> InterviewQuerySet:
    ahead = Interview.objects.live().filter(application__job=job, starts_at__gt=timezone.now())
    return ahead.order_by("starts_at", "pk")


def holds(applications: Collection[int]) -> dict[int, str]:
    """An interview ahead belongs to the job it was planned for."""
    ahead = Interview.objects.live().filter(application__in=applications, starts_at__gt=timezone.now())
    return {
        pk: f"{{name}} has an interview ahead: {title}. Hold it, or call it off first."
        for pk, title in ahead.order_by("-starts_at").values_list("application", "title")
    }


def interview_ahead() -> Q:
    return Q(Exists(Interview.objects.live().filter(application=OuterRef("pk"), ends_at__gt=timezone.now())))


def scorecard_due() -> Q:
    """The interview is over, and somebody has not said what they think."""
    return Q(Exists(Seat.objects.due().filter(interview__application=OuterRef("pk"))))


def people_one_sits_with(user: User) -> QuerySet[Seat, int]:
    """Whoever has, or had, a seat in an interview was told whom they meet."""
    return Seat.objects.filter(user=user.pk).values_list("interview__application__candidate", flat=True)


def seats_by_name(user: User, jobs: Collection[int]) -> dict[int, list[str]]:
    """For the page that explains access: a seat shows the person and the job's title, whatever the role."""
    mine = Seat.objects.live().filter(user=user.pk, interview__application__job__in=jobs)
    counted = mine.values_list("interview__application__job").annotate(seats=Count("pk"))
    return {
        job: [f"sits in {seats} {'interview' if seats == 1 else 'interviews'} on it, and meets those people there"]
        for job, seats in counted
    }


access_explained.by_name.append(seats_by_name)
whom.known_from.append(people_one_sits_with)
closing.obstacles.append(interviews_in_the_way)
closing.open_for.append(booked_for)
holding.going_on["interviews"] = holding.GoingOn(
    "Interviews ahead",
    "They take place, and everybody invited expects them.",
    booked,
    "Call them off; everybody invited gets a mail",
    call_off,
)
job_templates.parts["kits"] = plan.as_template
transfer.holders.append(holds)
access.candidate_scopes["interviews"] = candidates_interviewed_by
calendar_handlers.append(answers.receive)
next_steps.declare("interview", "an interview ahead", interview_ahead)
next_steps.declare("scorecard", "a scorecard that is due", scorecard_due)
