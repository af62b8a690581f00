"""The search log, for those who answer for it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import searching
from compliance.forms import SearchFilter
from hiring import access, cursors
from hiring.http import StaffRequest

SHOWN = 50


@require_GET
def searches(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """EQ-12: who searched for whom, for which job, when; as a page, or with `as=csv` as a file of all that the filter leaves."""
    if not access.can_see_search_log(request.user):
        raise PermissionDenied
    form = SearchFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = searching.searches(request.user, **chosen)
    if request.GET.get("as") == "csv":
        response = StreamingHttpResponse(searching.as_csv(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="searches.csv"'
        return response
    if cursor := cursors.read(request.GET.get("after", "")):
        found = found.filter(Q(at__lt=cursor[0]) | Q(at=cursor[0], pk__lt=cursor[1]))
    rows = list(found[: SHOWN + 1])
    for row in rows:
        row.job_named = searching.named(row.job)  # type: ignore[attr-defined]
    following = cursors.write(rows[SHOWN - 1].at, rows[SHOWN - 1].pk) if len(rows) > SHOWN else ""
    context = {
        "form": form,
        "rows": rows[:SHOWN],
        "next": following,
        "filtered": any(chosen.values()),
        "days": settings.SEARCH_LOG_DAYS,
    }
    return render(request, "compliance/search_list.html", context)
