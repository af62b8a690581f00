"""Reading mailed résumés: each file once, in the sandbox, and from what it says whose it is.

From the person themselves, the files are theirs. From a colleague, each file speaks for itself: one with an address or a
number is that person's, one without goes with the first. Who cannot be told waits for somebody to look.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from hiring import access, contact, context, identity, sources
from hiring.documents import antivirus, checks, reader
from hiring.documents import reading as documents
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.mail import reading
from hiring.models import Candidate, Document, ProcessingBasis, Source, User
from hiring.names import names_agree
from hiring.resumes import whose
from pipeline import starting
from pipeline.models import Application
from sourcing import capture
from sourcing.mailed import answering, kept
from sourcing.mailed.models import MailedFile, MailedResume
from sourcing.referrals import giving

logger = logging.getLogger(__name__)

State = MailedResume.State
MOST_FILES = 10
ATTEMPTS = 3
STUCK_AFTER = dt.timedelta(minutes=6)
LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
LOOK_AGAIN = dt.timedelta(minutes=2)
NO_FILE = "There is no résumé in this mail that we can take."
NOBODY = "No name with an address, a number or a link could be read."
TWO_PEOPLE = "The résumé seems to be of somebody else than the sender."
SEVERAL_PEOPLE = "The files seem to be of several people."
BROKE_US = "Something in this mail could not be taken in by itself."
BROKEN_OFF = "Reading it was broken off three times."


@dataclass
class File:
    """One attachment: as it came, as it was read, and the person it speaks of."""

    name: str
    checked: checks.Checked | None = None
    read: reader.Reading | None = None
    problem: str = ""
    person: dict[str, Any] = field(default_factory=dict)  # name, emails, phones, links, and facts
    document: Document | None = None
    candidate: Candidate | None = None

    @property
    def identifies(self) -> bool:
        return bool(self.person.get("emails") or self.person.get("phones") or self.person.get("links"))


def read(mailed_id: int) -> None:
    """Read a mail that waits and take its people in. Does nothing when somebody else has it or it was settled."""
    claimed = MailedResume.objects.filter(pk=mailed_id, state=State.NEW)
    if not claimed.update(state=State.READING, claimed_at=timezone.now(), attempts=F("attempts") + 1):
        return
    mailed = MailedResume.objects.select_related("inbound", "forwarded_by", "job").get(pk=mailed_id)
    context.set_actor(mailed.forwarded_by_id)
    parsed = reading.parse(bytes(mailed.inbound.raw), None, mailed.inbound.recipients)
    try:
        files = [_read(came) for came in parsed.files[:MOST_FILES]]
    except antivirus.Unavailable:
        MailedResume.objects.filter(pk=mailed_id, state=State.READING).update(
            state=State.NEW, claimed_at=timezone.now() + LOOK_AGAIN, attempts=F("attempts") - 1
        )
        return
    files += [
        File(came.name, problem=f"Only {MOST_FILES} files of a mail are read.") for came in parsed.files[MOST_FILES:30]
    ]
    try:
        settled = _settle(mailed, files)
    except Refused as refused:  # a person being changed this very second, a name nobody can store
        settled = _wait(mailed, files, refused.sentence)
    except OperationalError:
        raise  # the database's trouble, not the mail's: the sweep comes back
    except Exception:
        logger.exception("mailed_not_taken", extra={"mailed": mailed_id})
        MailedResume.objects.filter(pk=mailed_id, state=State.READING).update(state=State.LOOK, problem=BROKE_US)
        return
    if settled:
        for file in files:
            if file.document and file.read:
                documents.settle_with(file.document, file.read)


def sweep() -> int:
    """Put back what got stuck, give up on what got stuck too often, and go on with what was left behind. Ids handed over."""
    now = timezone.now()
    stuck = MailedResume.objects.filter(state=State.READING, claimed_at__lt=now - STUCK_AFTER)
    stuck.filter(attempts__gte=ATTEMPTS).update(state=State.LOOK, problem=BROKEN_OFF)
    stuck.filter(attempts__lt=ATTEMPTS).update(state=State.NEW, claimed_at=None)
    left = MailedResume.objects.filter(state=State.NEW, at__lt=now - LEFT_BEHIND_AFTER).exclude(claimed_at__gt=now)
    ids = list(left.order_by("pk").values_list("pk", flat=True)[:100])
    from sourcing.mailed import arriving

    for pk in ids:
        arriving.hand_over(pk)
    return len(ids)


def _read(came: reading.File) -> File:
    """Check a file like any upload and read it. Raises antivirus.Unavailable while no scanner answers."""
    file = File(came.name or "unnamed")
    try:
        file.checked = checks.check(SimpleUploadedFile(file.name, came.content, came.content_type))
    except Refused as refused:
        file.problem = refused.sentence[:300]
        return file
    if antivirus.find(file.checked.data):
        file.problem, file.checked = "A virus scanner found something in this file.", None
        return file
    if file.checked.kind in whose.READ_AT_ONCE:
        file.read = reader.read(file.checked.data, file.checked.kind)
        file.person = whose.person_in(file.read.text)
    return file


@transaction.atomic
def _settle(mailed: MailedResume, files: list[File]) -> bool:
    """Find the people, keep their files, and say how it ended, all or nothing. False when somebody else was quicker."""
    if not MailedResume.objects.select_for_update().filter(pk=mailed.pk, state=State.READING).exists():
        return False
    good = [file for file in files if file.checked]
    problem = NO_FILE if not good else _assign(mailed, good)
    if problem:
        return _wait(mailed, files, problem)
    people: dict[tuple[str, ...], Candidate] = {}
    first: Candidate | None = None
    for file in good:
        key = tuple(sorted(file.person.get("emails") or file.person.get("phones") or file.person.get("links") or ()))
        file.candidate = people.get(key) or (first if not key else None) or take_in(mailed, file.person)
        people[key] = file.candidate
        first = first or file.candidate
    for file in good:
        keep_file(mailed, file)
    for candidate in dict.fromkeys(people.values()):
        open_for(mailed, candidate, [file for file in good if file.candidate == candidate])
    mailed.candidate = first
    write_down(mailed, files, State.TAKEN, "")
    answering.say_taken(mailed, list(dict.fromkeys(people.values())))
    return True


def _assign(mailed: MailedResume, files: list[File]) -> str:
    """Give every file its person; the reason for a look when that cannot be done for certain.

    A file without any contact of its own goes with the first that has one, which therefore stands first.
    """
    if mailed.forwarded_by_id:
        files.sort(key=lambda file: not file.identifies)
        leader = files[0]
        leader.person["emails"] = [one for one in leader.person.get("emails", []) if not _is_colleague(one)]
        if not leader.identifies or not leader.person.get("name"):
            known = identity.match(*_points(leader.person), name="") if leader.identifies else None
            if known is None:
                return NOBODY
            leader.person["name"] = known.name
        for file in files[1:]:
            if (
                not file.identifies
                or not file.person.get("name")
                or file.person.get("emails") == leader.person["emails"]
            ):
                file.person = dict(leader.person)
        return ""
    about = next((file.person for file in files if file.person.get("name")), {})
    said = mailed.sender_name or _from_address(mailed.sender)
    sender = mailed.sender.lower()
    theirs = [one.lower() for one in about.get("emails", [])]
    if theirs and sender not in theirs and not names_agree(said, about.get("name", "")):
        return TWO_PEOPLE
    if any(is_another(file.name, file.person, about) for file in files):
        return SEVERAL_PEOPLE
    said = said or about.get("name", "")
    if not said or not whose.readable(identity.normalise_email, [mailed.sender]):
        return NOBODY
    name = about["name"] if about.get("name") and names_agree(said, about["name"]) else said
    whole = {**about, "name": name, "emails": [mailed.sender, *about.get("emails", [])]}
    for file in files:
        file.person = dict(whole)
    return ""


def is_another(file: str, read: dict[str, Any], person: dict[str, Any]) -> bool:
    """Whether a file of this name, in which `read` was read, is plainly of somebody else than `person`: another name, and
    none of their addresses."""
    name, emails = read.get("name", ""), {one.lower() for one in read.get("emails", [])}
    if not name or not (emails or read.get("phones") or read.get("links")) or _is_letter(file):
        return False
    return not names_agree(name, person.get("name", "")) and emails.isdisjoint(
        one.lower() for one in person.get("emails", [])
    )


def _points(person: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    return person.get("emails", []), person.get("phones", []), person.get("links", [])


def _is_colleague(address: str) -> bool:
    return User.objects.filter(email__iexact=address.strip()).exists()


def _from_address(address: str) -> str:
    """noor.haddad@… is most likely Noor Haddad; anything less telling is no name."""
    words = [
        word for word in address.partition("@")[0].replace("_", ".").replace("-", ".").split(".") if word.isalpha()
    ]
    return " ".join(word.capitalize() for word in words) if len(words) > 1 else ""


def take_in(mailed: MailedResume, person: dict[str, Any], *, by: User | None = None) -> Candidate:
    """The person on record, made when unknown: credited to the colleague who forwarded, or to themselves."""
    forwarder = mailed.forwarded_by
    facts: dict[str, Any] = {key: person.get(key, "") for key in ("headline", "company", "location")}
    if forwarder:
        works = access.can_add_candidates(forwarder)
        facts |= {"owner": forwarder} if works else {"referred_by": forwarder}
        facts |= {"source_note": f"Forwarded by mail by {forwarder}"}
        source, purpose = (capture.sourced() if works else giving.source()), ProcessingBasis.Purpose.SOURCING
        basis = ProcessingBasis.Basis.LEGITIMATE_INTEREST
    else:
        source, purpose, basis = (
            by_mail(),
            ProcessingBasis.Purpose.APPLICATION,
            ProcessingBasis.Basis.CONTRACT,
        )
    emails, phones, links = _points(person)
    candidate, _ = identity.match_or_create(
        name=person.get("name", ""),
        emails=emails,
        phones=phones,
        links=links,
        source=source,
        by=by,
        purpose=purpose,
        basis=basis,
        **facts,
    )
    if not forwarder and not mailed.is_automatic:
        contact.sign_of_life(candidate, "wrote", at=mailed.at)
    return candidate


def by_mail() -> Source:
    """The source of people who wrote to us of their own accord."""
    return sources.ensure("By mail", Source.Kind.CAREER_SITE)


def keep_file(mailed: MailedResume, file: File) -> None:
    assert file.checked is not None and file.candidate is not None  # noqa: S101
    kind = Document.Kind.COVER_LETTER if _is_letter(file.name) else Document.Kind.RESUME
    file.document = keep(file.candidate, file.checked, kind, by=mailed.forwarded_by)
    if file.read and not documents.hold(file.document):
        file.read = None  # the same bytes were kept before and have been read


def _is_letter(file: str) -> bool:
    return any(word in file.lower() for word in ("cover", "letter", "anschreiben", "motivation", "lettre"))


def open_for(mailed: MailedResume, candidate: Candidate, files: list[File]) -> Application | None:
    """An application for the job the address named, unless there is one; a colleague has to be on that job."""
    job, forwarder = mailed.job, mailed.forwarded_by
    if job is None or (forwarder and not access.can_move(forwarder, job)):
        return None
    if Application.objects.active().filter(candidate=candidate, job=job).exists():
        return None
    resume = next((one.document for one in files if one.document and one.document.kind == Document.Kind.RESUME), None)
    return starting.open_application(candidate, job, by=forwarder, source=candidate.source, resume=resume, at=mailed.at)


def _wait(mailed: MailedResume, files: list[File], problem: str) -> bool:
    """Leave it to somebody to look at, with what could be read."""
    write_down(mailed, files, State.LOOK, problem)
    answering.say_waiting(mailed)
    return False


def write_down(
    mailed: MailedResume, files: list[File], state: str, problem: str, besides: Collection[int] = ()
) -> None:
    mailed.state, mailed.problem, mailed.claimed_at = state, problem[:300], None
    mailed.handled_at = timezone.now() if state == State.TAKEN else None
    mailed.save(update_fields=["state", "problem", "claimed_at", "handled_at", "candidate"])
    write_files(mailed, files, besides=besides)
    if state == State.TAKEN:
        empty(mailed)


def write_files(mailed: MailedResume, files: list[File], besides: Collection[int] = ()) -> None:
    """A row a file, in place of those there were; the rows `besides` stay as they are."""
    mailed.files.exclude(pk__in=besides).delete()
    MailedFile.objects.bulk_create(
        MailedFile(
            mailed=mailed,
            name=file.name[:200],
            candidate=file.candidate,
            document=file.document,
            problem=file.problem,
            seems={} if file.candidate else _seems(file.person),
            reading=kept.keep(file.read) if mailed.state == State.LOOK and file.checked and file.read else "",
            beginning="" if file.candidate or not file.read else file.read.text.strip()[:2_000],
        )
        for file in files
    )


def _seems(person: dict[str, Any]) -> dict[str, str]:
    emails, phones, links = _points(person)
    first = {"email": emails[:1], "phone": phones[:1], "link": links[:1]}
    return {"name": person.get("name", "")} | {key: values[0] for key, values in first.items() if values}


def empty(mailed: MailedResume) -> None:
    """The raw mail has done its work. What it held lives with the person, and goes when they are erased."""
    type(mailed.inbound).objects.filter(pk=mailed.inbound_id).update(raw=b"")
