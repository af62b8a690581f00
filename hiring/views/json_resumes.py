"""JSON Resume in and out: a person's profile as a file for other programs, and such a file as a person."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from hiring import access
from hiring.errors import Refused
from hiring.forms.resumes import JsonResumeForm
from hiring.http import StaffRequest, say
from hiring.resumes import exchange
from hiring.views.profile import find

PAGE = "hiring/json_resume_import.html"


@require_safe
def candidate_json_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """The profile as it stands, as an attachment."""
    found = find(request, pk)
    written = exchange.export(found)
    if written is None:
        raise Http404
    name = content_disposition_header(as_attachment=True, filename=f"{found.name}.json")
    return HttpResponse(
        json.dumps(written, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={
            "Content-Disposition": name or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def json_resume_import(request: StaffRequest) -> HttpResponse:
    """A person from a JSON Resume. Somebody we know already gets it as a further résumé, and the page says so."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    form = JsonResumeForm(request.POST or None, request.FILES or None, initial={"why": "sourcing"})
    if request.method == "POST" and form.is_valid():
        try:
            candidate, created = exchange.bring_in(form.cleaned_data["file"], by=request.user, **form.arguments())
        except Refused as refused:
            form.add_error("file", refused.sentence)
        else:
            known = "" if created else f"You already know {candidate}. "
            say(request, f"{candidate} is added." if created else f"{known}The résumé is on the record.")
            return redirect(reverse("candidate_resume", args=[candidate.pk]))
    return render(request, PAGE, {"form": form}, status=422 if form.errors else 200)
