"""Documents as colleagues meet them: a preview of pages and text, one page as a picture, the original as an attachment."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hiring import access, documents
from hiring.documents import queue, removing, serving
from hiring.errors import Refused
from hiring.forms.documents import RemovalForm
from hiring.http import StaffRequest, go, is_swap, page_or_part, say
from hiring.models import Document
from hiring.views.resumes import hit_asked_for, looked_into


@require_safe
def document_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The preview by itself: what the component asks for again while the file is being read, and to look for words in it.
    Opened as a page it is the person's."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    if not is_swap(request):
        asked = request.GET.copy()
        asked["document"] = str(document.pk)
        asked.pop("from", None)
        at = str(hit_asked_for(request, document)) if asked.get("find") else ""
        if at:
            asked["at"] = at
        page = reverse("candidate_resume", args=[document.candidate_id])
        return redirect(f"{page}?{asked.urlencode()}#{f'hit-{at}' if at.isdecimal() else f'document-{document.pk}'}")
    if document.is_being_read:
        queue.hurry(document)
    context = {"document": document, "preview": looked_into(request, document)}
    return render(request, "components/document_preview.html", context)


@require_safe
def document_page(request: StaffRequest, pk: int, number: int) -> HttpResponseBase:
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    return serving.page_image(get_object_or_404(document.pages, number=number))


@require_safe
def document_download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The original, once it was looked through and found harmless; until then it does not exist for anybody (SEC-16)."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if not document.may_be_downloaded:
        raise Http404
    return serving.attachment(document)


@require_POST
def document_replace(request: StaffRequest, pk: int) -> HttpResponse:
    """A newer file in the place of this one: its next version."""
    document = _editable(request, pk)
    upload = request.FILES.get("file")
    if upload is None:
        raise Refused("Choose the file that takes its place first.")
    newer = documents.replace(document, upload, by=request.user)
    say(request, f"{newer.name} is version {newer.version} now. Earlier versions are kept.")
    return go(request, f"{reverse('candidate_resume', args=[newer.candidate_id])}?document={newer.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def document_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete a document for good, with the reason. Nothing can undo it, so the page says first what goes and what stays."""
    document = _editable(request, pk)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        removing.remove(document, by=request.user, **form.cleaned_data)
        say(request, f"{document.name} is deleted.")
        return go(request, reverse("candidate_resume", args=[document.candidate_id]))
    context: dict[str, Any] = {
        "document": document,
        "candidate": document.candidate,
        "form": form,
        "corrections": removing.corrections_that_go(document).count(),
        "taken_over": removing.taken_over(document),
        "next_newest": removing.steps_in(document),
    }
    return page_or_part(request, "hiring/document_remove.html", "form", context, status=422 if form.errors else 200)


def _editable(request: StaffRequest, pk: int) -> Document:
    seen = Document.objects.visible_to(request.user).select_related("candidate", "uploaded_by")
    document = get_object_or_404(seen, pk=pk)
    if not access.can_edit_candidate(request.user, document.candidate):
        raise PermissionDenied
    return document
