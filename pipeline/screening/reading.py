"""The facts of many applications, read in a constant number of questions."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hiring import taxonomy
from hiring.application_form.answers import open_to_all
from hiring.models import Document, DocumentText, ParsedProfile, ProfileCorrection
from hiring.resumes import merged, record
from hiring.resumes.profile import Profile
from pipeline.models import Application, JudgementCorrection
from pipeline.screening import matching
from pipeline.screening.criteria import Criteria, of_jobs
from pipeline.screening.facts import Facts

NO_PROBLEM = ""
UNREAD = {Document.Status.STORED, Document.Status.READING}
UNPARSED = {ParsedProfile.Status.DUE, ParsedProfile.Status.WORKING}
UNREADABLE = "The résumé could not be read."


@dataclass
class Case:
    """One application ready to be judged. `waits`: its résumé is still being read."""

    application: Application
    criteria: Criteria
    document: Document | None = None
    facts: Facts | None = None
    waits: bool = False
    sha256: str = ""
    corrections: list[JudgementCorrection] = field(default_factory=list)


def cases(application_ids: Sequence[int]) -> list[Case]:
    """These applications with all that judging looks at. Six questions, however many there are."""
    rows = list(Application.objects.filter(pk__in=application_ids).select_related("candidate", "resume").order_by("pk"))
    criteria = of_jobs({row.job_id for row in rows})
    found = [Case(row, criteria.get(row.job_id, Criteria())) for row in rows]
    _documents(found)
    documents = [case.document.pk for case in found if case.document]
    profiles = ParsedProfile.objects.filter(document__in=documents).in_bulk()
    texts = dict(DocumentText.objects.filter(document__in=documents).values_list("document", "text"))
    put_right: dict[int, list[merged.Correction]] = defaultdict(list)
    people = {row.candidate_id for row in rows}
    for row in ProfileCorrection.objects.standing().filter(candidate__in=people).order_by("pk"):
        put_right[row.candidate_id].append(merged.Correction(row.path, row.value, row.is_removed, row.seen, row.pk))
    said: dict[int, list[JudgementCorrection]] = defaultdict(list)
    for correction in JudgementCorrection.objects.standing().filter(application__in=application_ids):
        said[correction.application_id].append(correction)
    held = taxonomy.current()
    for case in found:
        document = case.document
        read = profiles.get(document.pk) if document else None
        case.corrections = said[case.application.pk]
        case.waits = document is not None and (
            document.status in UNREAD or (read is not None and read.status in UNPARSED)
        )
        if not case.waits:
            text = texts.get(document.pk, "") if document else ""
            case.facts = _facts(case, read, text, put_right[case.application.candidate_id], held)
            case.sha256 = digest(case.facts, case.criteria)
    return found


def _documents(found: Sequence[Case]) -> None:
    """The résumé each application is judged by: the one it came with where that can be read, else the person's newest."""
    without = []
    for case in found:
        own = case.application.resume
        if own and own.status not in (Document.Status.FAILED, Document.Status.REFUSED):
            case.document = own
        else:
            without.append(case)
    if not without:
        return
    resumes: dict[int, list[Document]] = defaultdict(list)
    people = {case.application.candidate_id for case in without}
    newest = Document.objects.filter(candidate__in=people, kind=Document.Kind.RESUME).order_by("-uploaded_at", "-pk")
    for document in newest:
        resumes[document.candidate_id].append(document)
    for case in without:
        case.document = record.newest_of(resumes[case.application.candidate_id]) or case.application.resume


def _facts(
    case: Case,
    read: ParsedProfile | None,
    text: str,
    put_right: Sequence[merged.Correction],
    held: taxonomy.Taxonomy,
) -> Facts:
    said: Mapping[str, Any] = EMPTY | (read.profile if read else {})
    profile = Profile.from_json(merged.merge(said, put_right).profile if put_right else said)
    document, person = case.document, case.application.candidate
    problem = ""
    if document and (
        document.status != Document.Status.READY or read is None or read.status == ParsedProfile.Status.FAILED
    ):
        problem = UNREADABLE
    return Facts(
        profile=profile,
        text=text,
        taxonomy=held,
        as_of=case.application.applied_at.date(),
        name=person.name,
        has_resume=document is not None,
        problem=problem,
        location=person.location,
        answers=open_to_all(case.application.questions or (), case.application.answers or {}),
        questions=case.application.questions or (),
    )


EMPTY = Profile().as_json()


def digest(facts: Facts, criteria: Criteria) -> str:
    """Of everything that decides: the same again gives the same results."""
    said = [
        matching.JUDGING_VERSION,
        facts.taxonomy.version,
        [one.as_json() for one in criteria.criteria],
        facts.profile.as_json(),
        facts.text,
        facts.as_of.isoformat(),
        facts.location,
        facts.problem,
        facts.answers,
        list(facts.questions),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()
