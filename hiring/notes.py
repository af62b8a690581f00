"""What colleagues write down about a person: notes, and calls. A call is contact and, when answered, a sign of life."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from hiring import contact, mentions
from hiring.errors import Refused
from hiring.models import Candidate, Job, Note, NoteVersion, User
from hiring.timeline import record, record_all

LONGEST = 20_000


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
    Colleagues it mentions are told, as far as they may see it; `not_told` of the note are the others.
    """
    text = kept(text)
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.merged_into_id:
        raise Refused("This record was merged into another one. Open that one.")
    at = at or timezone.now()
    note = Note.objects.create(
        candidate=candidate,
        job=job,
        author=by,
        kind=kind,
        visibility=visibility,
        text=text,
        mentions=mentions.spans(text),
        created_at=at,
    )
    record(candidate, "call.logged" if kind == Note.Kind.CALL else "note.written", by, job=job, at=at, note=note.pk)
    if kind == Note.Kind.CALL:
        contact.contacted(candidate, at=at)
        if reached:
            contact.sign_of_life(candidate, "call", at=at)
    note.not_told = mentions.tell_of_note(note, by=by)  # type: ignore[misc]  # of this instance
    return note


@transaction.atomic
def write_many(candidates: Collection[Candidate], text: str, *, by: User, job: Job | None = None) -> dict[int, Note]:
    """The same note for the team about each of these people, by their ids: a few statements, whatever their number."""
    text, named = kept(text), mentions.spans(text)
    people = list(Candidate.objects.select_for_update().filter(pk__in=[one.pk for one in candidates]).order_by("pk"))
    if any(one.merged_into_id for one in people):
        raise Refused("A record was merged into another one meanwhile.")
    at = timezone.now()
    notes = Note.objects.bulk_create(
        Note(candidate=one, job=job, author=by, text=text, mentions=named, created_at=at) for one in people
    )
    record_all("note.written", by, {note.candidate_id: {"note": note.pk} for note in notes}, job=job)
    for note in notes if named else []:
        note.not_told = mentions.tell_of_note(note, by=by)  # type: ignore[misc]  # of this instance
    return {note.candidate_id: note for note in notes}


@transaction.atomic
def edit(note: Note, text: str, *, by: User, visibility: str = "") -> Note:
    """Say it differently, or to others. What it said before is kept; whom it mentions now and did not before is told."""
    text = kept(text)
    note = _own(note, by)
    visibility = visibility or note.visibility
    if (note.text, note.visibility) == (text, visibility):
        return note
    now = timezone.now()
    NoteVersion.objects.create(note=note, text=note.text, visibility=note.visibility, at=now)
    note.text, note.visibility, note.mentions, note.edited_at = text, visibility, mentions.spans(text), now
    note.withdrawn_at = None  # said anew, it holds again
    note.save(update_fields=["text", "visibility", "mentions", "edited_at", "withdrawn_at"])
    note.not_told = mentions.tell_of_note(note, by=by)  # type: ignore[misc]
    return note


@transaction.atomic
def delete(note: Note, *, by: User) -> Note:
    """Take one's own words back: nobody sees them any more, here, in searches or in exports. `restore` undoes it."""
    note = _own(note, by)
    note.deleted_at = timezone.now()
    note.save(update_fields=["deleted_at"])
    record(note.candidate, "note.deleted", by, job=note.job)
    return note


def withdraw(ids: Collection[int]) -> int:
    """Mark notes as no longer true, because what they were written with was taken back. They stay where they are and say so."""
    standing = Note.objects.filter(pk__in=ids, deleted_at=None, withdrawn_at=None)
    return standing.update(withdrawn_at=timezone.now())


@transaction.atomic
def restore(note: Note, *, by: User) -> Note:
    note = _own(note, by, is_deleted=True)
    note.deleted_at = None
    note.save(update_fields=["deleted_at"])
    record(note.candidate, "note.restored", by, job=note.job, note=note.pk)
    return note


def _own(note: Note, by: User, *, is_deleted: bool = False) -> Note:
    """The note as it is now, locked. Refused to everybody but its author."""
    note = Note.objects.select_for_update(of=("self",)).select_related("candidate", "job").get(pk=note.pk)
    if note.author_id != by.pk:
        raise Refused("Only who wrote a note can change it.")
    if (note.deleted_at is not None) != is_deleted:
        raise Refused("This note was deleted." if note.deleted_at else "This note is there already.")
    return note


def kept(text: str) -> str:
    """What a note keeps of what was typed. Raises Refused for nothing, and for more than LONGEST characters."""
    text = clean(text)
    if not text:
        raise Refused("Write something first.")
    if len(text) > LONGEST:
        raise Refused(f"This is too long for a note: it has {len(text):,} characters, and {LONGEST:,} are possible.")
    return text


def clean(text: str) -> str:
    """Line ends in one form, no control characters, no blank ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}).strip()
