"""For administrators: what to put into a web site, with a preview of it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hiring import access
from hiring.http import StaffRequest
from sourcing.careers import known
from sourcing.careers.asked import asked
from sourcing.embeds import showing


@require_safe
def embeds(request: StaffRequest) -> HttpResponse:
    """The lists there are, one of them open with its snippet; department and place are chosen here and go into the address."""
    if not access.can_administer(request.user):
        raise PermissionDenied
    every, wanted = showing.every(), asked(request)
    pk = request.GET.get("list", "")
    found = next((one for one in every if str(one.pk) == pk), None) if pk else next(iter(every), None)
    if pk and found is None:
        raise Http404
    context = {
        "every": every,
        "found": found,
        "wanted": wanted,
        "departments": known.departments(),
        "locations": known.places(),
        "snippets": showing.snippets(found, wanted) if found else None,
        "preview": showing.address(found, wanted) if found else "",
    }
    return render(request, "sourcing/embeds.html", context)
