"""Adding a person by hand."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hiring import access, acquaintance, candidates, custom_fields
from hiring.documents import drafts
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.forms.candidates import CandidateForm
from hiring.forms.custom_fields import CustomFieldsForm
from hiring.http import StaffRequest, say
from hiring.models import Candidate, Document


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_create(request: StaffRequest) -> HttpResponse:
    """Add a person by hand. Somebody we know already is filled up instead, and the page says so."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    form = CandidateForm(request.POST or None, request.FILES or None, initial={"why": "sourcing"})
    custom = CustomFieldsForm(request.POST or None, kind="candidate", user=request.user)
    if request.method == "POST" and form.is_valid() & custom.is_valid():
        try:
            candidate, created = _add(request, form, custom)
        except Refused as refused:
            form.add_error("resume", refused.sentence)
        else:
            if form.draft:
                drafts.drop(form.draft.key)
            say(request, _what_happened(candidate, created))
            return redirect(candidate)
    context = {"form": form, "custom": custom, "known": _known(request) if form.is_bound else None}
    status = 422 if form.errors or custom.errors else 200
    return render(request, "hiring/candidate_create.html", context, status=status)


@require_POST  # an address does not belong into a URL, nor into its logs
def candidate_known(request: StaffRequest) -> HttpResponse:
    """Whether the person being typed is known already, or seems to be; asked as the form's fields are left."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    return render(request, "hiring/_known.html", {"known": _known(request)})


@transaction.atomic
def _add(request: StaffRequest, form: CandidateForm, custom: CustomFieldsForm) -> tuple[Candidate, bool]:
    """The person, their further fields and their résumé together or, when the file is refused, nothing of it."""
    candidate, created = candidates.create(by=request.user, **form.arguments())
    filled = custom_fields.fill_in(candidate, request.user, custom.values())
    candidate.filled = [*getattr(candidate, "filled", []), *(what.name for what in filled)]  # type: ignore[attr-defined]
    if form.draft:
        keep(candidate, form.draft.checked, Document.Kind.RESUME, by=request.user)
    return candidate, created


def _what_happened(candidate: Candidate, created: bool) -> str:
    if created:
        return f"{candidate} is added."
    filled: list[str] = getattr(candidate, "filled", [])
    words = ", ".join(
        {"email": "e-mail address", "phone": "phone number", "link": "profile link"}.get(name, name) for name in filled
    )
    return (
        f"You already know {candidate}. Added to the record: {words}."
        if words
        else f"You already know {candidate}. Nothing was missing."
    )


def _known(request: StaffRequest) -> acquaintance.Known:
    """Who the typed person is, or may be, among those the user may see."""
    typed = {key: request.POST.get(key, "")[:400] for key in ("name", "email", "phone", "link")}
    place = request.POST.get("location", "")[:120]
    return acquaintance.look(request.user, **typed, place=place)
