"""Sharing jobs: those that can be shared, the words and one's own address for one, and the leaderboard where there is one."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hiring import access
from hiring.http import StaffRequest, say
from hiring.models import Posting
from sourcing.careers import listing
from sourcing.careers.words import terms
from sourcing.referrals import leaderboard, sharing


@require_safe
def share_list(request: StaffRequest) -> HttpResponse:
    """The public jobs, newest first, and what one's own links brought."""
    _must_refer(request)
    words = request.GET.get("q", "")[:100].replace("\x00", "")
    page = listing.find(listing.Wanted(words=words), after=request.GET.get("after", ""))
    context = {
        "rows": [(posting, terms(posting)) for posting in page.postings],
        "next": page.older,
        "q": words,
        "own": sharing.numbers(request.user),
        "has_leaderboard": leaderboard.is_on(),
    }
    return render(request, "sourcing/share_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: StaffRequest, pk: int) -> HttpResponse:
    """One job: the address is made by a press; with `?text=` the links carry one's own words."""
    _must_refer(request)
    found = get_object_or_404(Posting.objects.public().select_related("job__location", "job__department"), job=pk)
    if request.method == "POST":
        sharing.make_link(request.user, found.job)
        return redirect("sourcing:share", pk)
    link = sharing.link_of(request.user, found.job)
    text = request.GET.get("text", "").replace("\x00", "")
    context = {
        "posting": found,
        "terms": terms(found),
        "share": sharing.share(request.user, found, link, text) if link else None,
        "longest": sharing.LONGEST,
    }
    return render(request, "sourcing/share.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def leaders(request: StaffRequest) -> HttpResponse:
    """Who referred how many. A press takes oneself out, or in again."""
    _must_refer(request)
    if not leaderboard.is_on():
        raise Http404
    if request.method == "POST":
        wanted = request.POST.get("take_part") == "1"
        leaderboard.take_part(request.user, wanted=wanted)
        say(request, "You are on the leaderboard." if wanted else "You are not on the leaderboard any more.")
        return redirect("sourcing:leaders")
    context = {
        "places": leaderboard.places(),
        "own": leaderboard.own(request.user),
        "takes_part": leaderboard.takes_part(request.user),
    }
    return render(request, "sourcing/leaders.html", context)


def _must_refer(request: StaffRequest) -> None:
    if not access.can_refer(request.user):
        raise PermissionDenied
