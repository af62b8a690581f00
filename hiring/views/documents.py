"""Documents as colleagues meet them: a preview of pages and text, one page as a picture, the original as an attachment."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hiring.documents import serving
from hiring.http import StaffRequest, is_swap
from hiring.models import Document
from hiring.views.resumes import looked_into


@require_safe
def document_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The preview by itself: what the component asks for again while the file is being read, and to look for words in it.
    Opened as a page it is the person's."""
    document = get_object_or_404(Document.objects.visible_to(request.user).select_related("candidate"), pk=pk)
    if not is_swap(request):
        asked = request.GET.copy()
        asked["document"] = str(document.pk)
        at = asked.get("at", "") if asked.get("find") else ""
        page = reverse("candidate_resume", args=[document.candidate_id])
        return redirect(f"{page}?{asked.urlencode()}#{f'hit-{at}' if at.isdecimal() else f'document-{document.pk}'}")
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
