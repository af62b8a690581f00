"""Placing, moving and calling off an interview. Times can be looked for again and again; only the last button books."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, contact
from hiring.errors import Refused
from hiring.http import StaffRequest, page_or_part, say
from hiring.models import Job, User
from hiring.templatetags.throughline import zone_name
from interviews import bars, debrief, scheduling, slots
from interviews.forms import KEEP, OWN, CancelForm, LookForm, ScheduleForm, colleagues
from interviews.models import Interview, InterviewKit, candidate_zone
from pipeline.models import Application

PAGE = "interviews/schedule.html"
BUFFER = dt.timedelta(minutes=0)
LOOKED_FOR = ("kit", "kit_was", "title", "minutes", "panel", "join", "place", "from_day")


@dataclass
class Look:
    """What is being looked for: who, how long, from when. Read from the address or from the form, never refused."""

    kit: InterviewKit | None
    panel: list[User]
    minutes: int
    from_: dt.datetime


@require_http_methods(["GET", "POST"])
def schedule(request: StaffRequest, pk: int) -> HttpResponse:
    """A new interview for an application."""
    application = get_object_or_404(debrief.applications_open_to(request.user), pk=pk)
    if not access.can_schedule(request.user, application.job):
        raise PermissionDenied
    if request.method == "POST" and "show" in request.POST:
        return _look_again(request)
    form = ScheduleForm(
        request.POST or None,
        job=application.job,
        zones=_zones(request.user, application),
        initial={"zone": request.user.time_zone, **_typed(request)},
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            interview = _book(application, form, by=request.user)
        except Refused as no:
            refused = no.sentence
        else:
            say(request, f"{interview.title} with {application.candidate} is booked. The invitations are on their way.")
            return redirect("interviews:interview", interview.pk)
    look = _look(request.POST or request.GET, application, request.user)
    return _page(request, application, form, look, refused=refused)


@require_http_methods(["GET", "POST"])
def reschedule(request: StaffRequest, pk: int) -> HttpResponse:
    """Another time, panel or place for an interview that is booked."""
    interview = get_object_or_404(Interview.objects.visible_to(request.user).for_page(), pk=pk)
    application = interview.application
    if not access.can_schedule(request.user, application.job):
        raise PermissionDenied
    if interview.is_cancelled:
        raise Refused("This interview was cancelled. Schedule a new one.")
    if request.method == "POST" and "show" in request.POST:
        return _look_again(request)
    initial = {"zone": interview.time_zone, "place": interview.place, **_typed(request)}
    zones = _zones(request.user, application, interview.time_zone)
    form = ScheduleForm(request.POST or None, job=application.job, zones=zones, initial=initial)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.reschedule(
                interview,
                by=request.user,
                starts_at=form.cleaned_data["starts_at"],
                minutes=form.cleaned_data["minutes"],
                panel=form.people(),
                place=form.cleaned_data["place"],
                time_zone=form.cleaned_data["time_zone"],
            )
        except Refused as no:
            refused = no.sentence
        else:
            say(request, "Saved. Whoever needs to know gets the new facts by mail.")
            return redirect("interviews:interview", interview.pk)
    look = _look(request.POST or request.GET, application, request.user, interview)
    return _page(request, application, form, look, interview=interview, refused=refused)


@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    interview = get_object_or_404(Interview.objects.visible_to(request.user).for_row(), pk=pk)
    if not access.can_schedule(request.user, interview.application.job):
        raise PermissionDenied
    form = CancelForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    scheduling.cancel(interview, by=request.user, note=note)
    say(request, "The interview is cancelled and everybody’s time is free again.")
    return redirect("interviews:interview", interview.pk)


def _book(application: Application, form: ScheduleForm, *, by: User) -> Interview:
    data = form.cleaned_data
    starts_at = data["starts_at"]
    if starts_at is None:
        raise Refused("Choose a time.")
    return scheduling.schedule(
        application,
        kit=data["kit"],
        title=data["title"],
        panel=form.people(),
        starts_at=starts_at,
        minutes=data["minutes"],
        place=data["place"],
        time_zone=data["time_zone"],
        by=by,
    )


def _look_again(request: HttpRequest) -> HttpResponse:
    """Without scripts, “Show times” comes as a POST: it goes back to an address that can be reloaded and shared."""
    pairs = [(key, value) for key in LOOKED_FOR for value in request.POST.getlist(key) if value]
    return redirect(f"{request.path}?{urlencode(pairs)}#times")


def _look(data: QueryDict, application: Application, user: User, interview: Interview | None = None) -> Look:
    kits = list(application.job.kits.select_related("stage"))
    asked = {str(kit.pk): kit for kit in kits}.get(data.get("kit", ""))
    kit = asked or (interview.kit if interview else None)
    if kit is None and "minutes" not in data and not interview:
        kit = next((one for one in kits if one.stage_id == application.stage_id), kits[0] if kits else None)
    chosen = [int(value) for value in [*data.getlist("panel"), data.get("join", "")] if value.isdecimal()]
    if not chosen and "minutes" not in data:
        chosen = _usual_panel(application.job, interview)
    panel = list(User.objects.filter(is_active=True, pk__in=chosen[:20]).order_by("full_name"))
    from_ = LookForm(data).starts(user.zone)
    return Look(kit, panel, _minutes(data, kit, interview), from_)


def _minutes(data: QueryDict, kit: InterviewKit | None, interview: Interview | None) -> int:
    """A newly chosen kit brings its own length; otherwise what was written stands."""
    written = data.get("minutes", "")
    kit_changed = "kit_was" in data and data.get("kit_was") != data.get("kit")
    if written.isdecimal() and not (kit_changed and kit):
        return min(max(int(written), 10), 480)
    if interview and "minutes" not in data:
        return interview.minutes
    return kit.minutes if kit else 45


def _usual_panel(job: Job, interview: Interview | None) -> list[int]:
    if interview:
        return [seat.user_id for seat in interview.seats.all() if seat.is_live]
    return list(job.team.filter(role="interviewer", user__is_active=True).values_list("user", flat=True)[:1])


def _zones(user: User, application: Application, *more: str) -> list[tuple[str, str]]:
    """The clocks a time may be meant on: mine, the candidate's, the job's."""
    theirs = candidate_zone(application).key
    named = {user.time_zone: "mine", theirs: f"{application.candidate.first_name}’s"}
    for zone in (application.job.location.time_zone, *more):
        named.setdefault(zone, "")
    return [(zone, f"{zone_name(zone)} time{f' ({who})' if who else ''}") for zone, who in named.items()]


def _page(
    request: StaffRequest,
    application: Application,
    form: ScheduleForm,
    look: Look,
    *,
    interview: Interview | None = None,
    refused: str = "",
) -> HttpResponse:
    zone = candidate_zone(application)
    except_interview = interview.pk if interview else None
    found = slots.suggest(
        look.panel,
        look.minutes,
        from_=look.from_,
        time_zone=zone.key,
        buffer=BUFFER,
        except_interview=except_interview,
    )
    days = slots.rows(look.panel, look.from_, 7, request.user.zone, except_interview=except_interview)
    team = list(colleagues(application.job))
    listed = {user.pk for user in look.panel}
    context = {
        "application": application,
        "candidate": application.candidate,
        "interview": interview,
        "form": form,
        "look": look,
        "kits": list(application.job.kits.select_related("stage")),
        "team": [user for user in team if user.rank == 0 or user.pk in listed],
        "rest": [user for user in team if user.rank != 0 and user.pk not in listed],
        "listed": listed,
        "slots": found,
        "picked": _picked(request, found, interview),
        "chart": bars.chart(look.panel, days, found, request.user.zone),
        "zone": zone,
        "zones_differ": zone.key != request.user.time_zone,
        "earlier": _shift(request, look.from_, -7),
        "later": _shift(request, look.from_, 7),
        "refused": refused,
        "has_address": bool(contact.working_address(application.candidate)),
        "own": OWN,
        "keep": KEEP,
    }
    status = 422 if form.errors else 409 if refused else 200
    return page_or_part(request, PAGE, "form", context, status=status)


def _picked(request: HttpRequest, found: list[slots.Slot], interview: Interview | None) -> str:
    """Which radio is on: what was chosen before, the time it has, or the first that suits everybody."""
    if chosen := request.POST.get("slot"):
        return chosen
    looked = request.GET.get("slot", "")
    if looked == OWN and not request.GET.get("day"):
        looked = ""  # it was only on because there was nothing else: nobody has named a time
    if looked in {OWN, KEEP, *(slot.starts_at.isoformat() for slot in found)}:
        return looked
    if interview:
        return KEEP
    return found[0].starts_at.isoformat() if found else OWN


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was written before other times were looked for."""
    return {name: request.GET[name] for name in ("title", "place", "day", "time", "zone") if name in request.GET}


def _shift(request: StaffRequest, from_: dt.datetime, days: int) -> str:
    """The address that looks a week earlier or later; empty for the past."""
    zone = request.user.zone
    day = (from_.astimezone(zone) + dt.timedelta(days=days)).date()
    if day < timezone.now().astimezone(zone).date() - dt.timedelta(days=6):
        return ""
    data = request.POST or request.GET
    kept = [(key, value) for key in LOOKED_FOR if key != "from_day" for value in data.getlist(key) if value]
    return f"?{urlencode([*kept, ('from_day', day.isoformat())])}#times"
