"""What is shown of a hidden person's file: its text and its pages without what must not be known. Originals and file names are
not shown, nor pages whose words have no known places, nor scans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hiring import masks
from hiring.documents import preview
from hiring.documents.places import Places
from hiring.models import Document, Note
from pipeline.blind import pictures, redacting
from pipeline.blind.redacting import Piece, Redactor
from pipeline.models import Application


@dataclass
class Hidden:
    """The file of a person whoever looks may not know. `resume` is empty without a text, `is_waiting` while it is being read."""

    called: str
    redactor: Redactor
    resume: list[Piece] = field(default_factory=list)
    has_document: bool = False
    is_waiting: bool = False
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """Where the text of the résumé is cut, in order."""
    pages: list[preview.ShownPage] = field(default_factory=list)
    """The pages that are drawn anew without what is cut, with what lights up on them."""
    words: Sequence[Sequence[int]] = ()

    def say(self, text: str) -> str:
        return self.redactor.said(text)

    def notes(self, notes: Sequence[Note]) -> list[Note]:
        """These notes, never to be stored, without the words that tell who it is."""
        for note in notes:
            note.text, note.mentions = self.say(note.text), []
        return list(notes)


def standings(found: dict[int, Any]) -> dict[int, Any]:
    """What was judged, its evidence without the words that tell who hidden people are; by application."""
    people = {row.pk: row for row in Application.objects.filter(pk__in=found).select_related("candidate", "resume")}
    for pk, standing in found.items():
        person = people.get(pk)
        if person is None or not masks.mask_of(person.candidate_id):
            continue
        redactor, is_scan = _known(person)
        judged = tuple(
            replace(
                one,
                evidence=tuple(_said(redactor, each, is_scan) for each in one.evidence),
                note=redactor.said(one.note),
            )
            for one in standing.judged
        )
        found[pk] = replace(standing, judged=judged)
    return found


def evidence_of(application: Application, evidence: Any) -> Any:
    """One piece of evidence of a hidden person, without the words that tell who they are."""
    redactor, is_scan = _known(application)
    return _said(redactor, evidence, is_scan)


def _known(application: Application) -> tuple[Redactor, bool]:
    """What must not be read of this person, and whether their résumé is a scan: a name that was recognised wrongly is not found
    to be cut, so nothing of its text is shown."""
    resume = [application.resume] if application.resume else []
    return redacting.for_person(application.candidate, *resume), any(one.is_recognised for one in resume)


def _said(redactor: Redactor, evidence: Any, is_scan: bool) -> Any:
    if is_scan and evidence.source == "resume":
        return replace(evidence, quote="In the scan of the résumé", found="", where="")
    return replace(
        evidence,
        quote=redactor.said(evidence.quote),
        found=redactor.said(evidence.found),
        where="" if redactor.spans(evidence.where) else evidence.where,
    )


def of(application: Application, document: Document | None) -> Hidden | None:
    """The file for whoever looks; None when they may know the person."""
    called = masks.mask_of(application.candidate_id)
    if not called:
        return None
    documents = [document] if document else []
    redactor = redacting.for_person(application.candidate, *documents)
    hidden = Hidden(called, redactor, has_document=document is not None)
    text = getattr(getattr(document, "extracted", None), "text", "") if document and document.may_be_shown else ""
    if document and text and not document.is_recognised:
        hidden.resume = redacting.of_document(redactor, document, text)
        hidden.cuts = list(_cuts(hidden.resume, len(text)))
        hidden.words = pictures.words_of(document) if document.page_count else ()
        hidden.pages = [preview.ShownPage(page) for page in document.pages.all()] if hidden.words else []
    hidden.is_waiting = bool(document and document.is_being_read)
    return hidden


def picture(hidden: Hidden, number: int) -> bytes | None:
    """One page as it may be seen, as a PNG; None where there is none."""
    page = next((one.page for one in hidden.pages if one.page.number == number), None)
    return pictures.drawn(page, hidden.words, hidden.cuts) if page else None


def light(hidden: Hidden, passages: Sequence[preview.Passage]) -> None:
    """Light up on the pages what is quoted, as far as nothing of it is cut."""
    kept = [one for one in passages if all(last <= one.start or first >= one.end for first, last in hidden.cuts)]
    preview.light(hidden.pages, Places(hidden.words), kept)


def _cuts(pieces: Sequence[Piece], length: int) -> Iterator[tuple[int, int]]:
    """A piece that was cut reaches as far as the next one begins."""
    ends = [one.start for one in pieces[1:]] + [length]
    for piece, end in zip(pieces, ends, strict=True):
        if piece.cut:
            yield piece.start, end
