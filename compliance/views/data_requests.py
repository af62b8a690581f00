"""What people ask about their data: the list, and what becomes of each."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance import data_requests
from hiring import access, cursors
from hiring.http import StaffRequest, say

SHOWN = 50


@require_safe
def request_list(request: StaffRequest) -> HttpResponse:
    """Open ones by the day they are due, or, with `settled=1`, those that were answered, the newest first."""
    if not access.can_see_audit(request.user):
        raise PermissionDenied
    settled = request.GET.get("settled") == "1"
    found = data_requests.settled_ones() if settled else data_requests.open_ones()
    if settled and (cursor := cursors.read(request.GET.get("after", ""))):
        found = found.filter(settled_at__lte=cursor[0]).exclude(settled_at=cursor[0], pk__gte=cursor[1])
    rows = list(found[: SHOWN + 1]) if settled else list(found[:500])
    more = settled and len(rows) > SHOWN
    rows = rows[:SHOWN] if settled else rows
    last = rows[-1].settled_at if more else None
    page = {
        "rows": [(row, data_requests.standing(row)) for row in rows],
        "settled": settled,
        "next": cursors.write(last, rows[-1].pk) if last else "",
    }
    return render(request, "compliance/data_requests.html", page)


@require_POST
def request_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it on, or say that it is done."""
    if not access.can_see_audit(request.user):
        raise PermissionDenied
    found = get_object_or_404(data_requests.everybodys(), pk=pk)
    if request.POST.get("act") == "settle":
        data_requests.settle(found, by=request.user)
        say(request, "Kept as answered")
    else:
        data_requests.take(found, by=request.user)
        say(request, "You see to it")
    return redirect("compliance:data_requests")
