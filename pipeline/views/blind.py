"""Blind review of a job: switch it on and off, see one person for a reason, read who did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, events, masks, sheets
from hiring.errors import Refused
from hiring.http import StaffRequest, go, page_or_part, say
from hiring.models import Job
from pipeline.blind import setting
from pipeline.forms.blind import BlindForm, UnmaskForm
from pipeline.models import Application, Unmasking
from pipeline.views import find_job, next_url

PAGE, UNMASK = "pipeline/blind.html", "pipeline/unmask.html"
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def blind(request: StaffRequest, pk: int) -> HttpResponse:
    job = find_job(request, pk)
    may_set = access.can_set_blind_review(request.user, job)
    if request.method != "POST":
        return _page(request, job, BlindForm(job=job, standing=setting.of(job)))
    if not may_set:
        raise PermissionDenied
    form = BlindForm(request.POST, job=job)
    if form.is_valid():
        try:
            review = setting.switch_on(job, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, no.sentence)
        else:
            say(request, f"Names are hidden until {review.until}.")
            return redirect("pipeline:blind", job.pk)
    return _page(request, job, form, status=422)


@require_POST
def blind_end(request: StaffRequest, pk: int) -> HttpResponse:
    job = find_job(request, pk)
    if not access.can_set_blind_review(request.user, job):
        raise PermissionDenied
    setting.switch_off(job, by=request.user, because=request.POST.get("because", ""))
    say(request, "Names are shown from now on.")
    return redirect("pipeline:blind", job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: StaffRequest, pk: int) -> HttpResponse:
    """See who one person is: why is asked, and kept."""
    application = get_object_or_404(Application.objects.for_card().visible_to(request.user), pk=pk)
    masks.within(application.job_id)
    if not (access.can_unmask(request.user) and access.can_see_pipeline(request.user, application.job)):
        raise PermissionDenied
    back = next_url(request, application.job.get_absolute_url())
    if not masks.mask_of(application.candidate_id):
        return redirect(back)
    form = UnmaskForm(request.POST or None)
    if form.is_valid():
        setting.unmask(application, by=request.user, reason=form.cleaned_data["reason"])
        return go(request, back)
    context = {"application": application, "form": form, "next": back}
    return page_or_part(request, UNMASK, "drawer", context, status=422 if form.errors else 200)


@require_safe
def unmaskings(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Who saw whom, when and why, as a file. People still hidden from the reader go by what they are called."""
    job = find_job(request, pk)
    if not access.can_see_unmaskings(request.user, job):
        raise PermissionDenied
    rows = list(setting.log(job))
    people = [
        row.application.candidate.name for row in rows
    ]  # read now: a stream is written when nobody looks any more
    events.sensitive_read.send(Unmasking, action="exported", table="pipeline_unmasking", object_id=job.pk)
    lines = sheets.csv_lines(["Time (UTC)", "Who", "Saw", "Why"], _rows(rows, people))
    response = StreamingHttpResponse(list(lines), content_type="text/csv; charset=utf-8")
    name = f"unmasked-{job.pk}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(rows: Sequence[Unmasking], people: Sequence[str]) -> Iterator[Sequence[str]]:
    for row, person in zip(rows, people, strict=True):
        yield row.at.isoformat(sep=" ", timespec="seconds"), str(row.by), person, row.reason


def _page(request: StaffRequest, job: Job, form: BlindForm, status: int = 200) -> HttpResponse:
    may_read = access.can_see_unmaskings(request.user, job)
    context = {
        "job": job,
        "form": form,
        "standing": setting.of(job),
        "settings": setting.history(job)[:20],
        "may_set": access.can_set_blind_review(request.user, job),
        "may_read": may_read,
        "unmaskings": setting.log(job)[:SHOWN] if may_read else [],
        "openings": setting.openings(job)[:SHOWN] if may_read else [],
    }
    return render(request, PAGE, context, status=status)
