"""Whose a résumé is, from what it says: for those who hand in a file without saying who and how to reach them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone

from hiring import identity
from hiring.documents import antivirus, checks
from hiring.errors import Refused
from hiring.resumes import apart
from hiring.resumes.profile import Profile

PATIENCE_SECONDS = 20
READ_AT_ONCE = ("pdf", "docx", "odt", "rtf", "txt")
"""Kinds of files the reader knows by itself; others are read in their own way."""


def person_of(checked: checks.Checked) -> dict[str, Any]:
    """Who a checked file is about, read while a page waits: two seconds or so, twenty at most.

    In a process of its own: a web server has threads, and forking what has threads may hang. Empty when it cannot be told, also
    while no scanner answers.
    """
    try:
        if checked.kind not in READ_AT_ONCE or antivirus.find(checked.data):
            return {}
    except antivirus.Unavailable:
        return {}
    with tempfile.NamedTemporaryFile() as file:
        file.write(checked.data)
        file.flush()
        command = [sys.executable, "manage.py", "parse_resume", file.name, "--json"]
        try:
            said = subprocess.run(  # noqa: S603 - fixed arguments, no shell
                command, cwd=settings.BASE_DIR, capture_output=True, timeout=PATIENCE_SECONDS, check=True
            )
            profile = Profile.from_json(json.loads(said.stdout)["profile"])
        except (subprocess.SubprocessError, OSError, ValueError, KeyError):
            return {}
    return _person(profile)


def person_in(text: str) -> dict[str, Any]:
    """Who a résumé's text is about, in the arguments of identity.match_or_create; values that cannot be kept are left out."""
    if not text.strip():
        return {}
    try:
        profile = apart.parse(text, regions=[settings.DEFAULT_PHONE_REGION], today=timezone.localdate())
    except apart.NotParsed:
        return {}
    return _person(profile)


def _person(profile: Profile) -> dict[str, Any]:
    current = next((one for one in profile.positions if one.is_current), None)
    found: dict[str, Any] = {
        "name": profile.name.value if profile.name else "",
        "emails": readable(identity.normalise_email, [one.value for one in profile.emails[:3]]),
        "phones": readable(identity.normalise_phone, [one.value for one in profile.phones[:3]]),
        "links": readable(identity.normalise_link, [one.value for one in profile.links[:5]]),
        "headline": profile.headline.value if profile.headline else "",
        "company": current.employer.value if current and current.employer else "",
        "location": profile.location.value if profile.location else "",
    }
    return found


def readable(normalise: Callable[[str], str], values: list[str]) -> list[str]:
    """Those of the values that can be kept: `normalise` raises Refused for others."""
    kept = []
    for value in values:
        try:
            normalise(value)
        except Refused:
            continue
        kept.append(value)
    return kept
