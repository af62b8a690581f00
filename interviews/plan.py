"""A job's interview plan: its kits, in the order of stages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from hiring.errors import Refused
from hiring.models import Job, JobTemplate, User
from interviews.models import InterviewKit
from pipeline.models import Stage


@transaction.atomic
def copy_from(template: JobTemplate | None, job: Job) -> list[InterviewKit]:
    """Make the kits of a job's template, each in the stage it names. Does nothing before there are stages, or twice."""
    stages = {stage.name.casefold(): stage for stage in job.stages.all()}
    if template is None or not template.kits or not stages or job.kits.exists():
        return []
    kits = []
    for position, entry in enumerate(template.kits):
        stage = stages.get(str(entry.get("stage", "")).casefold()) or _interview_stage(job)
        if stage is not None:
            kits.append(
                InterviewKit(
                    job=job,
                    stage=stage,
                    name=str(entry.get("name") or f"Interview {position + 1}")[:100],
                    minutes=int(entry.get("minutes") or 45),
                    focus=clean(entry.get("focus") or []),
                    questions=clean(entry.get("questions") or []),
                    position=position,
                )
            )
    return InterviewKit.objects.bulk_create(kits)


def as_template(job: Job) -> list[dict[str, Any]]:
    """The job's kits as a template keeps them, each with the name of its stage."""
    return [
        {
            "stage": kit.stage.name,
            "name": kit.name,
            "minutes": kit.minutes,
            "focus": kit.focus,
            "questions": kit.questions,
        }
        for kit in job.kits.select_related("stage")
    ]


@transaction.atomic
def add(
    job: Job, *, stage: Stage, name: str, minutes: int, focus: Iterable[str], questions: Iterable[str], by: User | None
) -> InterviewKit:
    """One more interview in the plan, last in its stage."""
    _check(job, stage, name)
    return InterviewKit.objects.create(
        job=job,
        stage=stage,
        name=name.strip(),
        minutes=minutes,
        focus=clean(focus),
        questions=clean(questions),
        position=_last_in(stage) + 1,
    )


@transaction.atomic
def edit(
    kit: InterviewKit,
    *,
    stage: Stage,
    name: str,
    minutes: int,
    focus: Iterable[str],
    questions: Iterable[str],
    by: User | None,
) -> InterviewKit:
    """Change what is asked from now on. Scorecards keep the attributes they rated."""
    _check(kit.job, stage, name, kit=kit)
    if kit.stage_id != stage.pk:
        kit.came_from = []  # somebody chose its place
    kit.stage, kit.name, kit.minutes = stage, name.strip(), minutes
    kit.focus, kit.questions = clean(focus), clean(questions)
    kit.save()
    return kit


@transaction.atomic
def add_questions(kit: InterviewKit, questions: Iterable[str], *, by: User | None) -> list[str]:
    """Ask these, too, in this interview. Returns those that were not asked already."""
    kit = InterviewKit.objects.select_for_update(of=("self",)).get(pk=kit.pk)
    asked = {question.casefold() for question in kit.questions}
    fresh = [question for question in clean(questions) if question.casefold() not in asked]
    kit.questions = [*kit.questions, *fresh]
    kit.save(update_fields=["questions"])
    return fresh


@transaction.atomic
def shift(kit: InterviewKit, *, up: bool, by: User | None) -> None:
    """Swap a kit with its neighbour in the same stage (A11Y-1: order changes by a button, not only by dragging)."""
    kits = list(
        InterviewKit.objects.select_for_update().filter(job=kit.job_id, stage=kit.stage_id).order_by("position", "pk")
    )
    here = next(index for index, other in enumerate(kits) if other.pk == kit.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(kits):
        return
    kits[here], kits[there] = kits[there], kits[here]
    for position, other in enumerate(kits):
        InterviewKit.objects.filter(pk=other.pk).update(position=position)


@transaction.atomic
def remove(kit: InterviewKit, *, by: User | None) -> None:
    """Take an interview out of the plan. One that was already held or booked stays, for the record's sake."""
    if kit.interviews.exists():
        raise Refused("Interviews were scheduled with this kit, so it stays. Rename it, or schedule with another one.")
    kit.delete()


def clean(lines: Iterable[str]) -> list[str]:
    """Trimmed, without blanks, each once, in order."""
    return list(dict.fromkeys(line for line in (" ".join(str(entry).split())[:200] for entry in lines) if line))


def move_kits(left: Stage, to: Stage) -> None:
    """Put the kits of one stage, which leaves the plan, behind those of another one of the same job."""
    last = _last_in(to)
    for kit in InterviewKit.objects.select_for_update().filter(stage=left):
        kit.stage, kit.position = to, kit.position + last + 1
        kit.came_from = [*kit.came_from, left.pk]
        kit.save(update_fields=["stage", "position", "came_from"])


def bring_back_kits(stage: Stage) -> None:
    """Put the kits that had to leave with a stage back into it, behind those it was given meanwhile."""
    last = _last_in(stage)
    moved = InterviewKit.objects.select_for_update().filter(job=stage.job_id, came_from__contains=stage.pk)
    for position, kit in enumerate(moved.order_by("position", "pk"), start=last + 1):
        kit.came_from = kit.came_from[: kit.came_from.index(stage.pk)]
        kit.stage, kit.position = stage, position
        kit.save(update_fields=["stage", "position", "came_from"])


def _last_in(stage: Stage) -> int:
    """The place of the last kit of a stage; -1 where it has none."""
    last = InterviewKit.objects.filter(stage=stage).aggregate(last=Max("position"))["last"]
    return -1 if last is None else int(last)


def _interview_stage(job: Job) -> Stage | None:
    return job.stages.standing().filter(kind=Stage.Kind.INTERVIEW).first()


def _check(job: Job, stage: Stage, name: str, *, kit: InterviewKit | None = None) -> None:
    if stage.job_id != job.pk:
        raise Refused("This stage belongs to another job.")
    if not name.strip():
        raise Refused("Give the interview a name.")
    same_name = job.kits.filter(name__iexact=name.strip())
    if kit:
        same_name = same_name.exclude(pk=kit.pk)
    if same_name.exists():
        raise Refused(f"The plan already has an interview called {name.strip()}.")
