"""The application form of a job as applicants see it: as it is being written, or in an earlier version. Nothing can be sent from here."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from hiring import access
from hiring.application_form import asking
from hiring.http import StaffRequest
from hiring.models import Job, Posting
from sourcing.careers.form import ApplyForm


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # its types know no arguments of a route
def form_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """In a frame of the form's own page, or by itself. `version` shows what was asked then."""
    job = get_object_or_404(Job.objects.for_row().select_related("posting").visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    posting = job.posting
    asks = _asked(posting, request.GET.get("version", ""))
    form = ApplyForm(posting, asks=asks)
    context = {
        "posting": posting,
        "asks": asks,
        "form": form,
        "notices": form.notices.read,
        "is_preview": True,
    }
    return render(request, "careers/form_preview.html", context)


def _asked(posting: Posting, version: str) -> asking.Form:
    if not version:
        return asking.draft(posting)
    if not (version.isascii() and version.isdecimal() and len(version) < 7):
        raise Http404
    return asking.of_version(get_object_or_404(posting.form_versions, number=int(version)))
