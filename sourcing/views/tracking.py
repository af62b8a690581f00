"""Tracking links: the list with what each brought, making and changing one, its QR code, and the applications behind a number."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access
from hiring.errors import Refused
from hiring.http import StaffRequest, say
from hiring.models import Job
from sourcing.tracking import codes, links, showing
from sourcing.tracking.forms import LinkForm
from sourcing.tracking.models import TrackingLink
from sourcing.views import figures


@require_safe
def link_list(request: StaffRequest) -> HttpResponse:
    _must_distribute(request)
    retired, words = request.GET.get("show") == "retired", request.GET.get("q", "")[:80]
    page = showing.page(request.user, retired=retired, words=words, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "retired": retired,
        "q": words,
        "visits": showing.VISITS,
        "first": showing.FIRST,
        "last": showing.LAST,
    }
    return render(request, "sourcing/link_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def link_create(request: StaffRequest) -> HttpResponse:
    """A new link; pages of a job hand over which it is for."""
    _must_distribute(request)
    form = LinkForm(request.POST or None, jobs=_jobs(request), initial={"job": request.GET.get("job", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = links.make(**form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("job", refused.sentence)
        else:
            say(request, "Here is the address. Everything that comes by it is counted from now on.")
            return redirect(made)
    return _form(request, form)


@require_safe
def link(request: StaffRequest, pk: int) -> HttpResponse:
    found = _link(request, pk)
    context = {
        "row": showing.rows_of(request.user, [found])[0],
        "leads_to": links.leads_to(found),
        "months": showing.by_month(found),
        "definitions": {"visits": showing.VISITS, "first": showing.FIRST, "last": showing.LAST},
    }
    return render(request, "sourcing/link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def link_edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = _link(request, pk)
    form = LinkForm(request.POST or None, jobs=_jobs(request), link=found)
    if request.method == "POST" and form.is_valid():
        try:
            links.edit(found, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.add_error("job", refused.sentence)
        else:
            say(request, "Saved.")
            return redirect(found)
    return _form(request, form, found)


@require_POST
def link_retire(request: StaffRequest, pk: int) -> HttpResponse:
    found = _link(request, pk)
    if request.POST.get("back"):
        links.bring_back(found, by=request.user)
        say(request, f"“{found.label}” is offered again.")
    else:
        links.retire(found, by=request.user)
        say(request, f"“{found.label}” is retired. Whoever still opens it is led on.")
    return redirect(found)


@require_safe
def link_code(request: StaffRequest, pk: int, form: str) -> HttpResponse:
    """The QR code as a picture; with `?save` as a file named after the link."""
    found = _link(request, pk)
    if form not in codes.CONTENT_TYPES:
        raise Http404
    answer = HttpResponse(codes.draw(links.address_of(found), form), content_type=codes.CONTENT_TYPES[form])
    if "save" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{slugify(found.label) or "qr"}-{found.token}.{form}"'
    return answer


@require_safe
def link_people(request: StaffRequest, pk: int, touch: str) -> HttpResponseBase:
    """The applications a link brought, or that came by it last."""
    found = _link(request, pk)
    counted = showing.counted(request.user, found, touch)
    if counted is None:
        raise Http404
    crumbs = [("Tracking links", reverse("sourcing:links")), (found.label, found.get_absolute_url())]
    return figures.answer(request, counted, crumbs=crumbs)


def _form(request: StaffRequest, form: LinkForm, found: TrackingLink | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "link": found, "campaigns": showing.campaigns(request.user)}
    return render(request, "sourcing/link_form.html", context, status=422 if form.errors else 200)


def _jobs(request: StaffRequest) -> QuerySet[Job]:
    """Jobs that can be advertised now or soon."""
    seen = Job.objects.visible_to(request.user).filter(confidential=False)
    return seen.exclude(status__in=(Job.Status.DRAFT, Job.Status.CLOSED)).order_by("title", "pk")


def _must_distribute(request: StaffRequest) -> None:
    if not access.can_distribute(request.user):
        raise PermissionDenied


def _link(request: StaffRequest, pk: int) -> TrackingLink:
    _must_distribute(request)
    return get_object_or_404(TrackingLink.objects.visible_to(request.user).for_row(), pk=pk)
