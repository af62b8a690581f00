"""What the frame itself asks for: the menu's counts, the search box, the theme."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from hiring import finder, frame, today
from hiring.http import StaffRequest


@require_GET
def menu_counts(request: StaffRequest) -> JsonResponse:
    """How many things wait behind each menu entry this person has."""
    shown = {link.name for link in frame.Frame(request).menu} | frame.BESIDE_THE_MENU
    said: dict[str, dict[str, int]] = {
        name: {"n": count(request.user)} for name, count in frame.counts.items() if name in shown
    }
    if request.GET.get("without") != "today":
        groups = today.for_user(request.user)
        said["today"] = {"n": sum(group.total for group in groups), "late": any(group.late for group in groups)}
    return JsonResponse(said)


@require_GET
def search_box(request: StaffRequest) -> HttpResponse:
    """Results while one types: people, jobs and pages."""
    text = request.GET.get("q", "").replace("\x00", "")[:120].strip()
    found = finder.find(text, request.user, frame.Frame(request).pages) if text else []
    return render(request, "hiring/search_box.html", {"groups": found, "q": text})


@require_POST
def account_theme(request: StaffRequest) -> HttpResponse:
    """Light, dark, or as the system; kept with the account, so that it is right on every machine from the first byte."""
    theme = request.POST.get("theme")
    if theme not in {"auto", "light", "dark"}:
        raise BadRequest("theme")
    request.user.theme = theme
    request.user.save(update_fields=["theme"])
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    came_from = request.META.get("HTTP_REFERER", "")
    same_site = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return redirect(came_from if same_site else "today")
