"""Promising something to a person, and saying that it is kept."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, promises
from hiring.errors import Refused
from hiring.forms.promises import KeepForm
from hiring.http import StaffRequest, go, say
from hiring.models import Candidate, Promise


@require_http_methods(["GET", "POST"])
def promise_create(request: StaffRequest, pk: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_write_notes(request.user, candidate):
        raise PermissionDenied
    form = KeepForm(request.POST or None, user=request.user)
    del form.fields["ask"]  # no letter goes out from here
    if request.method == "POST" and form.is_valid():
        try:
            promises.keep(candidate, form.keep(), by=request.user)
        except Refused as no:
            form.add_error(None, no.sentence)
        else:
            say(request, "Promised. It comes up on Today when it is due.")
            return redirect(candidate)
    page = {"candidate": candidate, "form": form, "standing": promises.standing(candidate)}
    return render(request, "hiring/promise_create.html", page, status=422 if form.errors else 200)


@require_POST
def promise_settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Kept, or dropped."""
    promise = get_object_or_404(Promise.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    if not access.can_write_notes(request.user, promise.candidate):
        raise PermissionDenied
    status = Promise.Status.DROPPED if request.POST.get("drop") else Promise.Status.KEPT
    promises.settle(promise, status, by=request.user)
    say(request, "Dropped." if request.POST.get("drop") else "Kept. Well done.")
    back = request.POST.get("next", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return go(request, back if ours else promise.candidate.get_absolute_url())
