"""What a visitor of the list, or a program that reads it, asked for; read from the address."""

from __future__ import annotations

from collections.abc import Container

from django.conf.locale import LANG_INFO
from django.http import HttpRequest

from hiring.models.jobs import EmploymentType, Workplace
from sourcing.careers.listing import Wanted


def asked(request: HttpRequest) -> Wanted:
    return Wanted(
        words=" ".join(request.GET.get("q", "").replace("\x00", "").split())[:100],
        department=_number(request.GET.get("department")),
        location=_number(request.GET.get("location")),
        remote=request.GET.get("remote") == "1",
        workplace=_one_of(Workplace.values, request.GET.get("workplace")),
        employment=_one_of(EmploymentType.values, request.GET.get("employment")),
        language=_one_of(LANG_INFO, request.GET.get("language")),
    )


def _one_of(known: Container[str], text: str | None) -> str:
    return text if text and text in known else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
