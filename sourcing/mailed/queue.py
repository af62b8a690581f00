"""Mailed résumés that wait for a person: say who it is, or set it aside."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from hiring.documents import checks
from hiring.errors import Refused
from hiring.mail import reading
from hiring.models import Candidate, User
from sourcing.mailed import reading_in
from sourcing.mailed.models import MailedResume
from sourcing.mailed.reading_in import File

State = MailedResume.State


@transaction.atomic
def take(mailed: MailedResume, *, by: User, name: str, email: str = "", phone: str = "", link: str = "") -> Candidate:
    """Somebody says who it is: the same door as every intake, with all files that can be taken."""
    mailed = _locked(mailed)
    person: dict[str, Any] = {
        "name": name,
        "emails": [email] if email else [],
        "phones": [phone] if phone else [],
        "links": [link] if link else [],
    }
    candidate = reading_in.take_in(mailed, person, by=by)
    files = _files(mailed)
    for file in files:
        if file.checked:
            file.candidate = candidate
            reading_in.keep_file(mailed, file)
    mailed.candidate, mailed.handled_by = candidate, by
    reading_in.write_down(mailed, files, State.TAKEN, "")
    mailed.save(update_fields=["handled_by"])
    reading_in.open_for(mailed, candidate, files)
    return candidate


@transaction.atomic
def ignore(mailed: MailedResume, *, by: User) -> None:
    """Nobody's résumé: the mail is emptied and leaves the list."""
    mailed = _locked(mailed)
    mailed.state, mailed.handled_by, mailed.handled_at, mailed.text = State.IGNORED, by, timezone.now(), ""
    mailed.save(update_fields=["state", "handled_by", "handled_at", "text"])
    mailed.files.update(beginning="", seems={})
    reading_in.empty(mailed)


def _locked(mailed: MailedResume) -> MailedResume:
    rows = MailedResume.objects.select_for_update(of=("self",)).select_related("inbound", "forwarded_by", "job")
    found = rows.get(pk=mailed.pk)
    if found.state != State.LOOK:
        raise Refused("Somebody has settled this mail already.")
    return found


def _files(mailed: MailedResume) -> list[File]:
    """The files of the mail once more, checked like uploads. They are read in the background, as uploads are."""
    files = []
    parsed = reading.parse(bytes(mailed.inbound.raw), None, mailed.inbound.recipients)
    for came in parsed.files[: reading_in.MOST_FILES]:
        file = File(came.name or "unnamed")
        try:
            file.checked = checks.check(SimpleUploadedFile(file.name, came.content, came.content_type))
        except Refused as refused:
            file.problem = refused.sentence[:300]
        files.append(file)
    return files
