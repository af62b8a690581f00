"""Notices and consents as they are shown: the version valid now, and which one was shown when."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import Q, QuerySet
from django.utils import timezone

from hiring.models import LegalText
from hiring.prepared import Given, prepared


@prepared
def texts(kind: Given, at: Given, jurisdictions: Given, locales: Given) -> QuerySet[LegalText]:
    """Asked of everybody who looks at a form, and again of everybody who sends it."""
    lasts = Q(valid_to=None) | Q(valid_to__gt=at)
    return LegalText.objects.filter(
        lasts, kind=kind, valid_from__lte=at, jurisdiction__any=jurisdictions, locale__any=locales
    )


def current(
    kind: str, *, jurisdiction: str = "*", locale: str = "en", at: dt.datetime | None = None
) -> LegalText | None:
    """The words valid at `at`: the person's language before English, the place's own before the general ones."""
    valid = texts(
        kind=kind, at=at or timezone.now(), jurisdictions=sorted({jurisdiction, "*"}), locales=sorted({locale, "en"})
    )
    found = sorted(valid, key=lambda text: (text.locale == locale, text.jurisdiction == jurisdiction, text.valid_from))
    return found[-1] if found else None


def sha256(text: str) -> str:
    """What a version is proven by."""
    return hashlib.sha256(text.encode()).hexdigest()
