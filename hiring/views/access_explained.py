"""What a colleague can see, and why: for administrators, who see here only jobs and people they may see themselves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hiring import access, access_explained, names
from hiring.http import StaffRequest
from hiring.models import Candidate, Job, User

PAGE_SIZE = 50


@require_safe
def explained(request: StaffRequest) -> HttpResponse:
    """A colleague chosen, what they see; a job or person typed in, yes or no with the reason."""
    if not access.can_administer(request.user):
        raise PermissionDenied
    colleagues = User.objects.filter(is_active=True).only("pk", "full_name", "email", "role")
    user = User.objects.select_related("department").filter(pk=_number(request, "user"), is_active=True).first()
    page: dict[str, Any] = {"colleagues": colleagues, "chosen": user}
    if user:
        page |= _of(request, user)
    return render(request, "hiring/access_explained.html", page)


def _of(request: StaffRequest, user: User) -> dict[str, Any]:
    known = Job.objects.for_row().visible_to(request.user)
    seen = known.filter(access.jobs_visible_to(user))
    after = _number(request, "after")
    rows = list((seen.filter(pk__lt=after) if after else seen).order_by("-pk")[: PAGE_SIZE + 1])
    answers = access_explained.jobs(user, rows[:PAGE_SIZE])
    paid = set(seen.filter(access.jobs_with_visible_pay(user)).values_list("pk", flat=True)) if rows else set()
    hidden = known.filter(confidential=True).exclude(pk__in=seen.values("pk"))
    text, who = request.GET.get("job", "")[:100].strip(), request.GET.get("candidate", "")[:100].strip()
    job = _job(known, text) if text else None
    person = _person(request, who) if who else None
    return {
        "jobs": [(job, answers[job.pk], job.pk in paid) for job in rows[:PAGE_SIZE]],
        "more": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else 0,
        "total": seen.count(),
        "hidden": hidden.order_by("-pk")[:PAGE_SIZE],
        "rights": access_explained.rights(user),
        "pages": access_explained.pages(user),
        "private_fields": access_explained.private_fields(user),
        "job_text": text,
        "candidate_text": who,
        "job": job,
        "job_answer": access_explained.job(user, job) if job else None,
        "person": person,
        "person_answer": access_explained.candidate(user, person) if person else None,
    }


def _job(known: Any, text: str) -> Job | None:
    """By its number, else by its title."""
    exact: Job | None = known.filter(requisition_id__iexact=text).first()
    return exact or known.filter(title__icontains=text).order_by("-pk").first()


def _person(request: StaffRequest, text: str) -> Candidate | None:
    seen = Candidate.objects.visible_to(request.user)
    if text.isascii() and text.isdigit() and len(text) < 18:
        return seen.filter(pk=int(text)).first()
    points = Q(contact_points__kind="email", contact_points__value__iexact=text)
    return seen.filter(points if "@" in text else Q(name_key=names.fold(text))).order_by("pk").first()


def _number(request: StaffRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
