"""Capture from any page of the web, in a small window; and the page that explains all ways to add people."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, acquaintance, facets
from hiring.http import StaffRequest, public
from hiring.models import Candidate
from sourcing import capture as verbs
from sourcing.forms import CaptureForm
from sourcing.mailed import arriving


@public
@never_cache
@require_safe
def capture(request: HttpRequest) -> HttpResponse:
    """Where the bookmarklet leads. Open to all, because it holds nothing: a script takes the fragment into the window's
    own storage and goes on to the form, where one signs in if need be."""
    return render(request, "sourcing/capture_door.html")


@require_http_methods(["GET", "HEAD", "POST"])
def capture_new(request: StaffRequest) -> HttpResponse:
    """The short form. Somebody known is filled up instead of made twice, or gets link and note on their own record."""
    _may(request)
    form = CaptureForm(request.POST or None, user=request.user)
    if request.method == "POST":
        if to := request.POST.get("to", ""):
            return _add_to(request, form, to)
        if form.is_valid():
            candidate, created = verbs.add(by=request.user, **form.arguments())
            request.session["captured"] = [] if created else ["They were known already. What was missing is added."]
            return redirect("sourcing:capture_done", candidate.pk)
    context = {"form": form, "known": _known(request) if form.is_bound else None, "networks": verbs.networks()}
    return render(request, "sourcing/capture.html", context, status=422 if form.errors else 200)


@require_POST  # what is being looked up does not belong into an address
def capture_known(request: StaffRequest) -> HttpResponse:
    """Whether the person on the page is known already. Name, address and link are looked up and kept nowhere."""
    _may(request)
    return render(request, "sourcing/capture.html#known", {"known": _known(request)})


@require_safe
def capture_done(request: StaffRequest, pk: int) -> HttpResponse:
    _may(request)
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    problems = request.session.pop("captured", [])
    return render(request, "sourcing/capture_done.html", {"candidate": candidate, "problems": problems})


@require_safe
def ways_to_add(request: StaffRequest) -> HttpResponse:
    """All doors people come in by: the form, the bookmarklet."""
    _may(request)
    local, _, domain = arriving.address_of().partition("@")
    context = {
        "bookmarklet": verbs.bookmarklet(),
        "address": arriving.address_of(),
        "job_address": f"{local}+REQ-1042@{domain}",
    }
    return render(request, "sourcing/ways_to_add.html", context)


def _add_to(request: StaffRequest, form: CaptureForm, to: str) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user).filter(pk__in=facets.ids([to])))
    if not access.can_edit_candidate(request.user, candidate):
        raise PermissionDenied
    form.is_valid()  # what cannot be read is left out: the record has a name already
    problems = [str(error) for field in ("email", "link", "text") for error in form.errors.get(field, [])]
    problems += verbs.add_to(candidate, by=request.user, **form.findings())
    request.session["captured"] = problems
    return redirect(reverse("sourcing:capture_done", args=[candidate.pk]))


def _known(request: StaffRequest) -> acquaintance.Known:
    typed = {key: request.POST.get(key, "")[:400] for key in ("name", "email", "link")}
    return acquaintance.look(request.user, **typed)


def _may(request: StaffRequest) -> None:
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
