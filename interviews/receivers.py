"""What this app hears from the floors below, and what it tells them about itself."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from hiring import access
from hiring.events import job_created
from hiring.mail.inbound import calendar_handlers
from hiring.models import Job, JobTemplate, User
from interviews import answers, followed, panels, plan, scheduling, today  # noqa: F401  (panels and today register themselves)
from interviews.models import Seat
from pipeline.events import application_closed, stages_made
from pipeline.models import Application


@receiver(stages_made, dispatch_uid="interviews.make_kits")
@receiver(job_created, dispatch_uid="interviews.make_kits_of_new_job")
def make_kits(sender: object, *, job: Job, template: JobTemplate | None = None, **kwargs: Any) -> None:
    """A new job gets its kits as soon as it has stages; whichever signal comes with them, the second finds its work done."""
    plan.copy_from(template or job.template, job)


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


access.candidate_scopes["interviews"] = candidates_interviewed_by
calendar_handlers.append(answers.receive)
