"""Filling in the custom fields of a person, an application, a job or an offer: one page for all of them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from hiring import custom_fields
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.http import StaffRequest, go, page_or_part, say
from hiring.views.record import MERGED, was_merged

PAGE = "hiring/custom_fields.html"


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def custom_fields_edit(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    owner = custom_fields.owners.get(kind)
    if owner is None:
        raise Http404
    thing = get_object_or_404(owner.visible(request.user), pk=pk)
    if not owner.may_edit(request.user, thing):
        raise PermissionDenied
    if request.method != "POST":
        owner.check(thing)  # before anybody fills in a form that cannot be saved
    else:
        owner.model._base_manager.select_for_update().get(pk=thing.pk)  # as it stands, until this is written
    form = CustomFieldsForm(request.POST or None, kind=kind, user=request.user, thing_id=thing.pk)
    if was_merged(request):
        form.add_error(None, MERGED)
    if request.method == "POST" and form.is_valid():
        custom_fields.set_values(thing, request.user, form.values())
        say(request, "Saved.")
        return go(request, owner.url(thing))
    candidate, job = owner.candidate(thing), owner.job(thing)
    context = {
        "form": form,
        "kind": kind,
        "thing": thing,
        "back": owner.url(thing),
        "candidate": candidate,
        "job": job,
        "title": " · ".join(str(part) for part in (candidate, job) if part),
    }
    return page_or_part(request, PAGE, "form", context, status=422 if form.errors else 200)
