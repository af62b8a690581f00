"""What every page of a job shows on top."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from hiring import jobs_panels
from hiring.job_list import Openings, openings_of
from hiring.models import Job
from hiring.panels import Panel

register = template.Library()

TONES = {
    Job.Status.OPEN: ("good", "circle-check"),
    Job.Status.ON_HOLD: ("warn", "clock"),
    Job.Status.PENDING_APPROVAL: ("accent", "hourglass"),
    Job.Status.CLOSED: ("", "ban"),
    Job.Status.DRAFT: ("", "note"),
}


@register.inclusion_tag("components/_job_status.html")
def job_status(job: Job) -> dict[str, Any]:
    """The job's status as a chip: word, icon and tone."""
    tone, icon = TONES[Job.Status(job.status)]
    return {"label": job.get_status_display(), "tone": tone, "icon": icon}


@register.simple_tag(takes_context=True)
def job_head(context: template.Context, job: Job) -> dict[str, Any]:
    """Openings, faces and tabs of a job; two queries at most and what the tabs' own rights ask."""
    people = list({member.user_id: member.user for member in job.members}.values())
    user = context.request.user  # type: ignore[attr-defined]
    openings = openings_of([job.pk]).get(job.pk, Openings())
    waits = job.is_open and openings.filled < openings.total
    return {
        "openings": openings,
        "is_late": waits and job.target_date is not None and job.target_date < timezone.localdate(),
        "people": people[:4],
        "more": max(len(people) - 4, 0),
        "names": ", ".join(person.full_name for person in people),
        "tabs": jobs_panels.tabs_for(user, job),
    }


@register.simple_tag(takes_context=True)
def job_panel(context: template.Context, panel: Panel) -> SafeString:
    """A panel of another floor, with nothing but its own context."""
    return SafeString(render_to_string(panel.template, panel.context, context.request))  # type: ignore[attr-defined]
