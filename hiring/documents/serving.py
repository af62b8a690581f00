"""Handing files out (SEC-17): as an attachment under its name, or as a picture of a page; never as a page of ours.

Whether this person may have it is the view's question, asked before.
"""

from __future__ import annotations

from django.http import FileResponse

from hiring.models import Document, PageImage

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


def _sealed(response: FileResponse) -> FileResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
