"""The week of interviews, and one interview with everything that belongs to it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hiring import access, contact
from hiring.http import StaffRequest, page_or_part
from hiring.models import Message
from interviews import debrief, scorecards, week
from interviews.forms import CancelForm
from interviews.models import Interview, Scorecard


@require_safe
def interview_list(request: StaffRequest) -> HttpResponse:
    """One week, mine or everybody's, and the scorecards that are late."""
    user = request.user
    if not access.can_see_interviews(user):
        raise PermissionDenied
    may_see_all = user.role in access.WORKS_WITH_CANDIDATES
    who = request.GET.get("who", "all" if may_see_all else "me")
    mine = who == "me" or not may_see_all
    monday = week.monday_of(request.GET.get("week", ""), user.zone)
    context = {
        "week": week.read(user, monday, mine=mine),
        "late": week.late(user, mine=mine),
        "mine": mine,
        "may_see_all": may_see_all,
        "this_week": week.monday_of("", user.zone) == monday,
    }
    return page_or_part(request, "interviews/interview_list.html", "week", context)


@require_safe
def interview(request: StaffRequest, pk: int) -> HttpResponse:
    """When and where, who answered what, whose scorecard is in; and what can be done about it."""
    found = get_object_or_404(Interview.objects.visible_to(request.user).for_page(), pk=pk)
    application = found.application
    seats = [seat for seat in found.seats.all() if seat.is_live or found.is_cancelled]
    handed_in = set(Scorecard.objects.submitted().filter(interview=found).values_list("author", flat=True))
    people = [
        {
            "seat": seat,
            "has_handed_in": seat.user_id in handed_in,
            "is_due": found.is_over and seat.user_id not in handed_in and not found.is_cancelled,
            "is_late": scorecards.is_late_for(found) and seat.user_id not in handed_in,
        }
        for seat in seats
    ]
    context = {
        "interview": found,
        "application": application,
        "candidate": application.candidate,
        "people": people,
        "own_seat": next((seat for seat in seats if seat.user_id == request.user.pk), None),
        "own_is_in": request.user.pk in handed_in,
        "may_schedule": access.can_schedule(request.user, application.job),
        "may_cancel": not found.is_cancelled and not handed_in,
        "may_debrief": debrief.may_open(request.user, application),
        "zones_differ": found.candidate_zone.key != request.user.time_zone,
        "has_address": bool(contact.working_address(application.candidate)),
        "invitation": Message.objects.filter(dedupe_key=f"invitation:{found.pk}:{found.sequence}:candidate").first(),
        "cancel_form": CancelForm(),
    }
    return render(request, "interviews/interview.html", context)
