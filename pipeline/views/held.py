"""What came by a job's form and needs a look: held back by the limits of applying, not to be filed for a fault, or looking alike;
and what the job asks of addresses."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hiring import access
from hiring.http import StaffRequest, say
from pipeline import arriving, confirming, likeness, limiting
from pipeline.models import Arrival
from pipeline.views import find_job

CHOICES = {"on": True, "off": False, "": None}


@require_safe
def held_list(request: StaffRequest, pk: int) -> HttpResponse:
    job = find_job(request, pk)
    page = {
        "job": job,
        "held": limiting.held(job.pk),
        "stuck": arriving.stuck(job.pk)[:200],
        "alike": bool(likeness.any_in(job=job.pk)),
        "may": access.can_move(request.user, job),
        "may_edit": access.can_edit_job(request.user, job),
        "asks": confirming.asks(job),
        "everywhere": limiting.limits().confirm_address,
    }
    return render(request, "pipeline/held_list.html", page)


@require_safe
def alike(request: StaffRequest, pk: int) -> HttpResponse:
    """Applications that look alike, with why. Whoever decides looks at them; nothing follows by itself."""
    job = find_job(request, pk)
    page = {"job": job, "clusters": likeness.clusters(job, request.user)}
    return render(request, "pipeline/alike.html", page)


@require_POST
def door_settings(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether applicants of this job confirm their address: yes, no, or as everywhere."""
    job = find_job(request, pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    confirming.choose(job, CHOICES.get(request.POST.get("confirm", "")))
    say(request, "Kept")
    return redirect("pipeline:held_list", job.pk)


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
