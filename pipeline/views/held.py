"""Applications that are none yet: held back by the limits of applying, or not to be filed for a fault; and what a colleague makes
of them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hiring import access
from hiring.http import StaffRequest, say
from pipeline import arriving, limiting
from pipeline.models import Arrival
from pipeline.views import find_job


@require_safe
def held_list(request: StaffRequest, pk: int) -> HttpResponse:
    job = find_job(request, pk)
    page = {
        "job": job,
        "held": limiting.held(job.pk),
        "stuck": arriving.stuck(job.pk)[:200],
        "may": access.can_move(request.user, job),
    }
    return render(request, "pipeline/held_list.html", page)


@require_POST
def held_settle(request: StaffRequest, pk: int) -> HttpResponse:
    arrival = Arrival.objects.visible_to(request.user).filter(pk=pk).select_related("posting__job").first()
    if arrival is None:
        raise Http404
    if not access.can_move(request.user, arrival.posting.job):
        raise PermissionDenied
    if request.POST.get("act") == "again":
        made = arriving.try_again(arrival)
        say(request, f"{made.candidate.name} is in {made.stage}" if made else "It failed again. We go on trying.")
    elif request.POST.get("act") == "take":
        application = arriving.take_in_held(arrival, by=request.user)
        say(request, f"{application.candidate.name} is in {application.stage}")
    else:
        limiting.let_go(arrival, by=request.user)
        say(request, "What they sent is deleted")
    return redirect("pipeline:held_list", arrival.posting.job_id)
