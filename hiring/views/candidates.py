"""The list of people, and adding one by hand."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, acquaintance, bulk, candidates, documents, facets, search, standings
from hiring.errors import Refused
from hiring.forms.candidates import CandidateForm
from hiring.http import StaffRequest, page_or_part, say
from hiring.models import Candidate, Document
from hiring.query import QueryError

PAGE = 50


@require_safe
def candidate_list(request: StaffRequest) -> HttpResponse:
    """Everybody one may see: searched, narrowed, newest change first."""
    if not access.can_browse_candidates(request.user):
        raise PermissionDenied
    text = request.GET.get("q", "")[: search.LONGEST_QUERY].strip()
    narrowed = facets.narrow(request.user, request.GET)
    problem: QueryError | None = None
    try:
        found = search.find(text, request.user, after=request.GET.get("after", ""), narrow=narrowed, size=PAGE)
    except QueryError as caught:
        found, problem = search.Results(), caught
    stands = standings.of_people(request.user, [row.pk for row in found.rows])
    for row in found.rows:
        row.passage = found.passages.get(row.pk, "")  # type: ignore[attr-defined]
        row.stands = stands.get(row.pk, [])  # type: ignore[attr-defined]
    context = {
        "q": text,
        "asked": _asked(request),
        "problem": problem,
        "rows": found.rows,
        "next": found.next,
        "total": found.total,
        "is_estimate": found.is_estimate,
        "narrowed_by": facets.chosen(request.GET),
        "is_first": not request.GET.get("after"),
        "is_narrowed": bool(text)
        or any(request.GET.getlist(key) != [""] for key in facets.facets if key in request.GET),
        "facets": facets.shown(request.user, request.GET),
        "actions": bulk.offered(request.user),
        "may_create": access.can_add_candidates(request.user),
        "may_import": access.can_import(request.user),
    }
    return page_or_part(request, "hiring/candidate_list.html", "list", context)


def _asked(request: StaffRequest) -> str:
    """The list as a query string without its page: what an act on all matches is about."""
    params = request.GET.copy()
    params.pop("after", None)
    return params.urlencode()


@require_http_methods(["GET", "HEAD", "POST"])
def candidate_create(request: StaffRequest) -> HttpResponse:
    """Add a person by hand. Somebody we know already is filled up instead, and the page says so."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    form = CandidateForm(request.POST or None, request.FILES or None, initial={"why": "sourcing"})
    if request.method == "POST" and form.is_valid():
        try:
            candidate, created = _add(request, form)
        except Refused as refused:
            form.add_error("resume", refused.sentence)
        else:
            say(request, _what_happened(candidate, created))
            return redirect(candidate)
    context = {"form": form, "known": _known(request) if form.is_bound else None}
    return render(request, "hiring/candidate_create.html", context, status=422 if form.errors else 200)


@require_POST  # an address does not belong into a URL, nor into its logs
def candidate_known(request: StaffRequest) -> HttpResponse:
    """Whether the person being typed is known already, or seems to be; asked as the form's fields are left."""
    if not access.can_add_candidates(request.user):
        raise PermissionDenied
    return render(request, "hiring/candidate_create.html#known", {"known": _known(request)})


@transaction.atomic
def _add(request: StaffRequest, form: CandidateForm) -> tuple[Candidate, bool]:
    """The person and their résumé together or, when the file is refused, neither."""
    candidate, created = candidates.create(by=request.user, **form.arguments())
    if upload := form.cleaned_data["resume"]:
        documents.store(candidate, upload, Document.Kind.RESUME, by=request.user)
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
