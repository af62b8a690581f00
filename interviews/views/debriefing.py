"""The debrief: all scorecards of an application side by side, and a reminder for those still missing."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from hiring import access
from hiring.http import StaffRequest, say
from interviews import debrief, scorecards
from interviews.models import Interview, Seat
from pipeline.panels import next_of


@require_safe
def debrief_page(request: StaffRequest, pk: int) -> HttpResponse:
    application = get_object_or_404(debrief.applications_open_to(request.user), pk=pk)
    if not debrief.may_open(request.user, application):
        raise PermissionDenied
    read = debrief.read(application, request.user)
    may_decide = application.is_active and not read.own_owed and access.can_move(request.user, application.job)
    stages = list(application.job.stages.standing()) if may_decide else []
    context = {
        "application": application,
        "candidate": application.candidate,
        "job": application.job,
        "debrief": read,
        "may_decide": may_decide,
        "next_stage": next_of(application.stage, stages) if may_decide else None,
        "may_remind": access.can_schedule(request.user, application.job),
    }
    return render(request, "interviews/debrief.html", context)


@require_POST
def remind(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask one interviewer by mail for the scorecard they owe."""
    interviews = Interview.objects.visible_to(request.user)
    seats = Seat.objects.live().filter(interview__in=interviews)
    seat = get_object_or_404(
        seats.select_related("user", "interview__application__candidate", "interview__application__job"), pk=pk
    )
    application = seat.interview.application
    if not access.can_schedule(request.user, application.job):
        raise PermissionDenied
    scorecards.remind(seat)
    say(request, f"{seat.user} is asked once more, by mail; at most once a day.")
    return redirect("interviews:debrief", application.pk)
