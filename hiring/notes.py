"""What colleagues write down about a person: notes, and calls. A call is contact and, when answered, a sign of life."""

from __future__ import annotations

import datetime as dt
import unicodedata

from django.db import transaction
from django.utils import timezone

from hiring import contact
from hiring.errors import Refused
from hiring.models import Candidate, Job, Note, User
from hiring.timeline import record


@transaction.atomic
def write(
    candidate: Candidate,
    text: str,
    *,
    by: User,
    kind: str = Note.Kind.NOTE,
    visibility: str = Note.Visibility.TEAM,
    job: Job | None = None,
    reached: bool = True,
    at: dt.datetime | None = None,
) -> Note:
    """Write a note, or what a call was about. `visibility`: everyone, team (of `job`, and those who work with all), private.

    A call counts as contact; one where the person was `reached` is a sign of life and freezes automated outreach (invariant 4).
    """
    text = clean(text)
    if not text:
        raise Refused("Write something first.")
    if len(text) > 20_000:
        raise Refused("This is too long for a note: keep it below 20,000 characters.")
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.merged_into_id:
        raise Refused("This record was merged into another one. Open that one.")
    at = at or timezone.now()
    note = Note.objects.create(
        candidate=candidate, job=job, author=by, kind=kind, visibility=visibility, text=text, created_at=at
    )
    record(candidate, "call.logged" if kind == Note.Kind.CALL else "note.written", by, job=job, at=at, note=note.pk)
    if kind == Note.Kind.CALL:
        contact.contacted(candidate, at=at)
        if reached:
            contact.sign_of_life(candidate, "call", at=at)
    return note


def clean(text: str) -> str:
    """Line ends in one form, no control characters, no blank ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()
