"""Suspected duplicates: the queue, two records side by side, and taking a merge back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, acquaintance, comparison, duplicates, facets, finder, merging
from hiring.comparison import FIRST, SECOND
from hiring.http import StaffRequest, page_or_part, say
from hiring.models import Candidate, ContactPoint, DuplicatePair, MergeRecord


@require_safe
def duplicate_list(request: StaffRequest) -> HttpResponse:
    """The pairs that wait for a decision, the likeliest first; or those that were put off."""
    _may(request)
    put_off = request.GET.get("show") == "later"
    found = duplicates.queue(request.user, put_off=put_off, after=request.GET.get("after", ""))
    context = {"rows": [(pair, duplicates.words(pair)) for pair in found.pairs], "next": found.next, "put_off": put_off}
    return render(request, "hiring/duplicate_list.html", context)


@require_safe
def duplicate_pair(request: StaffRequest, pk: int) -> HttpResponse:
    """Two records side by side, with a choice for every fact they do not agree on."""
    pair = _pair(request, pk)
    if pair.first.merged_into_id or pair.second.merged_into_id:
        return redirect("candidate", pair.second_id if pair.first.merged_into_id else pair.first_id)
    points = ContactPoint.objects.filter(candidate__in=_people(request, pair), is_live=True)
    context = {
        "pair": pair,
        "people": [(FIRST, pair.first), (SECOND, pair.second)],
        "reasons": duplicates.words(pair),
        "facts": [*comparison.facts(pair), *comparison.further_facts(pair, request.user)],
        "points": _of_each(pair, points),
    }
    return render(request, "hiring/duplicate_pair.html", context)


@require_POST
def duplicate_merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Make one record of the two, with the values that were chosen."""
    pair = _pair(request, pk)
    keeps_second = request.POST.get("keep") == SECOND
    survivor, other = (pair.second, pair.first) if keeps_second else (pair.first, pair.second)
    shown = [*comparison.facts(pair), *comparison.further_facts(pair, request.user)]
    choices = comparison.choices(shown, request.POST, SECOND if keeps_second else FIRST)
    merged = merging.merge(survivor, other, choices=choices, by=request.user)
    say(request, f"The two records of {merged.survivor} are one now.", undo=reverse("merge_undo", args=[merged.pk]))
    return redirect(merged.survivor)


@require_POST
def duplicate_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """They are different people, or: decide later."""
    pair = duplicates.decide(_pair(request, pk), request.POST.get("answer", ""), by=request.user)
    different = pair.status == DuplicatePair.Status.DIFFERENT
    say(request, "Kept apart. You will not be asked about these two again." if different else "Put off for later.")
    return redirect("duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_merge_with(request: StaffRequest, pk: int) -> HttpResponse:
    """Pick the other record of a person by hand. Leads to the page where the two stand side by side; nothing is merged here."""
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_settle_duplicates(request.user):
        raise PermissionDenied
    if request.method == "POST":
        others = Candidate.objects.visible_to(request.user).filter(pk__in=facets.ids([request.POST.get("other", "")]))
        pair = duplicates.put_side_by_side(found, get_object_or_404(others), by=request.user)
        return redirect("duplicate_pair", pair.pk)
    words = request.GET.get("q", "").strip()[:100]
    people = finder.people(words, request.user) if words else []
    alike = [] if words else acquaintance.suspects_on_record(request.user, found)
    context = {
        "candidate": found,
        "q": words,
        "people": [person for person in people if person.pk != found.pk],
        "suspects": alike,
    }
    return page_or_part(request, "hiring/merge_with.html", "found", context)


@require_POST
def candidate_duplicates(request: StaffRequest, pk: int) -> HttpResponse:
    """Look for duplicates of one person now."""
    found = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    if not access.can_edit_candidate(request.user, found):
        raise PermissionDenied
    duplicates.look([found.pk])
    if pair := duplicates.open_pair(found):
        return redirect("duplicate_pair", pair.pk)
    say(request, f"No other record looks like {found}.")
    return redirect(found)


@require_POST
def merge_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a merge back: two people again."""
    _may(request)
    merged = get_object_or_404(MergeRecord.objects.visible_to(request.user), pk=pk)
    merged = merging.unmerge(merged, by=request.user)
    say(request, f"Two records again: {merged.survivor} and {merged.other}.")
    return redirect("candidate", merged.survivor_id)


def _may(request: StaffRequest) -> None:
    if not access.can_settle_duplicates(request.user):
        raise PermissionDenied


def _pair(request: StaffRequest, pk: int) -> DuplicatePair:
    _may(request)
    people = [f"{side}__{name}" for side in (FIRST, SECOND) for name in ("owner", "source", "referred_by")]
    pairs = DuplicatePair.objects.visible_to(request.user).select_related(*people)
    return get_object_or_404(pairs, pk=pk)


def _people(request: StaffRequest, pair: DuplicatePair) -> Any:
    return Candidate.objects.visible_to(request.user).filter(pk__in=[pair.first_id, pair.second_id])


def _of_each(pair: DuplicatePair, points: Iterable[ContactPoint]) -> list[list[ContactPoint]]:
    points = list(points)
    return [[point for point in points if point.candidate_id == pk] for pk in (pair.first_id, pair.second_id)]
