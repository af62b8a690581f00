"""Mailed résumés that wait for a person: say who it is, or set it aside."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from hiring.documents import checks
from hiring.documents import reading as documents
from hiring.errors import Refused
from hiring.mail import reading
from hiring.models import Candidate, InboundMail, User
from sourcing.mailed import kept, reading_in
from sourcing.mailed.models import MailedResume
from sourcing.mailed.reading_in import File

logger = logging.getLogger(__name__)

State = MailedResume.State
OTHERS = "{person} is taken in. Other files of this mail seem to be of somebody else: say who that is."
TOO_LATE = "Nobody said within {days} days whose it is. Mail and files were emptied."


@transaction.atomic
def take(mailed: MailedResume, *, by: User, name: str, email: str = "", phone: str = "", link: str = "") -> Candidate:
    """Somebody says who it is: the same door as every intake, with all files that can be taken.

    Files that plainly are of others wait on, until it is said of them, too; where none is of this person, all are."""
    mailed = _locked(mailed)
    person: dict[str, Any] = {
        "name": name,
        "emails": [email] if email else [],
        "phones": [phone] if phone else [],
        "links": [link] if link else [],
    }
    candidate = reading_in.take_in(mailed, person, by=by)
    files, others = _theirs(mailed, person)
    readings = dict(mailed.files.exclude(reading="").exclude(pk__in=others).values_list("name", "reading"))
    for file in files:
        if file.checked:
            file.candidate = candidate
            reading_in.keep_file(mailed, file)
            _give(file, readings.pop(file.name[:200], ""))
    transaction.on_commit(lambda: kept.forget(readings.values()), robust=True)
    reading_in.open_for(mailed, candidate, files)
    if others:
        mailed.problem = OTHERS.format(person=candidate.name)[:300]
        mailed.save(update_fields=["problem"])
        reading_in.write_files(mailed, files, besides=others)
        return candidate
    mailed.candidate, mailed.handled_by = candidate, by
    reading_in.write_down(mailed, files, State.TAKEN, "", besides=_settled(mailed))
    mailed.save(update_fields=["handled_by"])
    return candidate


@transaction.atomic
def ignore(mailed: MailedResume, *, by: User) -> None:
    """Nobody's résumé: the mail is emptied and leaves the list."""
    mailed = _locked(mailed)
    mailed.handled_by = by
    _empty(mailed)


def forget_old(most: int = 500) -> int:
    """Empty what nobody settled in time, and forget whose mail it was as long again after. Mails touched.

    A person who mailed us and was never taken in is nobody we may keep a file of (PRIV-4).
    """
    before = timezone.now() - dt.timedelta(days=settings.MAILED_RESUMES_DAYS)
    late = MailedResume.objects.to_look_at().filter(at__lt=before).order_by("at", "pk")
    done = 0
    for pk in list(late.values_list("pk", flat=True)[:most]):
        with transaction.atomic():
            mailed = MailedResume.objects.select_for_update(of=("self",)).select_related("inbound").get(pk=pk)
            if mailed.state == State.LOOK:
                mailed.problem = TOO_LATE.format(days=settings.MAILED_RESUMES_DAYS)
                _empty(mailed)
                done += 1
    old = MailedResume.objects.filter(state=State.IGNORED, at__lt=before, handled_at__lt=before).exclude(sender="")
    ids = list(old.values_list("pk", flat=True)[:most])
    with transaction.atomic():
        InboundMail.objects.filter(mailed_resume__in=ids).update(
            envelope_from="", from_address="", subject="", recipients=[]
        )
        MailedResume.objects.filter(pk__in=ids).update(sender="", sender_name="", subject="")
    kept.forget_lost()
    return done + len(ids)


def _empty(mailed: MailedResume) -> None:
    """Set a mail aside: what it said and what came along goes, that it came stays."""
    mailed.state, mailed.handled_at, mailed.text = State.IGNORED, timezone.now(), ""
    mailed.save(update_fields=["state", "handled_by", "handled_at", "text", "problem"])
    readings = list(mailed.files.exclude(reading="").values_list("reading", flat=True))
    mailed.files.update(beginning="", seems={}, reading="")
    reading_in.empty(mailed)
    transaction.on_commit(lambda: kept.forget(readings), robust=True)


def _give(file: File, key: str) -> None:
    """What was read of this file before, in the background; it is not read again."""
    from sourcing.tasks import settle_mailed

    document = file.document
    if not key or document is None:
        return
    if not documents.hold(document):  # the same bytes were kept before and have been read
        transaction.on_commit(lambda: kept.forget([key]), robust=True)
        return

    def carry() -> None:
        try:
            settle_mailed.apply_async(args=[document.pk, key], retry=False)
        except Exception as error:  # found by the sweep of documents, and read like any other
            logger.warning("kept_reading_left", extra={"document": document.pk, "error": type(error).__name__})

    transaction.on_commit(carry, robust=True)


def _locked(mailed: MailedResume) -> MailedResume:
    rows = MailedResume.objects.select_for_update(of=("self",)).select_related("inbound", "forwarded_by", "job")
    found = rows.get(pk=mailed.pk)
    if found.state != State.LOOK:
        raise Refused("Somebody has settled this mail already.")
    return found


def _settled(mailed: MailedResume) -> set[int]:
    """The files of which it was said before whose they are."""
    return set(mailed.files.exclude(candidate=None).values_list("pk", flat=True))


def _theirs(mailed: MailedResume, person: dict[str, Any]) -> tuple[list[File], set[int]]:
    """The files that go to this person, and the rows of those that stay as they are."""
    waiting = list(mailed.files.filter(candidate=None))
    others = [row for row in waiting if reading_in.is_another(row.name, _seen(row.seems), person)]
    if len(others) == sum(bool(row.seems.get("name")) for row in waiting):
        others = []
    names = Counter(row.name for row in waiting) - Counter(row.name for row in others)
    theirs = [file for file in _files(mailed) if names[file.name[:200]]]
    return theirs, {row.pk for row in others} | (_settled(mailed) if others else set())


def _seen(seems: dict[str, str]) -> dict[str, Any]:
    """What was noted of a file's person, as it was read."""
    return {"name": seems.get("name", "")} | {
        f"{key}s": [seems[key]] for key in ("email", "phone", "link") if key in seems
    }


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
