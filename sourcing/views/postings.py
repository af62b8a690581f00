"""A posting as candidates see it, while it is written: the career site's own page in a frame of the editor."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from hiring import access
from hiring.forms.posting_places import places_of
from hiring.forms.postings import PostingForm
from hiring.http import StaffRequest
from hiring.models import Job, Posting
from hiring.postings.drafting import drawn
from sourcing.careers import reading


@never_cache
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
@require_http_methods(["GET", "HEAD", "POST"])
def posting_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """As it stands, or with what was typed. What is wrong with a field keeps that field as it stands."""
    job = get_object_or_404(Job.objects.for_row().visible_to(request.user), pk=pk)
    if not access.can_edit_job(request.user, job):
        raise PermissionDenied
    posting = Posting.objects.with_places().prefetch_related("translations").get(job=job)
    if request.method == "POST":
        form, places = PostingForm(request.POST, posting=posting), places_of(posting, request.POST)
        form.is_valid()
        posting = drawn(posting, form.words, places.wanted if places.is_valid() else None)
    return render(request, "careers/preview.html", _shown(request, posting))


def _shown(request: HttpRequest, posting: Posting) -> dict[str, Any]:
    """The page's own facts; no address of it leads anywhere from here."""
    return reading.page_of(posting) | {"is_public": True, "languages": [], "carry": "", "is_preview": True}
