"""What is shown of a hidden person's file: its text without what must not be known. Pages, originals and file names are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hiring import masks
from hiring.models import Document, Note
from pipeline.blind import redacting
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

    def say(self, text: str) -> str:
        return self.redactor.said(text)

    def answers(self, answers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(question, self.say(said)) for question, said in answers]

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
        redactor = redacting.for_person(person.candidate, *([person.resume] if person.resume else []))
        judged = tuple(
            replace(one, evidence=tuple(_said(redactor, each) for each in one.evidence), note=redactor.said(one.note))
            for one in standing.judged
        )
        found[pk] = replace(standing, judged=judged)
    return found


def _said(redactor: Redactor, evidence: Any) -> Any:
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
    if document and text:
        hidden.resume = redacting.of_document(redactor, document, text)
    hidden.is_waiting = bool(document and document.is_being_read)
    return hidden
