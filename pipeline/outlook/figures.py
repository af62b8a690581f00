"""Every number of a job's overview by a key: its title, what it counts, and the people it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from hiring.models import Job, Message
from pipeline.models import Application, ApplicationQuerySet, RejectionReason, Stage
from pipeline.outlook import funnel, next_steps

WORDS = {
    "reached": ("Reached {stage}", "Everybody who stood in {stage} or jumped over it, whatever became of them. Undone moves do not count."),
    "passed": ("Went on from {stage}", "Everybody who reached {stage} and stood in a later stage."),
    "ended": ("Ended at {stage}", "Everybody whose furthest stage is {stage} and who was turned down or withdrew."),
    "here": ("In {stage} now", "Everybody who is active and stands in {stage}."),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    key: str
    title: str
    definition: str
    people: ApplicationQuerySet


def find(job: Job, key: str) -> Figure | None:
    """The figure of this key; None when there is none."""
    what, _, which = key.partition("-")
    if key in PLAIN:
        return PLAIN[key](job)
    number = int(which) if which.isascii() and which.isdecimal() and len(which) < 19 else 0
    if what in WORDS and (stage := job.stages.filter(pk=number).first()):
        title, definition = (words.format(stage=stage) for words in WORDS[what])
        return Figure(key, title, definition, funnel.people(job, what, stage))
    if what == "late" and (stage := job.stages.filter(pk=number).first()):
        return _late_in(job, stage)
    if what == "reason" and (reason := RejectionReason.objects.filter(pk=number).first()):
        return _of_reason(job, reason)
    return None


def idle(job: Job) -> ApplicationQuerySet:
    """Active people beyond the first look for whom nothing is planned and nobody's answer is waited for."""
    active = Application.objects.active().filter(job=job)
    looked_at = active.exclude(stage__kind=Stage.Kind.APPLIED, reviewed_at=None).exclude(stage__kind=Stage.Kind.LEAD)
    return next_steps.without(looked_at)


def _idle(job: Job) -> Figure:
    said = f"Active people whom somebody has looked at and who have none of these: {next_steps.in_words()}."
    return Figure("idle", "Without a next step", said, idle(job))


def late(job: Job) -> ApplicationQuerySet:
    return Application.objects.filter(job=job).past_target(timezone.now())


def _late(job: Job) -> Figure:
    said = "Active people who have stood in their stage for more days than its target."
    return Figure("late", "Past their stage’s target", said, late(job))


def _late_in(job: Job, stage: Stage) -> Figure:
    said = f"Active people who have stood in {stage} for more than its {stage.target_days} days."
    return Figure(f"late-{stage.pk}", f"Past the target of {stage}", said, late(job).filter(stage=stage))


def letters(job: Job) -> ApplicationQuerySet:
    """People turned down whose letter has not left."""
    waiting = Message.objects.queued().filter(
        candidate=OuterRef("candidate"),
        purpose="rejection",
        dedupe_key__startswith=Concat(
            Value("rejection:"), Cast(OuterRef("pk"), TextField()), Value(":"), output_field=TextField()
        ),
    )
    return Application.objects.filter(Exists(waiting), job=job, status=Application.Status.REJECTED)


def _letters(job: Job) -> Figure:
    said = "People who were turned down and whose letter has not left yet; each can be stopped here and on the profile."
    return Figure("letters", "Letters waiting to leave", said, letters(job))


def _of_reason(job: Job, reason: RejectionReason) -> Figure:
    said = f"Everybody whose application ended for this reason. Recorded as: {reason.get_ended_by_display().lower()}."
    return Figure(f"reason-{reason.pk}", reason.label, said, Application.objects.filter(job=job, reason=reason))


PLAIN: dict[str, Callable[[Job], Figure]] = {"idle": _idle, "late": _late, "letters": _letters}

HEADS = ["Name", "Stage", "Status", "Reason", "Ended by", "Applied", "In stage since"]


def as_rows(people: ApplicationQuerySet) -> Iterator[list[str]]:
    """The rows of an export."""
    for one in people.select_related("candidate", "stage", "reason").order_by("pk").iterator(chunk_size=500):
        yield [
            one.candidate.name,
            one.stage.name,
            one.get_status_display(),
            one.reason.label if one.reason else "",
            one.reason.get_ended_by_display() if one.reason else "",
            f"{one.applied_at:%Y-%m-%d}",
            f"{one.entered_stage_at:%Y-%m-%d}",
        ]
