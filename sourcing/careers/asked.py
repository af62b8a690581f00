"""What a visitor of the list, or a program that reads it, asked for; read from the address."""

from __future__ import annotations

from django.http import HttpRequest

from sourcing.careers.listing import Wanted


def asked(request: HttpRequest) -> Wanted:
    return Wanted(
        words=" ".join(request.GET.get("q", "").replace("\x00", "").split())[:100],
        department=_number(request.GET.get("department")),
        location=_number(request.GET.get("location")),
        remote=request.GET.get("remote") == "1",
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
