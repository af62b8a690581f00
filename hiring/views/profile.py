"""A person's page: the profile, the drawer, the résumé. What changes them is in hiring/views/record.py and writing.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from hiring import (
    access,
    candidate_panels,
    composer,
    contact,
    custom_fields,
    duplicates,
    facets,
    panels,
    person,
    timeline,
)
from hiring.http import StaffRequest, drawing, is_swap, page_or_part
from hiring.models import Candidate, Job

PAGE = "hiring/candidate.html"
LATEST = 10
PARTS = {"timeline": "timeline", "older": "events", "composer": "composer", "tags": "tags", "tasks": "tasks"}
"""What a swap's target gets."""


def find(request: StaffRequest, pk: int) -> Candidate:
    """The person at this address, as far as the user may see them: 404 for all others (OldAddressMiddleware leads to survivors)."""
    if found := person.find(request.user, pk):
        return found
    raise Http404


@require_safe
def candidate(request: StaffRequest, pk: int) -> HttpResponse:
    """The profile. A swap asks for the timeline, its older events or the composer alone, by its target."""
    found = find(request, pk)
    part = PARTS.get(request.htmx.target or "", "") if is_swap(request) else ""
    if part == "tasks":
        return render(request, candidate_panels.TASKS, candidate_panels.open_tasks(request.user, found))
    if part:
        return page_or_part(request, PAGE, part, BUILD[part](request, found))
    asked = panels.Asked(request.user, found)
    context = {
        **facts(request, found),
        **told(request, found),
        **composing(request, found, asked),
        **beside(request, asked),
    }
    return render(request, PAGE, context)


@require_safe
def candidate_drawer(request: StaffRequest, pk: int) -> HttpResponse:
    """The person in brief, beside the board or list one came from. By itself it is the full page."""
    found = find(request, pk)
    if not is_swap(request):
        return redirect(found)
    asked = panels.Asked(request.user, found)
    latest = {"page": timeline.page(found, request.user, size=LATEST)}
    if request.htmx.target == "latest":
        return render(request, "hiring/candidate_drawer.html#latest", {"candidate": found, **latest})
    if request.htmx.target == "drawer-foot":
        foot = {"candidate": found, "tabs": composer.for_user(request.user, found), **beside(request, asked)}
        return render(request, "hiring/candidate_drawer.html#foot", foot)
    context = {**facts(request, found), **composing(request, found, asked), **beside(request, asked), **latest}
    return render(request, "hiring/candidate_drawer.html", context)


def facts(request: StaffRequest, found: Candidate) -> dict[str, Any]:
    """Who this is: the head and the left column."""
    points = [point for point in found.contact_points.all() if point.is_live]
    may_edit = access.can_edit_candidate(request.user, found)
    has_fields = getattr(found, "has_fields", True)
    custom = custom_fields.values_of("candidate", [found.pk], request.user) if has_fields else {}
    return {
        "candidate": found,
        "custom": custom.get(found.pk, []),
        "is_followed": getattr(found, "is_followed", False),
        "may_follow": access.can_follow(request.user),
        "points": points,
        "phone": next((point for point in points if point.kind == "phone"), None),
        "tags": [use.tag for use in found.tags.all()],
        "verdict": contact.may_send(found),
        "heard": found.last_contact,
        "may_edit": may_edit,
        "may_see_history": access.can_see_history(request.user),
        "twin": duplicates.open_pair(found) if may_edit else None,
        "now": timezone.now(),
    }


def composing(request: StaffRequest, found: Candidate, asked_of: panels.Asked | None = None) -> dict[str, Any]:
    """The composer with the tab asked for, or its first. A page with panels shares with them what it has `asked_of`."""
    tabs = composer.for_user(request.user, found)
    asked = request.GET.get("compose", "")
    tab = next((tab for tab in tabs if tab.key == asked), tabs[0] if tabs else None)
    body, job = SafeString(""), _job(request)
    if tab:
        context = {"candidate": found, "job": job, **tab.context(asked_of or panels.Asked(request.user, found))}
        body = mark_safe(render_to_string(tab.template, context, request))
    return {"candidate": found, "tabs": tabs, "tab": tab, "composer_body": body, "job": job}


def told(request: StaffRequest, found: Candidate) -> dict[str, Any]:
    asked = request.GET
    show, before, mine = asked.get("show", ""), asked.get("before", ""), asked.get("mine") == "1"
    of = (facets.ids([asked.get("of", "")]) or [0])[0]
    page = timeline.page(found, request.user, show=show, mine=mine, job=of, before=before)
    filters = [
        (label, replace(page.to, show=key).query, key == page.show)
        for key, label in [("", "All"), *((key, label) for key, (label, _) in timeline.FILTERS.items())]
    ]
    return {
        "candidate": found,
        "page": page,
        "narrowed_job": _narrowed_job(request, page) if of else None,
        "before": before,
        "filters": filters,
        "mine": replace(page.to, mine=not mine).query,
        "any_job": replace(page.to, job=0).query,
    }


def _narrowed_job(request: StaffRequest, page: timeline.Page) -> Job | None:
    """The job the timeline is narrowed to; none that the user may not see."""
    on_page = (entry.event.job for entry in page.entries if entry.event.job_id == page.to.job)
    return next(on_page, None) or Job.objects.visible_to(request.user).filter(pk=page.to.job).first()


@require_safe
def candidate_timeline_jobs(request: StaffRequest, pk: int) -> HttpResponse:
    """The jobs a person's timeline speaks of, to narrow it to one."""
    found = find(request, pk)
    context = {"candidate": found, "jobs": timeline.jobs_of(found, request.user)}
    return page_or_part(request, "hiring/timeline_jobs.html", "jobs", context)


def beside(request: StaffRequest, asked: panels.Asked) -> dict[str, Any]:
    """The panels of all floors, rendered, and the one thing to do next."""
    built = panels.for_candidate(asked)
    everywhere = built["right"] + built["left"]
    with drawing(request) as draw:
        return {
            "left_panels": [draw(panel.template, panel.context) for panel in built["left"] if not panel.add],
            "right_panels": [draw(panel.template, panel.context) for panel in built["right"] if not panel.add],
            "ways_to_add": [draw(panel.add, panel.context) for panel in everywhere if panel.add],
            "decide": next((draw(panel.decide, panel.context) for panel in everywhere if panel.decide), ""),
            "action": next((panel.action for panel in everywhere if panel.action), None),
        }


def _job(request: StaffRequest) -> Job | None:
    """The job one came from, so that what is written belongs to it."""
    asked = facets.ids([request.GET.get("job", "")])
    return Job.objects.visible_to(request.user).filter(pk__in=asked).first() if asked else None


BUILD = {"timeline": told, "events": told, "composer": composing, "tags": facts}
