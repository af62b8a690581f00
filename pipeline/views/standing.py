"""What an application waits for, said by hand; and taking it over to another job."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access
from hiring.http import StaffRequest, go, say
from hiring.models import Job
from pipeline import sub_status, transfer
from pipeline.forms.moving import SubStatusForm, TransferForm
from pipeline.models import Application
from pipeline.views import answer, ended, find_to_decide, next_url

TRANSFER, WAITS = "pipeline/application_transfer.html", "pipeline/application_waits.html"


@require_http_methods(["GET", "POST"])
def application_waits(request: StaffRequest, pk: int) -> HttpResponse:
    """Say by hand what an application waits for, or take it back; the page says what is known and why."""
    application = find_to_decide(request, pk)
    if request.method == "GET" and not application.is_active:
        return ended.page(request, application, f"What {application.candidate.name} waits for")
    by_hand = sub_status.by_hand(application)
    form = SubStatusForm(request.POST if request.method == "POST" else None, by_hand=by_hand)
    if form.is_valid():
        sub_status.put(application, by=request.user, **form.cleaned_data)
        kind = sub_status.KINDS.get(form.cleaned_data["key"])
        name = application.candidate.name
        return answer(request, application, f"{name}: {kind.label.lower()}" if kind else f"{name}: by the facts again")
    context = {
        "application": application,
        "form": form,
        "by_hand": by_hand,
        "standing": sub_status.of(request.user, [application.pk]).get(application.pk),
        "next": next_url(request, ""),
    }
    return render(request, WAITS, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def application_transfer(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an application over to another open job the person may decide on."""
    application = find_to_decide(request, pk)
    if request.method == "GET" and not application.is_active:
        return ended.page(request, application, f"Take {application.candidate.name} over to another job")
    jobs = Job.objects.visible_to(request.user).filter(access.jobs_movable_by(request.user), status=Job.Status.OPEN)
    jobs = jobs.exclude(pk__in=transfer.jobs_of(application.candidate)).order_by("title", "pk")
    form = TransferForm(request.POST if request.method == "POST" else None, jobs=jobs, seen=application.stage_id)
    if form.is_valid():
        stages = {stage.pk: stage for stage in application.job.stages.all()}
        seen = stages.get(form.cleaned_data["seen"], application.stage)
        opened = transfer.transfer(application, form.cleaned_data["job"], by=request.user, seen=seen)
        undo = reverse("pipeline:transfer_undo", args=[opened.pk])
        said = f"{opened.candidate.name} goes on in {opened.stage} for {opened.job}"
        return answer(request, application, said, undo=undo)
    context = {
        "application": application,
        "form": form,
        "no_jobs": not jobs.exists(),
        "in_the_way": transfer.in_the_way(application),
        "next": next_url(request, ""),
    }
    return render(request, TRANSFER, context, status=422 if form.errors else 200)


@require_POST
def transfer_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring it back; whoever does it may decide on both jobs."""
    opened = find_to_decide(request, pk)
    both = Application.objects.visible_to(request.user).filter(transferred_to__opened=opened)
    left = get_object_or_404(both.select_related("job"))
    if not access.can_move(request.user, left.job):
        raise PermissionDenied
    back = transfer.undo(opened, by=request.user)
    say(request, f"{back.candidate.name} is back in {back.stage} for {back.job}")
    return go(request, next_url(request, back.get_absolute_url()))
