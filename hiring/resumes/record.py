"""Parsed profiles on the record: made in the background from each document's text, merged with what colleagues corrected.

A text that waits to be parsed is a row that is due (invariant 10). `parse` is called right after a document was read; `sweep`
finds what was left behind, and every profile an older parser made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from hiring import search
from hiring.errors import Refused
from hiring.models import Candidate, Document, DocumentText, ParsedProfile, ProfileCorrection
from hiring.resumes import apart, merged
from hiring.resumes.profile import PARSER_VERSION, Profile

logger = logging.getLogger(__name__)

STUCK_AFTER = dt.timedelta(minutes=3)
LEFT_BEHIND_AFTER = dt.timedelta(seconds=30)
ATTEMPTS = 3
AT_ONCE = 25
SWEEP_AT_ONCE = 500
RECOGNISED = 0.75
TOO_OFTEN = "The text could not be read: taking it apart was broken off three times."


# ---------- Asking ----------


@dataclass
class Current:
    """A person's profile as it stands: what the newest résumé says, corrected. `read` is None while nothing was parsed."""

    candidate: Candidate
    document: Document | None
    read: ParsedProfile | None
    merged: merged.Merged
    rows: dict[int, ProfileCorrection] = field(default_factory=dict)
    """The standing corrections, by their number."""

    @property
    def profile(self) -> Profile:
        return Profile.from_json(self.merged.profile)

    @property
    def is_awaited(self) -> bool:
        """Whether more is to come by itself: the file is being read, or its text parsed."""
        if self.document is None:
            return False
        waits = self.read is not None and self.read.status in (ParsedProfile.Status.DUE, ParsedProfile.Status.WORKING)
        return self.document.is_being_read or waits

    def entry(self, section: str, key: str) -> dict[str, Any]:
        """The entry of a list under this key. Refused when another reading or a colleague took it away."""
        if section in merged.ENTRIES:
            for entry in self.merged.profile[section]:
                if entry["key"] == key:
                    found: dict[str, Any] = entry
                    return found
        raise Refused("This entry is no longer there. Look at the profile again.")

    def seen(self, section: str, key: str) -> dict[str, Any]:
        """What is kept of an entry with its first correction: as it was read, or as an earlier correction saw it."""
        standing = ProfileCorrection.objects.standing().filter(candidate=self.candidate)
        earlier = standing.filter(Q(path__startswith=f"{section}/{key}/") | Q(path=f"{section}/{key}")).first()
        if earlier:
            return dict(earlier.seen)
        return {name: value for name, value in self.entry(section, key).items() if name != "key"}


def profile_of(document: Document) -> Profile | None:
    """What was read from this document, uncorrected; None while it has not been parsed."""
    found = ParsedProfile.objects.filter(document=document).exclude(parsed_at=None).first()
    return Profile.from_json(found.profile) if found else None


def current_profile(candidate: Candidate) -> Profile:
    """The person's profile as it stands: the newest résumé's, corrected. Empty when nothing is known."""
    return current(candidate).profile


def current(candidate: Candidate) -> Current:
    document = newest_resume(candidate)
    return of_document(candidate, document)


def of_document(candidate: Candidate, document: Document | None) -> Current:
    """What a document says about its person, corrected. Three queries at most."""
    read = ParsedProfile.objects.filter(document=document).first() if document else None
    standing = ProfileCorrection.objects.standing().filter(candidate=candidate).select_related("by").order_by("pk")
    rows = {row.pk: row for row in standing}
    corrections = [merged.Correction(row.path, row.value, row.is_removed, row.seen, row.pk) for row in rows.values()]
    said = Profile().as_json() | (read.profile if read else {})
    found = merged.merge(said, corrections)
    if found.corrected or found.removed:
        add_up(found.profile)
    return Current(candidate, document, read, found, rows)


def add_up(profile: dict[str, Any]) -> None:
    """What follows from the entries of a profile: years of experience, codes of languages. The parser's own sums need no more."""
    from hiring.resumes import dates, tongues
    from hiring.resumes.page import folded

    today = timezone.localdate()
    spans = [
        dates.months_of(entry["start"], None if entry["is_current"] else entry["end"], today)
        for entry in profile["positions"]
        if entry["is_current"] or entry["end"]
    ]
    dated = [span for span in spans if span]
    profile["years_computed"] = round(dates.covered(dated) / 12, 1) if dated else None
    for entry in profile["languages"]:
        entry["code"] = entry["code"] or tongues.CODE.get(folded(merged.shown(entry["name"])), "")


def newest_resume(candidate: Candidate) -> Document | None:
    """The résumé that counts: the newest one that could be read or still may be, else the newest."""
    return newest_of(candidate.documents.filter(kind=Document.Kind.RESUME).order_by("-uploaded_at", "-pk")[:20])


def newest_of(resumes: Iterable[Document]) -> Document | None:
    """`newest_resume` of rows that are there already, newest first."""
    rows = list(resumes)
    readable = (row for row in rows if row.status not in (Document.Status.FAILED, Document.Status.REFUSED))
    return next(readable, rows[0] if rows else None)


# ---------- Parsing ----------


def expect(document: Document) -> None:
    """Let the text of this document be parsed: written in the transaction that writes the text."""
    ParsedProfile.objects.update_or_create(
        document=document,
        defaults={"status": ParsedProfile.Status.DUE, "due_at": timezone.now(), "claimed_at": None, "attempts": 0},
    )


def parse(document_ids: Iterable[int]) -> int:
    """Parse the texts among these that are due; the rest was done by somebody else. Profiles written.

    What was read and the search copies made from it are written in one transaction: a worker that dies in between leaves
    rows that `sweep` finds, never a profile nobody can search for.
    """
    ids, done = list(document_ids), 0
    for start in range(0, len(ids), AT_ONCE):
        parsed = [one for pk in ids[start : start + AT_ONCE] if _claim(pk) and (one := _parse(pk))]
        done += _write_all(parsed)
    return done


def _claim(pk: int) -> bool:
    claimed = ParsedProfile.objects.due().filter(pk=pk)
    now = timezone.now()
    return bool(claimed.update(status=ParsedProfile.Status.WORKING, claimed_at=now, attempts=F("attempts") + 1))


@dataclass
class Parsed:
    """What came of parsing one text that was claimed for the `attempts`-th time."""

    pk: int
    candidate_id: int
    attempts: int
    profile: Profile
    sha256: str
    problem: str = ""


def _parse(pk: int) -> Parsed | None:
    """Parse one text that was claimed; None when it was taken away meanwhile."""
    row = ParsedProfile.objects.select_related("document__candidate").filter(pk=pk).first()
    if row is None:
        return None
    text = DocumentText.objects.filter(document=pk).values_list("text", flat=True).first() or ""
    sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    found = Parsed(pk, row.document.candidate_id, row.attempts, Profile(), sha256)
    try:
        found.profile = read_text(row.document, text)
    except Exception as error:
        # What breaks the parser breaks it again: the next version is asked again by the sweep.
        logger.error("profile_not_parsed", extra={"document": pk, "error": type(error).__name__})
        found.problem = str(error) if isinstance(error, apart.NotParsed) else apart.BROKE
    return found


def _write_all(parsed: list[Parsed]) -> int:
    """Write these down with the search copies of their people: once for them all, because that costs as much as a parse. Where
    one of them cannot be written, each by itself; it is left to the sweep."""
    if not parsed:
        return 0
    try:
        with transaction.atomic():
            people = [one.candidate_id for one in parsed if _write(one)]
            search.refresh(people)
    except DatabaseError as error:
        if len(parsed) > 1:
            return sum(_write_all([one]) for one in parsed)
        logger.error("profile_not_written", extra={"document": parsed[0].pk, "error": type(error).__name__})
        return 0
    return len(people)


def _write(one: Parsed) -> bool:
    mine = ParsedProfile.objects.filter(pk=one.pk, status=ParsedProfile.Status.WORKING, attempts=one.attempts)
    status = ParsedProfile.Status.FAILED if one.problem else ParsedProfile.Status.DONE
    return bool(
        mine.update(
            status=status,
            profile=one.profile.as_json(),
            problem=one.problem,
            parser_version=PARSER_VERSION,
            text_sha256=one.sha256,
            parsed_at=timezone.now(),
            claimed_at=None,
        )
    )


def read_text(document: Document, text: str) -> Profile:
    """The parser, in a process of its own; a phone number is read in the person's country, then in ours. A JSON Resume
    tells its profile itself."""
    from hiring import taxonomy
    from hiring.resumes import exchange

    if document.content_type == exchange.CONTENT_TYPE:
        return exchange.profile_of(document, text)

    regions = [region for region in (document.candidate.country, settings.DEFAULT_PHONE_REGION) if region]
    vocabulary = taxonomy.current().skills
    found = apart.parse(text, regions=list(dict.fromkeys(regions)), today=timezone.localdate(), vocabulary=vocabulary)
    return doubted(found) if document.is_recognised else found


def doubted(profile: Profile) -> Profile:
    """The same, of a text that was recognised from a scan: every value is less certain by a quarter."""

    def less(value: Any) -> Any:
        if isinstance(value, list):
            return [less(one) for one in value]
        if not isinstance(value, dict):
            return value
        told = {key: less(one) for key, one in value.items()}
        return told | {"confidence": round(told["confidence"] * RECOGNISED, 3)} if "confidence" in told else told

    return Profile.from_json(less(profile.as_json()))


def sweep() -> list[int]:
    """Put back what got stuck, give up on what got stuck too often, and let what an older parser read be read again.
    The ids of documents that are due and were left behind."""
    now = timezone.now()
    stuck = ParsedProfile.objects.filter(status=ParsedProfile.Status.WORKING, claimed_at__lt=now - STUCK_AFTER)
    stuck.filter(attempts__lt=ATTEMPTS).update(status=ParsedProfile.Status.DUE, claimed_at=None)
    stuck.filter(attempts__gte=ATTEMPTS).update(
        status=ParsedProfile.Status.FAILED,
        problem=TOO_OFTEN,
        claimed_at=None,
        parser_version=PARSER_VERSION,
        parsed_at=now,
    )
    return waiting(before=now - LEFT_BEHIND_AFTER) or outdated()


def waiting(most: int = SWEEP_AT_ONCE, *, before: dt.datetime | None = None) -> list[int]:
    """The ids of documents whose text is due to be parsed: those that came by themselves before those that came in a load,
    and the newest first, because they are who somebody looks for."""
    due = ParsedProfile.objects.due().filter(due_at__lt=before) if before else ParsedProfile.objects.due()
    return list(due.order_by("document__can_wait", "-due_at", "-pk").values_list("pk", flat=True)[:most])


def outdated(most: int = SWEEP_AT_ONCE) -> list[int]:
    """Make profiles of other parser versions due, and texts that have none. The ids of those made due."""
    old = ParsedProfile.objects.filter(status__in=[ParsedProfile.Status.DONE, ParsedProfile.Status.FAILED]).filter(
        Q(parser_version__lt=PARSER_VERSION) | Q(parser_version__gt=PARSER_VERSION)
    )
    ids = list(old.order_by("-pk").values_list("pk", flat=True)[:most])
    ParsedProfile.objects.filter(pk__in=ids).update(status=ParsedProfile.Status.DUE, due_at=timezone.now(), attempts=0)
    return ids
