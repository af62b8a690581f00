"""My days away, and who decides approvals for me meanwhile."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hiring import stand_ins
from hiring.errors import Refused
from hiring.forms.approvals import AbsenceForm
from hiring.http import StaffRequest
from hiring.models import Absence

SHOWN = 50


@require_http_methods(["GET", "POST"])
def absences(request: StaffRequest) -> HttpResponse:
    """What is ahead and now, of mine and of those I stand in for; naming a stand-in is a POST to the same address."""
    form = AbsenceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = stand_ins.appoint(request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, no.sentence)
        else:
            messages.success(request, f"{made.stand_in} decides for you on these days. You can still decide yourself.")
            return redirect("absences")
    today = stand_ins.today_of(request.user)
    ahead = Absence.objects.visible_to(request.user).standing().filter(last_day__gte=today)
    found = list(ahead.select_related("user", "stand_in")[:SHOWN])
    page = {
        "form": form,
        "mine": [absence for absence in found if absence.user_id == request.user.pk],
        "others": [absence for absence in found if absence.user_id != request.user.pk],
        "today": today,
    }
    return render(request, "hiring/absences.html", page, status=422 if form.errors else 200)


@require_POST
def absence_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    own = Absence.objects.visible_to(request.user).standing().filter(user=request.user.pk)
    stand_ins.take_back(get_object_or_404(own, pk=pk))
    messages.success(request, "Taken back. You decide for yourself again.")
    return redirect("absences")
