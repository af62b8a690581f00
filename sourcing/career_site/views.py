"""What the pages of the career site fetch of its look: its style sheet and pictures; and how it looks before it is on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hiring import access
from hiring.http import StaffRequest, shared
from sourcing.career_site import look
from sourcing.careers import facts, lists
from sourcing.careers.listing import Wanted

FOR_EVER = "public, max-age=31536000, immutable"
"""Its address names what it holds."""
NOTHING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@shared
@require_safe
def sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The colours. Nothing inline: the policy of the pages allows no other way (SEC-6)."""
    found = look.sheet_of(digest)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOR_EVER})


@shared
@require_safe
def image(request: HttpRequest, kind: str, digest: str, end: str) -> HttpResponse:
    found = look.image_of(kind, digest)
    if found is None:
        raise Http404
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": NOTHING, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.data), content_type=found.content_type, headers=headers)


@never_cache
@require_safe
def preview(request: StaffRequest) -> HttpResponse:
    """The home page as it is being made, for administrators."""
    if not access.can_administer(request.user):
        raise PermissionDenied
    wanted, site = Wanted(), facts.site()
    context = lists.context(request, wanted, lists.look(request, wanted), site)
    return render(request, "careers/look_preview.html", context | {"look": look.drawn()})
