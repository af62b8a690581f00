"""Handing files out (SEC-17): as an attachment under its name, or as a picture of a page; never as a page of ours.

Whether this person may have it is the view's question, asked before.
"""

from __future__ import annotations

from typing import TypeVar

from django.http import FileResponse, HttpResponse, HttpResponseBase

from hiring.models import Document, PageImage

Sealed = TypeVar("Sealed", bound=HttpResponseBase)
POLICY = "sandbox; default-src 'none'"


def attachment(document: Document) -> FileResponse:
    """The original, to be saved: FileResponse writes `filename*=UTF-8''…` for names beyond ASCII."""
    response = FileResponse(
        document.file.open("rb"), as_attachment=True, filename=document.name, content_type=document.content_type
    )
    return _sealed(response)


def page_image(page: PageImage) -> FileResponse:
    """One page as a picture, made by our own reader."""
    return _sealed(FileResponse(page.image.open("rb"), content_type="image/png"))


def picture(made: bytes) -> HttpResponse:
    """A page drawn for whoever looks."""
    return _sealed(HttpResponse(made, content_type="image/png"))


def _sealed(response: Sealed) -> Sealed:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
