"""Saved searches: the list, one of them, changing it, and being told of new matches."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, bulk, notifications
from hiring.errors import Refused
from hiring.http import StaffRequest, page_or_part, say
from hiring.models import Candidate
from hiring.query import QueryError, said
from sourcing import alerts, segments
from sourcing.forms import SegmentForm, WatchForm
from sourcing.models import Segment, SegmentSighting, SegmentWatch

SHOWN = 50
NEW = 25
ACTS = {"pool", "sequence", "job", "tag", "export"}
"""What can be done with everybody in a segment, from its own page."""


@require_safe
def segment_list(request: StaffRequest) -> HttpResponse:
    """One's own and the shared ones, by name."""
    _must_browse(request)
    found = Segment.objects.visible_to(request.user).select_related("owner").order_by("name", "pk")
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19 and (last := found.filter(pk=int(after)).first()):
        found = found.filter(name__gte=last.name).exclude(name=last.name, pk__lte=last.pk)
    rows = list(found[: SHOWN + 1])
    watched = dict(SegmentWatch.objects.filter(user=request.user).values_list("segment", "often"))
    reader = segments.Reader(request.user)
    for row in rows:
        row.is_watched = row.pk in watched  # type: ignore[attr-defined]
        row.shows_count = reader.counts_alike(row)  # type: ignore[attr-defined]
        row.is_open = reader.may_read(row)  # type: ignore[attr-defined]
    context = {
        "rows": rows[:SHOWN],
        "next": str(rows[SHOWN - 1].pk) if len(rows) > SHOWN else "",
        "is_later": bool(after),
    }
    return page_or_part(request, "sourcing/segment_list.html", "rows", context)


@require_http_methods(["GET", "HEAD", "POST"])
def segment_create(request: StaffRequest) -> HttpResponse:
    """Keep a search; the list of people hands over what was searched for."""
    _must_browse(request)
    initial = {"text": request.GET.get("q", "")[:2_000], "sharing": Segment.Sharing.PRIVATE}
    return _form(request, None, initial)


@require_http_methods(["GET", "HEAD", "POST"])
def segment_edit(request: StaffRequest, pk: int) -> HttpResponse:
    segment = _mine(request, pk)
    fields = ("name", "text", "description", "sharing", "roles")
    return _form(request, segment, {name: getattr(segment, name) for name in fields})


@require_safe
def segment(request: StaffRequest, pk: int) -> HttpResponse:
    """What it looks for, how many match, who is new, and what can be done with all of them."""
    found, reader = _find(request, pk), segments.Reader(request.user)
    watch = SegmentWatch.objects.filter(segment=found, user=request.user).first()
    context = {
        "segment": found,
        "shows_count": reader.counts_alike(found),
        "is_open": reader.may_read(found),
        "may_edit": _may_edit(request, found),
        "people_url": f"{reverse('candidates')}?{urlencode({'q': found.text})}",
        "asked": urlencode({"q": found.text}),
        "watch": watch,
        "watch_form": WatchForm(initial={"often": watch.often if watch else "off"}),
        "new": _new(request, watch) if watch else [],
        "acts": [kind for kind in bulk.for_user(request.user) if kind.key in ACTS],
        "roles": [label for value, label in SegmentForm.base_fields["roles"].choices if value in found.roles],  # type: ignore[attr-defined]
        "tells": notifications.SEGMENT not in request.user.quiet_kinds,
    }
    return page_or_part(request, "sourcing/segment_page.html", "facts", context)


@require_POST
def segment_duplicate(request: StaffRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if not segments.Reader(request.user).may_read(found):
        raise Refused("This search asks a field that is not open to you.")
    twin = segments.duplicate(found, by=request.user)
    say(request, f"“{twin}” is yours now.")
    return redirect("sourcing:segment_edit", twin.pk)


@require_POST
def segment_delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    segments.delete(found)
    say(request, f"The segment “{found}” is gone. The people are not.")
    return redirect("sourcing:segments")


@require_POST
def segment_watch(request: StaffRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = WatchForm(request.POST)
    if not form.is_valid():
        raise Refused("Choose how often.")
    watch = alerts.watch(found, request.user, form.cleaned_data["often"])
    say(request, f"You will be told of new people in “{found}”." if watch else "You will not be told any more.")
    return redirect(found)


def _form(request: StaffRequest, segment: Segment | None, initial: dict[str, Any]) -> HttpResponse:
    may_share = access.can_share_segments(request.user)
    form = SegmentForm(request.POST or None, initial=initial, may_share=may_share)
    what = None
    if request.method == "POST" and form.is_valid():
        try:
            kept = segments.save(segment, by=request.user, **form.cleaned_data)
        except QueryError as error:
            what = said.wrong(" ".join(str(form.data.get("text", "")).split()), error, request.user)
            form.add_error("text", error.message)
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            say(request, f"“{kept}” is kept." if segment is None else "Saved.")
            return redirect(kept)
    if what is None and form.errors.get("text"):
        what = said.Said(message=str(form.errors["text"][0]))
    context = {"form": form, "segment": segment, "said": what, "may_share": may_share}
    return render(request, "sourcing/segment_form.html", context, status=422 if form.errors else 200)


def _new(request: StaffRequest, watch: SegmentWatch) -> list[SegmentSighting]:
    """Who came since one began to watch, the latest first."""
    seen = Candidate.objects.visible_to(request.user)
    sightings = SegmentSighting.objects.filter(watch=watch, is_new=True, candidate__in=seen)
    return list(sightings.select_related("candidate").order_by("-since", "-pk")[:NEW])


def _must_browse(request: StaffRequest) -> None:
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied


def _find(request: StaffRequest, pk: int) -> Segment:
    return get_object_or_404(Segment.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _may_edit(request: StaffRequest, found: Segment) -> bool:
    return found.owner_id == request.user.pk or request.user.role == access.ADMIN


def _mine(request: StaffRequest, pk: int) -> Segment:
    found = _find(request, pk)
    if not _may_edit(request, found):
        raise PermissionDenied
    return found
