"""What pages show of the assistant: the draft that stands, whether one may be asked for, and in words what is sent where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from hiring import access
from hiring.mail import compose, drafts
from hiring.models import Candidate, Job, User
from hiring.panels import Asked, Panel, panel
from pipeline.assistant import server, switching
from pipeline.models import Application, AssistantDraft
from pipeline.panels import applications_seen

Kind = AssistantDraft.Kind


@dataclass(frozen=True)
class Purpose:
    """AI-1: what a kind of draft is for, what is sent for it, and where what comes back goes."""

    kind: str
    label: str
    sent: str
    comes_back: str


PURPOSES = (
    Purpose(
        Kind.CRITERIA,
        "Criteria",
        "Title and advert, without contacts and the name of the organisation.",
        "Suggestions, taken over one by one by a person.",
    ),
    Purpose(
        Kind.SUMMARY,
        "Summary of a résumé",
        "Title and advert, and the parts of the résumé about work and skills: without name, contacts, places, employers, schools, years, "
        "age and words of gender.",
        "A draft beside the application; never on cards, in lists, searches, exports or rules.",
    ),
    Purpose(
        Kind.QUESTIONS,
        "Interview questions",
        "Title and advert, and the interview's name, attributes and questions. Nothing of any person.",
        "Ideas, taken over one by one by a person.",
    ),
    Purpose(
        Kind.MESSAGE,
        "Message",
        "The title, the advert, and what the colleague wants to say, without the person's name and contacts. Nothing of "
        "the record.",
        "Text in the form of a message, which a person edits and sends.",
    ),
)


@dataclass
class Standing:
    """The drafts of one slot: `text` is the newest that can be read, `latest` the newest of all."""

    latest: AssistantDraft | None = None
    text: AssistantDraft | None = None

    @property
    def is_waiting(self) -> bool:
        return self.latest is not None and self.latest.is_waiting

    @property
    def trouble(self) -> AssistantDraft | None:
        """What was asked last, where nothing came of it yet or at all."""
        return self.latest if self.latest is not None and self.latest is not self.text else None

    @property
    def may_ask(self) -> bool:
        return not self.is_waiting


def standing(found: Iterable[AssistantDraft]) -> Standing:
    """Of the drafts of one slot, newest first."""
    rows = list(found)
    latest = rows[0] if rows else None
    return Standing(latest, next((row for row in rows if row.can_be_read), None))


def of_slot(user: User, kind: AssistantDraft.Kind, job: Job, **slot: Any) -> Standing:
    """One query: the newest few are enough, since what failed is put away when it is asked again."""
    rows = AssistantDraft.objects.visible_to(user).standing().for_page().filter(kind=kind, job=job, **slot)
    return standing(rows.order_by("-pk")[:5])


# ---------- Summaries on the profile ----------


@dataclass
class Summary:
    """The summary of one application as its block shows it."""

    application: Application
    standing: Standing
    is_on: bool
    may_ask: bool

    @property
    def id(self) -> str:
        return f"summary-{self.application.pk}"


def summary_of(user: User, application: Application) -> Summary:
    slot = of_slot(user, Kind.SUMMARY, application.job, application=application)
    is_on = switching.is_on(application.job)
    return Summary(application, slot, is_on, is_on and access.can_move(user, application.job))


def summaries(user: User, applications: Sequence[Application]) -> list[Summary]:
    """Those of active applications for which the assistant is on, or has written. Three queries at most."""
    active = [one for one in applications if one.is_active and access.can_see_pipeline(user, one.job)]
    if not active:
        return []
    on = switching.among({one.job_id for one in active})
    written: dict[int, list[AssistantDraft]] = {}
    for draft in _summaries_for(user, active):
        written.setdefault(draft.application_id or 0, []).append(draft)
    shown = []
    for one in active:
        may = one.job_id in on and access.can_move(user, one.job)
        if one.pk in written or may:
            shown.append(Summary(one, standing(written.get(one.pk, [])), one.job_id in on, may))
    return shown


def _summaries_for(user: User, active: Sequence[Application]) -> QuerySet[AssistantDraft]:
    rows = AssistantDraft.objects.visible_to(user).standing().for_page()
    return rows.filter(kind=Kind.SUMMARY, application__in=[one.pk for one in active]).order_by("-pk")


@panel("right", 15)
def summary_panel(asked: Asked) -> Panel | None:
    """Where there is no assistant there is no panel and no query."""
    if not server.is_set_up():
        return None
    found = summaries(asked.user, asked.once(applications_seen))
    return Panel("pipeline/_assistant_summaries.html", {"summaries": found}) if found else None


# ---------- The job's plan ----------


def plan_panel(user: User, job: Job) -> Panel | None:
    if not server.is_set_up() or not access.can_see_pipeline(user, job):
        return None
    context = {"job": job, "is_on": switching.is_on(job), "may_switch": access.can_switch_assistant(user, job)}
    return Panel("pipeline/_assistant_plan.html", context)


# ---------- Messages ----------


def jobs_of(user: User, candidate: Candidate) -> list[Job]:
    """The jobs a person is active for and about which this colleague may ask the assistant, the latest first."""
    active = Application.objects.visible_to(user).active().filter(candidate=candidate)
    jobs = [one.job for one in active.select_related("job__location").order_by("-applied_at")]
    on = switching.among({job.pk for job in jobs})
    return [job for job in jobs if job.pk in on and access.can_move(user, job)]


def message_of(user: User, candidate: Candidate) -> Standing:
    """What this colleague had drafted for this person, and has neither sent off into a message nor put away."""
    rows = AssistantDraft.objects.visible_to(user).standing().for_page().filter(kind=Kind.MESSAGE, candidate=candidate)
    return standing(rows.exclude(state=AssistantDraft.State.USED).order_by("-pk")[:5])


def way_to_a_message(user: User, candidate: Candidate) -> drafts.Way | None:
    if not server.is_set_up() or not jobs_of(user, candidate):
        return None
    return drafts.Way("Draft it…", "robot", reverse("pipeline:assistant_message", args=[candidate.pk]))


def start_of_a_message(user: User, candidate: Candidate, key: str) -> dict[str, str] | None:
    """The text of a draft with its fields filled in, for the form of a message. The person edits and sends it, or does not."""
    rows = AssistantDraft.objects.visible_to(user).standing().filter(kind=Kind.MESSAGE, candidate=candidate)
    draft = (
        rows.select_related("job__location").filter(pk=int(key)).first() if key.isascii() and key.isdigit() else None
    )
    if draft is None or not draft.can_be_read:
        return None
    values = compose.fields(candidate, by=user, job=draft.job)
    return {name: compose.fill(str(draft.answer.get(name, "")), values) for name in ("subject", "text")}


drafts.ways.append(way_to_a_message)
drafts.starts["assistant"] = start_of_a_message
