"""The panel "Applications" on the candidate's profile and drawer, and what the timeline shows of applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hiring import access, addresses, composer, custom_fields, person, timeline
from hiring.models import Candidate, Job, Message, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared
from pipeline import confirming, likeness, moves
from pipeline.cards import age, tone_of
from pipeline.models import Application, JudgementCorrection, RejectionReason, Stage
from pipeline.screening import judging, showing
from pipeline.stages import stages_of

TEMPLATE = "pipeline/_applications.html"
NAMED = '<span>{name}<span class="visually-hidden"> ({state})</span></span>'
STEP = f'<li data-kind="{{kind}}" data-state="{{state}}" title="{{name}}">{NAMED}</li>'
STEP_HERE = f'<li data-kind="{{kind}}" aria-current="step" title="{{name}}">{NAMED}</li>'
ENDED = {"rejected": "circle-x", "withdrawn": "door-exit", "hired": "user-check", "converted": "arrow-right"}


@dataclass
class Shown:
    """One application as the panel shows it."""

    application: Application
    steps: str = ""
    targets: list[Stage] = field(default_factory=list)
    next_stage: Stage | None = None
    stood: str = ""
    tone: str = ""
    may_move: bool = False
    may_open: bool = False
    may_undo: bool = False
    mail: Message | None = None
    icon: str = ""
    came_from: Application | None = None
    went_on: Application | None = None
    has_fields: bool = False
    custom: list[custom_fields.Shown] = field(default_factory=list)
    criteria: showing.Shown | None = None

    @property
    def ended(self) -> str:
        """How it ended. Who was taken over to another job has an application there; a merge leaves only one of two."""
        application = self.application
        if application.status == Application.Status.CONVERTED and getattr(application, "transferred_to", None) is None:
            return "United with the other application for this job, when two records became one,"
        return application.get_status_display()


@prepared
def applications_of(user: User, candidate: Given) -> QuerySet[Application]:
    rows = Application.objects.visible_to(user).filter(candidate=candidate)
    rows = rows.annotate(
        has_fields=custom_fields.are_used("application", user),
        looks_alike=likeness.others_like(),
        is_unconfirmed=confirming.unconfirmed(),
        has_corrections=Exists(JudgementCorrection.objects.standing().filter(application=OuterRef("pk"))),
    )
    return rows.select_related(
        "job", "stage", "reason", "judgement__criteria", "transferred_to", "transferred_from"
    ).order_by("-applied_at", "-pk")


@prepared
def rejection_mails(candidate: Given) -> QuerySet[Message]:
    mails = Message.objects.filter(candidate=candidate, purpose="rejection", dedupe_key__startswith="rejection:")
    return mails.exclude(status=Message.Status.CANCELLED).order_by("pk")


def applications_seen(user: User, candidate: Candidate) -> list[Application]:
    """The person's applications the user may see, newest first. Panels of all floors share them: `asked.once(...)`."""
    return applications_of(user, candidate=candidate.pk) if person.has(candidate, "applications") else []


def jobs_in_process(asked: Asked) -> list[Job]:
    return [one.job for one in asked.once(applications_seen) if one.is_active]


@panel("right", 10)
def applications(asked: Asked) -> Panel | None:
    user, candidate = asked.user, asked.candidate
    shown = of_candidate(user, candidate, asked.once(applications_seen))
    active = [one for one in shown if one.application.is_active]
    context = {
        "candidate": candidate,
        "active": active,
        "past": [one for one in shown if not one.application.is_active],
        "may_add": access.can_add_candidates(user),
        "may_see_decisions": bool(shown) and access.can_see_decisions(user),
    }
    action = _action(active)
    one_to_decide = len(active) == 1 and active[0].may_move
    return Panel(
        TEMPLATE,
        context | {"action": action, "one": active[0] if active else None},
        action=action,
        decide="pipeline/_decide.html" if one_to_decide else "",
    )


def of_candidate(user: User, candidate: Candidate, found: list[Application]) -> list[Shown]:
    """These applications of the person as the panel shows them, in a constant number of queries.

    What interviews and offers have to say about them stands in their own panels right below, not here once more.
    """
    if not found:
        return []
    stages: dict[int, list[Stage]] = {}
    if jobs := {application.job_id for application in found if application.is_active}:
        for stage in stages_of(jobs=list(jobs)):
            stages.setdefault(stage.job_id, []).append(stage)
    mails = _waiting_mails(candidate, found)
    has_fields = found[0].has_fields  # type: ignore[attr-defined]  # annotated by applications_of
    custom = custom_fields.values_of("application", [one.pk for one in found], user) if has_fields else {}
    judged = judging.of_loaded(found)
    now = timezone.now()
    shown = []
    for application in found:
        application.candidate = candidate
        may_move = access.can_move(user, application.job)
        one = _shown(application, stages.get(application.job_id, []), now, may_move)
        one.came_from, one.went_on = _tied(application, {other.pk: other for other in found})
        one.may_open = access.can_see_pipeline(user, application.job)
        one.has_fields, one.custom = has_fields, custom.get(application.pk, [])
        one.mail = mails.get(application.pk)
        if one.may_open and application.pk in judged:
            one.criteria = showing.of(judged[application.pk], application.pk, may_correct=may_move)
        shown.append(one)
    return shown


def _tied(application: Application, seen: dict[int, Application]) -> tuple[Application | None, Application | None]:
    """Where a transfer brought it from, and where to, as far as the reader sees the other application."""
    came, went = getattr(application, "transferred_from", None), getattr(application, "transferred_to", None)
    return (seen.get(came.left_id) if came else None), (seen.get(went.opened_id) if went else None)


def next_of(stage: Stage, stages: list[Stage]) -> Stage | None:
    """The stage after this one that a person can be moved to."""
    later = [other for other in stages if other.position > stage.position and other.kind != Stage.Kind.HIRED]
    return later[0] if later else None


def _shown(application: Application, stages: list[Stage], now: dt.datetime, may_move: bool) -> Shown:
    one = Shown(application, may_move=may_move, icon=ENDED.get(application.status, ""))
    if not application.is_active:
        return one
    here = application.stage
    one.steps = _stepper(tuple(_states(here, stages)))
    one.stood = age(now - application.entered_stage_at)
    one.tone = tone_of(now - application.entered_stage_at, here)
    one.targets = [stage for stage in stages if stage.pk != here.pk and stage.kind != Stage.Kind.HIRED]
    one.next_stage = next_of(here, stages)
    one.may_undo = now - application.entered_stage_at < moves.UNDO_WITHIN
    return one


def _states(here: Stage, stages: list[Stage]) -> Iterator[tuple[str, str, str]]:
    """Kind and name of each stage, and whether it is done, here or ahead."""
    for stage in stages:
        state = "here" if stage.pk == here.pk else "done" if stage.position < here.position else "ahead"
        yield stage.kind, stage.name, state


@lru_cache(maxsize=1_000)  # the same for everybody who stands in a stage
def _stepper(states: tuple[tuple[str, str, str], ...]) -> SafeString:
    """The stages of a job in a row, with where the person is."""
    steps = (
        format_html(STEP_HERE if state == "here" else STEP, kind=kind, name=name, state=state)
        for kind, name, state in states
    )
    return format_html_join("", "{}", ((step,) for step in steps))


def _waiting_mails(candidate: Candidate, found: list[Application]) -> dict[int, Message]:
    """The rejection mail that waits, or went out, by application; the newest one."""
    mails: dict[int, Message] = {}
    was_rejected = any(application.status == Application.Status.REJECTED for application in found)
    if was_rejected and person.has(candidate, "rejection_mails"):
        for message in rejection_mails(candidate=candidate.pk):
            mails[int((message.dedupe_key or "").split(":")[1])] = message
    return mails


def _action(active: list[Shown]) -> dict[str, str] | None:
    """The one next step in the head: on with the only active application."""
    open_ones = [one for one in active if one.may_move and one.next_stage]
    if len(active) != 1 or not open_ones or open_ones[0].next_stage is None:
        return None
    one, to = open_ones[0], open_ones[0].next_stage
    url = addresses.of("pipeline:application_advance", one.application.pk, one.application.stage_id)
    return {"label": f"Move to {to.name}", "url": url, "method": "post", "key": "a"}


person.kept["applications"] = lambda: Application.objects.filter(candidate=OuterRef("pk"))
person.kept["rejection_mails"] = lambda: Message.objects.filter(candidate=OuterRef("pk"), purpose="rejection")

# --- the timeline ---------------------------------------------------------------------------------------------------


@timeline.loads("rejection_reason")
def reasons(user: User, ids: set[int]) -> Mapping[int, RejectionReason]:
    return RejectionReason.objects.in_bulk(ids)


timeline.labels["stage"] = timeline.by_name(Stage.objects.all(), kind="kind")
timeline.references["application.opened"] = {"to": "stage"}
timeline.references["application.moved"] = {"left": "stage", "to": "stage"}
timeline.references["application.hired"] = {"left": "stage", "to": "stage"}
timeline.references["application.rejected"] = {"reason": "rejection_reason"}
composer.jobs_of.append(jobs_in_process)
