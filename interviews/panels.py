"""What interviews add to other pages: the profile's panel, the card's next step, the job's plan, the timeline's rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from hiring import access, addresses, jobs_panels, person
from hiring.models import Job, User
from hiring.panels import Asked, Panel, panel
from hiring.prepared import Given, prepared, settle
from hiring.timeline import loads
from interviews import candidate_view, scorecards
from interviews.models import Answer, Interview, InterviewKit, Scorecard, Seat
from pipeline import cards, sub_status
from pipeline.models import Application, ApplicationQuerySet
from pipeline.panels import applications_seen
from pipeline.status import next_dates


@dataclass
class Row:
    interview: Interview
    names: str
    seats: int
    handed_in: int
    is_ahead: bool
    own_is_due: bool


@dataclass
class Entry:
    """One application's interviews, the next one first."""

    job: Job
    rows: list[Row] = field(default_factory=list)
    schedule_url: str = ""
    debrief_url: str = ""


@prepared
def interviews_of(user: User, candidate: Given) -> QuerySet[Interview]:
    seen = Interview.objects.visible_to(user).live().for_row().filter(application__candidate=candidate)
    return seen.order_by("starts_at", "pk")


@prepared
def seats_of(interviews: Given) -> QuerySet[Seat]:
    seats = Seat.objects.filter(interview__any=interviews)
    return seats.select_related("user").order_by("user__full_name", "pk")


@prepared
def handed_in_of(interviews: Given) -> QuerySet[Scorecard, tuple[int, int]]:
    return Scorecard.objects.submitted().filter(interview__any=interviews).values_list("interview", "author")


def _seat(rows: list[Interview]) -> None:
    """Give each interview its seats, by one question for all."""
    seats: dict[int, list[Seat]] = {row.pk: [] for row in rows}
    for seat in seats_of(interviews=list(seats)):
        seats[seat.interview_id].append(seat)
    for row in rows:
        settle(row, "seats", seats[row.pk])


@panel("right", 20)
def interviews(asked: Asked) -> Panel | None:
    """Next and past interviews of each application, how many scorecards are in, and what I owe; three queries."""
    user, candidate = asked.user, asked.candidate
    rows = interviews_of(user, candidate=candidate.pk) if person.has(candidate, "interviews") else []
    seen = asked.once(applications_seen)
    active = sorted((one for one in seen if one.is_active), key=lambda one: (-one.stage.position, one.pk))
    jobs = {one.job_id: one.job for one in [*seen, *(row.application for row in rows)]}
    movable = {pk for pk, job in jobs.items() if access.can_move(user, job)}
    entries = {one.pk: _entry(one, movable) for one in active}
    done: set[tuple[int, int]] = set()
    if rows:
        done = set(handed_in_of(interviews=[row.pk for row in rows]))
        _seat(rows)
    for interview in rows:
        application = interview.application
        if application.pk not in entries and (interview.is_over or application.is_active):
            entries[application.pk] = Entry(application.job)
        if entry := entries.get(application.pk):
            entry.rows.append(_row(interview, user, done))
    for pk, entry in entries.items():
        _settle(entry, pk, user, movable)
    shown = [entry for entry in entries.values() if entry.rows or entry.schedule_url]
    if not shown:
        return None
    add = "" if any(entry.rows for entry in shown) else "interviews/_add.html"
    return Panel("interviews/panel.html", {"entries": shown}, action=_action(shown), add=add)


def _entry(application: Application, movable: set[int]) -> Entry:
    may_schedule = application.job_id in movable
    return Entry(
        application.job, schedule_url=addresses.of("interviews:schedule", application.pk) if may_schedule else ""
    )


def _row(interview: Interview, user: User, done: set[tuple[int, int]]) -> Row:
    seats = [seat for seat in interview.seats.all() if seat.is_live]
    own = any(seat.user_id == user.pk for seat in seats)
    return Row(
        interview=interview,
        names=", ".join(seat.user.full_name for seat in seats),
        seats=len(seats),
        handed_in=sum((interview.pk, seat.user_id) in done for seat in seats),
        is_ahead=not interview.is_over,
        own_is_due=own and interview.is_over and (interview.pk, user.pk) not in done,
    )


def _settle(entry: Entry, application: int, user: User, movable: set[int]) -> None:
    """What is ahead stands on top, the rest newest first; the debrief is offered once somebody has met the person."""
    ahead = [row for row in entry.rows if row.is_ahead]
    past = [row for row in entry.rows if not row.is_ahead]
    entry.rows = ahead + past[::-1]
    sat = any(seat.user_id == user.pk for row in past for seat in row.interview.seats.all() if seat.is_live)
    if past and (entry.job.pk in movable or sat):
        entry.debrief_url = addresses.of("interviews:debrief", application)


def _action(entries: list[Entry]) -> dict[str, str] | None:
    """A scorecard of mine that is due goes before everything else on the page."""
    due = next((row for entry in entries for row in entry.rows if row.own_is_due), None)
    if due is None:
        return None
    return {
        "label": "Write scorecard",
        "url": addresses.of("interviews:scorecard", due.interview.pk),
        "method": "get",
        "key": "",
    }


@prepared
def ahead_of(applications: Given, at: Given) -> QuerySet[Interview, tuple[int, str, dt.datetime, str]]:
    ahead = Interview.objects.live().filter(application__any=applications, starts_at__gt=at).order_by("-starts_at")
    return ahead.values_list("application", "title", "starts_at", "candidate_answer")


@prepared
def owed_for(applications: Given, before: Given) -> QuerySet[Seat, tuple[int, str]]:
    """Who has not handed in a scorecard of an interview that was over before then."""
    owing = Seat.objects.owing().filter(interview__application__any=applications, interview__ends_at__lt=before)
    return owing.order_by("pk").values_list("interview__application", "user__full_name")


def notices(user: User, ids: Sequence[int]) -> dict[int, list[cards.Notice]]:
    """On a card of the board: the next interview, or the scorecards that keep it waiting. Two queries for the board."""
    found: dict[int, list[cards.Notice]] = {}
    now = timezone.now()
    for application, title, starts_at, answer in ahead_of(applications=list(ids), at=now):
        local = starts_at.astimezone(user.zone)
        text = f"{title} {local:%a} {local.day} {local:%b}, {local:%H:%M}"
        if answer == Answer.DECLINED:
            found[application] = [cards.Notice(f"Declined: {text}", "calendar-x", "bad")]
        else:
            found[application] = [cards.Notice(text, "calendar-event")]
    missing: dict[int, list[str]] = {}
    for application, name in owed_for(applications=list(ids), before=now - scorecards.LATE_AFTER):
        missing.setdefault(application, []).append(name)
    for application, names in missing.items():
        who = names[0] if len(names) == 1 else f"{len(names)} people"
        found.setdefault(application, []).append(cards.Notice(f"Scorecard late: {who}", "clipboard-x", "warn"))
    return found


def kits_of_plan(user: User, job: Job) -> Panel | None:
    kits = list(InterviewKit.objects.filter(job=job).select_related("stage"))
    context = {"job": job, "kits": kits, "may_edit": access.can_edit_job(user, job)}
    return Panel("interviews/plan_panel.html", context)


@loads("interview", is_guarded=True)
def rows(user: User, ids: set[int]) -> dict[int, Interview]:
    """Whoever may not see the interview does not read of it on the timeline either."""
    return Interview.objects.visible_to(user).for_row().in_bulk(ids)


def booked(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    ahead = Interview.objects.live().filter(application__in=applications.values("pk"), starts_at__gt=at)
    return sub_status.row(ahead, "application", sub_status.BOOKED, "created_at")


def waiting_for_feedback(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    missing = Seat.objects.owing().exclude(interview__status=Interview.Status.CANCELLED)
    missing = missing.filter(interview__ends_at__lte=at, interview__application__in=applications.values("pk"))
    return sub_status.row(missing, "interview__application", "waiting_feedback", "interview__ends_at")


def to_decide(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    """They were met in the stage they stand in, and no scorecard is missing."""
    met = Interview.objects.live().filter(
        application__in=applications.values("pk"),
        ends_at__lte=at,
        ends_at__gt=F("application__entered_stage_at"),
    )
    missing = Seat.objects.owing().filter(interview=OuterRef("pk"))
    return sub_status.row(met.exclude(Exists(missing)), "application", "to_decide", "ends_at")


def to_schedule(user: User, applications: ApplicationQuerySet, at: Any) -> sub_status.Rows:
    """Their stage has interviews in its plan, and none was planned since they came into it."""
    kits = InterviewKit.objects.filter(stage=OuterRef("stage"))
    planned = Interview.objects.live().filter(
        Q(kit__stage=OuterRef("stage")) | Q(ends_at__gt=OuterRef("entered_stage_at")), application=OuterRef("pk")
    )
    return sub_status.row(
        applications.filter(Exists(kits)).exclude(Exists(planned)), "pk", "to_schedule", "entered_stage_at"
    )


cards.notices.append(notices)
sub_status.facts.extend([booked, waiting_for_feedback, to_decide, to_schedule])
jobs_panels.plan.append((20, kits_of_plan))
next_dates["interviews"] = candidate_view.sentences


person.kept["interviews"] = lambda: Interview.objects.live().filter(application__candidate=OuterRef("pk"))
