"""A person's résumé: its pages beside what was read from them, each value to be put right in place or used on the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hiring import access, documents
from hiring.documents import preview, queue
from hiring.errors import Refused
from hiring.forms.resumes import EntryForm, FactForm
from hiring.http import StaffRequest, go, is_swap, say, tell
from hiring.models import Candidate, Document, ProfileCorrection
from hiring.resumes import corrections, merged, record, shown, taking_over
from hiring.views.profile import facts, find
from hiring.views.record import editable

PAGE = "hiring/candidate_resume.html"
PARSED = "hiring/_parsed_profile.html"
BRIEF = "hiring/_panel_profile.html#brief"
CORRECTED = "profile-corrected"
MOST = 50
KINDS = [(kind.value, kind.label) for kind in Document.CHOSEN]


@require_safe
def candidate_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """A document's pages beside what was read from it; the newest résumé unless another one is asked for."""
    found = find(request, pk)
    rows, document = _documents(request, found)
    context = {**facts(request, found), **_beside(request, found, rows, document), "kinds": KINDS}
    return render(request, PAGE, {**context, **_previewed(request, context)})


@require_safe
def candidate_parsed(request: StaffRequest, pk: int) -> HttpResponse:
    """What was read, by itself: asked for again while the file is read, and when a form opens or closes in it. The profile's
    panel asks for it in brief."""
    found = find(request, pk)
    if not is_swap(request):
        return redirect(f"{reverse('candidate_resume', args=[found.pk])}?{request.GET.urlencode()}#parsed")
    if request.htmx.target == "brief":
        current = record.current(found)
        _hurry(current)
        return render(request, BRIEF, {"candidate": found, "current": current, "shown": shown.of(current, ())})
    rows, document = _documents(request, found)
    return render(request, PARSED, {**facts(request, found), **_beside(request, found, rows, document)})


@require_POST
def profile_correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a value, or the fields of an entry, right."""
    found, path = editable(request, pk), request.POST.get("path", "")
    section, _, key = path.partition("/")
    if section in merged.FACTS and not key:
        fact = FactForm(request.POST, fact=section)
        return _settled(request, found, path, fact, lambda: corrections.correct_fact(
            found, section, fact.cleaned_data["value"], by=request.user))  # fmt: skip
    if section not in merged.ENTRIES or not key:
        raise BadRequest("path")
    entry = EntryForm(request.POST, section=section)
    return _settled(request, found, path, entry, lambda: corrections.correct_entry(
        found, section, key, entry.values(), by=request.user))  # fmt: skip


@require_POST
def profile_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Add an entry that was not read."""
    found, section = editable(request, pk), request.POST.get("section", "")
    if section not in merged.ENTRIES:
        raise BadRequest("section")
    form = EntryForm(request.POST, section=section)
    return _settled(request, found, f"{section}/add", form, lambda: corrections.add_entry(
        found, section, form.values(), by=request.user))  # fmt: skip


@require_POST
def profile_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an entry out."""
    found = editable(request, pk)
    section, _, key = request.POST.get("path", "").partition("/")
    row = corrections.remove_entry(found, section, key, by=request.user)
    undo = reverse("correction_take_back", args=[row.pk]) if row else ""
    return _answer(request, found, "It is taken out of the profile.", undo)


@require_POST
def correction_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Let what was read stand again."""
    people = Candidate.objects.visible_to(request.user)
    row = get_object_or_404(ProfileCorrection.objects.filter(candidate__in=people).select_related("candidate"), pk=pk)
    if not access.can_edit_candidate(request.user, row.candidate):
        raise PermissionDenied
    corrections.take_back(row, by=request.user)
    return _answer(request, row.candidate, "What was read stands again.")


@require_POST
def profile_use(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a value of the newest résumé over into the record."""
    found = editable(request, pk)
    taken = taking_over.use(found, request.POST.get("path", ""), by=request.user)
    say(request, f"{taken} is on the record now.")
    return go(request, f"{reverse('candidate_resume', args=[found.pk])}#parsed")


def _documents(request: StaffRequest, found: Candidate) -> tuple[list[Document], Document | None]:
    """The person's documents, newest first, and the one that is asked for."""
    kept = Document.objects.filter(access.documents_visible_to(request.user), candidate=found)
    rows = list(
        kept.select_related("extracted", "uploaded_by")
        .defer("extracted__text", "extracted__unseen")
        .order_by("-uploaded_at", "-pk")[:MOST]
    )
    asked = request.GET.get("document", request.POST.get("document", ""))
    chosen = next((row for row in rows if str(row.pk) == asked), None)
    if asked and chosen is None:
        raise Http404
    if chosen is None and rows:
        newest = record.newest_of([row for row in rows if row.kind == Document.Kind.RESUME])
        chosen = newest or rows[0]
    if chosen:
        chosen.candidate = found
    return rows, chosen


def _beside(request: StaffRequest, found: Candidate, rows: list[Document], document: Document | None) -> dict[str, Any]:
    """What was read from a document, and the form that is open in it."""
    resume = document if document and document.kind == Document.Kind.RESUME else None
    current = record.of_document(found, resume)
    _hurry(current)
    newest = record.newest_of([row for row in rows if row.kind == Document.Kind.RESUME])
    is_newest = resume is None or resume == newest
    points = [point for point in found.contact_points.all() if point.is_live]
    context: dict[str, Any] = {
        "candidate": found,
        "documents": rows,
        "document": document,
        "current": current,
        "shown": shown.of(current, points),
        "newest": newest,
        "is_newest": is_newest,
        "may_correct": is_newest and access.can_edit_candidate(request.user, found),
    }
    path = request.GET.get("correct", "")
    if path and context["may_correct"]:
        context |= _opened(current, path)
    return context


def _hurry(current: record.Current) -> None:
    """Somebody waits for it: it comes before what nobody looks at."""
    if current.document and current.is_awaited:
        queue.hurry(current.document)


def _opened(current: record.Current, path: str) -> dict[str, Any]:
    """The form for what is asked to be corrected, if it is there."""
    section, _, key = path.partition("/")
    if section in merged.FACTS and not key:
        value = merged.shown(current.merged.profile.get(section))
        return {"open": section, "form": FactForm(fact=section, value=value)}
    if section not in merged.ENTRIES or not key:
        raise Http404
    entry = None if key == "add" else current.entry(section, key)
    return {"open": path, "form": EntryForm(section=section, entry=entry)}


def _previewed(request: StaffRequest, context: dict[str, Any]) -> dict[str, Any]:
    document, current = context["document"], context["current"]
    return {"preview": looked_into(request, document, current)} if document else {}


def looked_into(
    request: StaffRequest, document: Document, current: record.Current | None = None
) -> preview.Preview | None:
    """The preview of a document with what was read from it, and what the search box looks for."""
    if not document.may_be_shown:
        return None
    passages = []
    if document.kind == Document.Kind.RESUME:
        passages = shown.passages(current or record.of_document(document.candidate, document))
    return preview.of(document, passages, find=request.GET.get("find", ""), at=hit_asked_for(request, document))


def hit_asked_for(request: StaffRequest, document: Document) -> int:
    """Which hit one stands at: by its number, or by the place in the text somebody came for (`from`)."""
    at, start, find = (request.GET.get(name, "") for name in ("at", "from", "find"))
    if start.isdecimal() and len(start) < 10 and find and hasattr(document, "extracted"):
        return preview.hit_at(document.extracted.text, find, int(start))
    return int(at) if at.isdecimal() and len(at) < 10 else 1


def _settled(request: StaffRequest, found: Candidate, path: str, form: forms.Form, verb: Any) -> HttpResponse:
    """Do it, or show the form again with what was typed and what is wrong with it."""
    made = None
    if form.is_valid():
        try:
            made = verb()
        except Refused as refused:
            form.add_error(None, refused.sentence)
    if form.errors:
        return _again(request, found, path, form)
    undo = reverse("correction_take_back", args=[made.pk]) if isinstance(made, ProfileCorrection) else ""
    return _answer(request, found, "Corrected." if made else "Nothing was changed.", undo)


def _again(request: StaffRequest, found: Candidate, path: str, form: forms.Form) -> HttpResponse:
    rows, document = _documents(request, found)
    context = {**facts(request, found), **_beside(request, found, rows, document), "open": path, "form": form}
    if is_swap(request):
        return render(request, PARSED, context, status=422)
    context |= {"kinds": KINDS, **_previewed(request, context)}
    return render(request, PAGE, context, status=422)


def _answer(request: StaffRequest, found: Candidate, sentence: str, undo: str = "") -> HttpResponse:
    if not is_swap(request):
        say(request, sentence, undo=undo)
        return redirect(f"{reverse('candidate_resume', args=[found.pk])}#parsed")
    if request.htmx.target != "parsed":  # an undo comes from elsewhere
        return tell(HttpResponse(status=204), request, CORRECTED, "timeline-changed", toast=sentence)
    rows, document = _documents(request, found)
    context = {**facts(request, found), **_beside(request, found, rows, document)}
    return tell(render(request, PARSED, context), request, "timeline-changed", toast=sentence, undo=undo)


@require_POST
def candidate_add_document(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep one file or several with the person. All are kept, or none with the reason."""
    found = find(request, pk)
    if not access.can_edit_candidate(request.user, found):
        raise PermissionDenied
    uploads, kind = request.FILES.getlist("file"), request.POST.get("kind", Document.Kind.RESUME)
    if not uploads:
        raise Refused("Choose a file first.")
    if kind not in Document.CHOSEN:
        raise Refused("Say what kind of document this is.")
    kept = documents.store_all(found, uploads, kind, by=request.user)
    return go(request, f"{reverse('candidate_resume', args=[found.pk])}?document={kept[-1].pk}")
