"""Changing a person's record: facts, contact points, tags, owner, do-not-contact. In place for a swap, as a page otherwise."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, candidates, custom_fields
from hiring.forms.candidates import ContactPointForm, ContactStopForm, FactsForm, OwnerForm
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say, tell
from hiring.models import Candidate, CandidateTag, ContactPoint
from hiring.views import profile

PAGE = "hiring/candidate_edit.html"
CHANGED = "timeline-changed"
MERGED = "This record was merged into another one while you were writing. Look over what you typed, then save it here."


def editable(request: StaffRequest, pk: int) -> Candidate:
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_edit_candidate(request.user, found):
        raise PermissionDenied
    return found


def was_merged(request: StaffRequest) -> bool:
    """A form that shows all facts was opened before a merge: saved unseen, it would undo what was chosen there."""
    return request.method == "POST" and "merged" in request.GET


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def candidate_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct the facts. What a colleague changed since the form was opened is not undone unseen."""
    found = editable(request, pk)
    if request.method == "POST":
        found = Candidate.objects.select_for_update().get(pk=found.pk)  # as it stands, until this is written
    form = FactsForm(request.POST or None, candidate=found)
    custom = CustomFieldsForm(request.POST or None, kind="candidate", user=request.user, thing_id=found.pk)
    if was_merged(request):
        form.add_error(None, MERGED)
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        candidates.edit(found, by=request.user, **form.cleaned_data)
        custom_fields.set_values(found, request.user, custom.values())
        return _saved(request, found, "Saved.")
    return _form(request, found, facts=form, custom=custom)


@require_POST
def candidate_set_owner(request: StaffRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    form = OwnerForm(request.POST, candidate=found)
    if not form.is_valid():
        return _form(request, found, owner=form)
    owner = form.cleaned_data["owner"]
    candidates.set_owner(found, owner, by=request.user)
    return _saved(request, found, f"{owner} now looks after {found}." if owner else f"Nobody looks after {found} now.")


@require_POST
def candidate_stop_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Set or lift do-not-contact."""
    found = editable(request, pk)
    form = ContactStopForm(request.POST, candidate=found)
    if not form.is_valid():
        return _form(request, found, stop=form)
    candidates.set_do_not_contact(found, by=request.user, **form.cleaned_data)
    return _saved(
        request,
        found,
        "Nothing is sent to this person." if form.cleaned_data["value"] else "This person may be written to again.",
    )


@require_POST
def contact_point_add(request: StaffRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    form = ContactPointForm(request.POST)
    if not form.is_valid():
        return _form(request, found, point=form)
    candidates.add_contact_point(found, by=request.user, **form.cleaned_data)
    return _contacts(request, found, "Added.")


@require_POST
def contact_point_remove(request: StaffRequest, pk: int) -> HttpResponse:
    point = _point(request, pk)
    candidates.remove_contact_point(point, by=request.user)
    return _contacts(request, point.candidate, f"{point.raw} is removed.")


@require_POST
def contact_point_prefer(request: StaffRequest, pk: int) -> HttpResponse:
    point = _point(request, pk)
    candidates.make_primary(point, by=request.user)
    return _contacts(request, point.candidate, f"{point.raw} comes first now.")


@require_POST
def candidate_tag(request: StaffRequest, pk: int) -> HttpResponse:
    found = editable(request, pk)
    tag = candidates.tag(found, request.POST.get("name", request.GET.get("name", "")), by=request.user)
    return _tags(request, found, f"Tagged {tag}.", reverse("candidate_untag", args=[found.pk, tag.pk]))


@require_POST
def candidate_untag(request: StaffRequest, pk: int, tag: int) -> HttpResponse:
    found = editable(request, pk)
    use = get_object_or_404(CandidateTag.objects.filter(candidate=found).select_related("tag"), tag=tag)
    candidates.untag(found, use.tag, by=request.user)
    undo = f"{reverse('candidate_tag', args=[found.pk])}?{urlencode({'name': use.tag.name})}"
    return _tags(request, found, f"The tag {use.tag} is off.", undo)


def _point(request: StaffRequest, pk: int) -> ContactPoint:
    points = ContactPoint.objects.filter(candidate__in=Candidate.objects.visible_to(request.user)).select_related(
        "candidate"
    )
    point = get_object_or_404(points, pk=pk)
    if not access.can_edit_candidate(request.user, point.candidate):
        raise PermissionDenied
    return point


def _form(request: StaffRequest, found: Candidate, **bound: forms.Form) -> HttpResponse:
    """The whole editor, with the forms that were sent as they were sent."""
    context: dict[str, Any] = {
        "candidate": found,
        "facts": FactsForm(candidate=found),
        "custom": None,
        "owner": OwnerForm(candidate=found),
        "stop": ContactStopForm(candidate=found),
        "point": ContactPointForm(),
        "points": _points(found),
        **bound,
    }
    context["custom"] = context["custom"] or CustomFieldsForm(kind="candidate", user=request.user, thing_id=found.pk)
    wrong = any(form.errors for form in bound.values())
    return page_or_part(request, PAGE, "editor", context, status=422 if wrong else 200)


def _saved(request: StaffRequest, found: Candidate, sentence: str) -> HttpResponse:
    """Back to the profile, whose head and facts may both have changed."""
    say(request, sentence)
    return go(request, found)


def _contacts(request: StaffRequest, found: Candidate, sentence: str) -> HttpResponse:
    if not is_swap(request):
        say(request, sentence)
        return redirect("candidate_edit", found.pk)
    context = {
        "candidate": found,
        "point": ContactPointForm(),
        "points": _points(found),
    }
    return tell(render(request, f"{PAGE}#contacts", context), request, CHANGED, toast=sentence)


def _tags(request: StaffRequest, found: Candidate, sentence: str, undo: str = "") -> HttpResponse:
    if not is_swap(request):
        say(request, sentence, undo=undo)
        return redirect(found)
    context = {"candidate": found, "tags": [use.tag for use in found.tags.select_related("tag")], "may_edit": True}
    events = [CHANGED] if request.htmx.target == "tags" else [CHANGED, "tags-changed"]  # an undo comes from elsewhere
    return tell(render(request, f"{profile.PAGE}#tags", context), request, *events, toast=sentence, undo=undo)


def _points(found: Candidate) -> list[ContactPoint]:
    """The ways to reach the person; which one is used first only matters where there are two of a kind."""
    points = list(found.contact_points.filter(is_live=True))
    kinds = [point.kind for point in points]
    for point in points:
        point.has_another = kinds.count(point.kind) > 1  # type: ignore[attr-defined]
    return points
