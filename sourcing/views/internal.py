"""The internal board: open jobs for whoever is signed in, to apply for or to name somebody for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hiring import access
from hiring.http import StaffRequest
from sourcing.careers import reading
from sourcing.careers.asked import asked
from sourcing.careers.words import terms
from sourcing.internal import board


@never_cache
@require_safe
def internal_board(request: StaffRequest) -> HttpResponse:
    """Every role reads it: whoever works here may change the job they do."""
    wanted, only_internal = asked(request), request.GET.get("internal") == "1"
    page = board.find(wanted, only_internal=only_internal, after=request.GET.get("after", ""))
    context = {
        "wanted": wanted,
        "only_internal": only_internal,
        "rows": [(posting, terms(posting)) for posting in page.postings],
        "next": page.older,
        "public": {posting.pk for posting in page.postings if reading.is_public(posting)},
        "departments": board.departments(),
        "locations": board.locations(),
        "origin": board.origin_of(request.user),
        "may_refer": access.can_refer(request.user),
    }
    return render(request, "sourcing/internal_board.html", context)
