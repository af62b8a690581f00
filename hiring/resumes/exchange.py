"""A JSON Resume comes in as a document of its person, and a person's profile goes out as one (DATA-7)."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.db import transaction

from hiring import identity, origins
from hiring.documents import checks
from hiring.documents.store import keep as keep_checked
from hiring.errors import Refused
from hiring.models import Candidate, Document, Source, User
from hiring.resumes import handing_out, json_resume, record
from hiring.resumes.profile import Profile

CONTENT_TYPE = "application/json"


def is_json(upload: File[Any]) -> bool:
    return PurePosixPath(upload.name or "").suffix.lower() == ".json"


def check(upload: File[Any]) -> tuple[checks.Checked, dict[str, Any]]:
    """Look at an upload that says it is a JSON Resume. Refused with the line and column of what is wrong."""
    name = checks.clean_name(f"{PurePosixPath(upload.name or '').stem}.txt").removesuffix(".txt") + ".json"
    upload.open()
    data = upload.read(json_resume.MAX_BYTES + 1)
    if not data:
        raise Refused("The file is empty. Please choose it again.")
    found = json_resume.read(data)
    return checks.Checked("json", CONTENT_TYPE, name, data, hashlib.sha256(data).hexdigest()), found


def keep(candidate: Candidate, upload: File[Any], *, by: User | None) -> Document:
    """Keep a JSON Resume as a résumé of this person."""
    checked, _ = check(upload)
    return keep_checked(candidate, checked, Document.Kind.RESUME, by=by)


@transaction.atomic
def bring_in(
    upload: File[Any], *, by: User | None, purpose: str, basis: str, source: Source | None = None
) -> tuple[Candidate, bool]:
    """The person a JSON Resume is about, found or made by the one way of telling who somebody is; True when they are new."""
    checked, found = check(upload)
    _, profile = json_resume.written_out(found)
    if profile.name is None:
        raise Refused("The file does not say whose it is: basics.name is missing.")
    if not (profile.emails or profile.phones or profile.links):
        raise Refused(
            "The file has no e-mail address, phone number or link: we could not tell whether this person is known."
        )
    candidate, created = identity.match_or_create(
        name=profile.name.value,
        emails=[one.value for one in profile.emails],
        phones=[one.value for one in profile.phones],
        links=[one.value for one in profile.links],
        headline=profile.headline.value if profile.headline else "",
        location=profile.location.value if profile.location else "",
        source=source,
        by=by,
        purpose=purpose,
        basis=basis,
        owner=by,
    )
    document = keep_checked(candidate, checked, Document.Kind.RESUME, by=by)
    origins.note(candidate, by=by, document=document)
    return candidate, created


def export(candidate: Candidate) -> dict[str, Any] | None:
    """The person's profile as it stands; None when there is nothing to say. What came as a JSON Resume keeps what we do not know."""
    current = record.current(candidate)
    profile = current.merged.profile
    if current.document and current.document.content_type == CONTENT_TYPE and current.read and current.read.parsed_at:
        original = read_file(current.document)
        if original is not None:
            return handing_out.write(profile, original=original, read=current.read.profile)
    if current.profile == Profile():
        return None
    return handing_out.write(_with_record(candidate, profile))


def _with_record(candidate: Candidate, profile: dict[str, Any]) -> dict[str, Any]:
    """A résumé that does not say whose it is goes out under the name on the record."""
    if profile.get("name"):
        return profile
    return profile | {"name": {"value": candidate.name, "start": 0, "end": 0, "confidence": 1.0}}


def read_file(document: Document) -> dict[str, Any] | None:
    """The object in a stored JSON Resume; None when the file is gone or was spoilt."""
    try:
        with document.file.open("rb") as file:
            return json_resume.read(file.read(json_resume.MAX_BYTES + 1))
    except (FileNotFoundError, Refused):
        return None


def text_of(data: bytes) -> str:
    """A JSON Resume as a text people read; "" when it is none."""
    try:
        return json_resume.written_out(json_resume.read(data))[0]
    except Refused:
        return ""


def profile_of(document: Document, text: str) -> Profile:
    """What a stored JSON Resume tells, with its places in the text that was written out from it."""
    found = read_file(document)
    if found is None:
        return Profile()
    written, profile = json_resume.written_out(found)
    if written != text:
        raise ValueError("the text is not the file's")
    said = profile.as_json()
    record.add_up(said)
    return Profile.from_json(said)
