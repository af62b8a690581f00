"""What was decided on a person's applications, and why: a page in plain words, and the same to take out."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hiring import access, events, sheets
from hiring.http import StaffRequest
from hiring.models import Candidate
from pipeline.decisions import words

PAGE = "pipeline/decisions.html"
AT_ONCE = 30


@require_safe
def decision_list(request: StaffRequest, pk: int) -> HttpResponse:
    candidate = _candidate(request, pk)
    before = request.GET.get("before", "")
    found = words.of_candidate(candidate, request.user)
    if before.isascii() and before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    records = list(found.order_by("-pk")[: AT_ONCE + 1])
    context = {
        "candidate": candidate,
        "decisions": [words.told(record) for record in records[:AT_ONCE]],
        "older": records[AT_ONCE - 1].pk if len(records) > AT_ONCE else None,
        "is_later": bool(before),
        "may_export": access.can_export_decisions(request.user),
    }
    return render(request, PAGE, context)


@require_safe
def decision_export(request: StaffRequest, pk: int, ending: str) -> HttpResponseBase:
    """All of them as a file. Taking them out is a sensitive read."""
    candidate = _candidate(request, pk)
    if not access.can_export_decisions(request.user):
        raise PermissionDenied
    records = words.of_candidate(candidate, request.user).order_by("pk")
    events.sensitive_read.send(Candidate, action="exported", table="pipeline_decisionrecord", object_id=candidate.pk)
    name = f"decisions-{candidate.pk}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response: HttpResponseBase
    if ending == "json":
        response = JsonResponse({"candidate": candidate.pk, "decisions": [words.as_json(one) for one in records]})
    else:
        lines = sheets.csv_lines(words.HEADS, words.as_rows(records))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _candidate(request: StaffRequest, pk: int) -> Candidate:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_see_decisions(request.user):
        raise PermissionDenied
    return candidate
