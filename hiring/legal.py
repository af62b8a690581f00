"""Notices and consents as they are shown: the version valid now, and which one was shown when."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from hiring.models import LegalText


def current(
    kind: str, *, jurisdiction: str = "*", locale: str = "en", at: dt.datetime | None = None
) -> LegalText | None:
    """The words valid at `at`: the person's language before English, the place's own before the general ones."""
    at = at or timezone.now()
    valid = LegalText.objects.filter(
        kind=kind, valid_from__lte=at, jurisdiction__in={jurisdiction, "*"}, locale__in={locale, "en"}
    ).exclude(valid_to__lte=at)
    found = sorted(valid, key=lambda text: (text.locale == locale, text.jurisdiction == jurisdiction, text.valid_from))
    return found[-1] if found else None


def sha256(text: str) -> str:
    """What a version is proven by."""
    return hashlib.sha256(text.encode()).hexdigest()
