"""Switch blind review on and off, and lift it for one person: each kept with who, when and why."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hiring.errors import Refused
from hiring.models import Job, User
from pipeline.blind import whom
from pipeline.models import Application, BlindReview, Stage, Transition, Unmasking


def of(job: Job) -> BlindReview | None:
    return BlindReview.objects.standing().filter(job=job).select_related("until", "set_by").first()


def history(job: Job) -> QuerySet[BlindReview]:
    """Every setting so far, the newest first."""
    return BlindReview.objects.filter(job=job).select_related("until", "set_by", "ended_by")


def log(job: Job) -> QuerySet[Unmasking]:
    """Who saw whom on this job, when and why, the newest first."""
    return Unmasking.objects.filter(application__job=job).select_related("by", "application__candidate")


def openings(job: Job) -> QuerySet[Transition]:
    """Who was brought past the stage until which names are hidden, by whom and when, under the setting that stands; newest first."""
    standing = of(job)
    if standing is None:
        return Transition.objects.none()
    line = standing.until.position
    found = Transition.objects.filter(application__job=job, at__gte=standing.set_at, to__position__gte=line)
    return (
        found.filter(left__position__lt=line)
        .select_related("application__candidate", "by", "to")
        .order_by("-at", "-pk")
    )


def stages_to_choose(job: Job) -> list[Stage]:
    """Until which stage names may be hidden: any after the first, up to the first in which people are met."""
    stages = list(job.stages.standing())
    meets = next((at for at, stage in enumerate(stages) if stage.kind in whom.MEETS), len(stages) - 1)
    return stages[1 : meets + 1]


@transaction.atomic
def switch_on(job: Job, until: Stage, *, by: User, hidden_from: str = BlindReview.From.MANAGERS) -> BlindReview:
    """Hide names on this job before the stage `until`. A setting that stands already gives way, and stays to be read."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if until.pk not in {stage.pk for stage in stages_to_choose(job)}:
        raise Refused(
            "Names are hidden until the first interview at the latest: whoever meets people has to know them."
        )
    standing = of(job)
    if standing and (standing.until_id, standing.hidden_from) == (until.pk, hidden_from):
        return standing
    if standing:
        _end(standing, by, "Set anew")
    return BlindReview.objects.create(job=job, until=until, hidden_from=hidden_from, set_by=by, set_at=timezone.now())


@transaction.atomic
def switch_off(job: Job, *, by: User, because: str) -> None:
    if not because.strip():
        raise Refused("Say why names are shown from now on.")
    standing = of(job)
    if standing is None:
        raise Refused("Names are not hidden on this job.")
    _end(standing, by, because.strip()[:300])


@transaction.atomic
def unmask(application: Application, *, by: User, reason: str) -> Unmasking:
    """Show one colleague who one person is. Twice is once; the first reason stands."""
    if not reason.strip():
        raise Refused("Say why you have to know who this is. It is kept, and others can read it.")
    made, _ = Unmasking.objects.get_or_create(
        application=application, by=by, defaults={"at": timezone.now(), "reason": reason.strip()[:300]}
    )
    return made


def _end(standing: BlindReview, by: User, because: str) -> None:
    standing.ended_by, standing.ended_at, standing.ended_because = by, timezone.now(), because
    standing.save(update_fields=["ended_by", "ended_at", "ended_because"])
