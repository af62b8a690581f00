"""Applying: what a person sent, stored already (pipeline/arriving.py), becomes an application (docs/architecture.md, invariant 1).

One transaction, before any file is read or mail sent. The form's own id makes a second submit the first one; the same person
applying again lands on the same candidate.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from hiring import contact, identity, links, masks, sources, staying
from hiring.application_form import asking
from hiring.application_form.questions import Question, fingerprint
from hiring.documents import checks
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import (
    Candidate,
    Document,
    FormVersion,
    Job,
    LegalText,
    Message,
    Posting,
    ProcessingBasis,
    Source,
)
from hiring.prepared import Given, prepared
from hiring.timeline import record
from pipeline import confirming, job_letters, noticing, private_answers, starting, status
from pipeline.models import Application, Arrival

CLOSED = "This job no longer takes applications."
RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread aloud
CAREER_SITE = "Career site"
NAMED_BY = ("source", "utm_source", "gh_src", "lever-source", "ref")


@prepared
def sent_before(key: Given) -> QuerySet[Application]:
    """Asked of everybody who applies, as are the ones below."""
    return Application.objects.filter(submission_key=key)


@prepared
def person_to_lock(pk: Given) -> QuerySet[Candidate, int]:
    return Candidate.objects.select_for_update().filter(pk=pk).values_list("pk", flat=True)


@prepared
def active_for(candidate: Given, job: Given) -> QuerySet[Application]:
    return Application.objects.for_card().active().filter(candidate=candidate, job=job)


@prepared
def has_number(number: Given) -> QuerySet[Application, int]:
    """Applications and arrivals that have it already."""
    given = Application.objects.filter(receipt_number=number).values_list("pk", flat=True)
    return given.union(Arrival.objects.filter(receipt_number=number).values_list("pk", flat=True))


@prepared
def job_applied_for(pk: Given) -> QuerySet[Job]:
    """With what the receipt and the form read of it."""
    return Job.objects.filter(pk=pk).select_related("location")


@transaction.atomic
def submit(
    posting: Posting,
    *,
    name: str,
    email: str,
    phone: str = "",
    location: str = "",
    link: str = "",
    resume: checks.Checked | None = None,
    cover_letter: checks.Checked | None = None,
    answers: dict[str, Any] | None = None,
    files: Mapping[str, checks.Checked] | None = None,
    submission_key: uuid.UUID,
    origin: dict[str, Any] | None = None,
    stay_in_touch: bool = False,
    notices: Sequence[int] = (),
    consent: int | None = None,
    locale: str = "en",
    form_version: FormVersion | None = None,
    questions: list[Question] | None = None,
    number: str = "",
    at: dt.datetime | None = None,
) -> Application:
    """Apply for the job of `posting`. Returns the application, the first one when this was sent before.

    Raises Refused when the job takes none; what came `at` some moment came while it did, and is refused by a closed job alone.
    `form_version` is the form that was answered, `questions` what was asked by one that has no version; without either it is what
    is asked now. `notices` are the ids of the legal texts they were shown, `consent` is that of the one they may have agreed to.
    `files` are answers that are files, by question. An active application for the job stays as it is: a new résumé joins the
    documents, and the answer is the same as for a first one, because it may be a stranger asking (SEC-11).
    """
    job = _open_job(posting, is_in_time=at is not None)
    if sent := sent_before.first(key=submission_key):
        return sent
    source = _source(origin or {})
    known = identity.match(emails=[email])
    candidate, _ = identity.match_or_create(
        name=name,
        emails=[email],
        phones=[phone] if _is_phone(phone) else [],
        links=[link] if link else [],
        source=source,
        purpose=ProcessingBasis.Purpose.APPLICATION,
        basis=ProcessingBasis.Basis.CONTRACT,
        location=location,
        language=locale,
    )
    # Two forms of one person for one job take turns here; the job is only shared (starting.hold_job), in whatever order.
    person_to_lock(pk=candidate.pk)
    active = active_for.first(candidate=candidate.pk, job=job.pk)
    documents = _keep_files(candidate, resume, cover_letter)
    if form_version is None and questions is None:
        form = asking.live(posting)
        form_version, questions = form.version, form.questions
    elif form_version:
        questions = asking.of_version(form_version).questions
    asked, said = _answered(candidate, questions or [], answers or {}, files or {})
    if active:
        application = _sent_again(active, documents, submission_key)
    else:
        application = starting.open_application(
            candidate,
            job,
            by=None,
            source=source,
            resume=documents.get("resume"),
            origin=origin or {},
            questions=asked,
            answers=said,
            form_version=form_version,
            submission_key=submission_key,
            receipt_number=number or receipt_number(),
            at=at,
        )
    noticing.keep(application, notices, at=at)
    if stay_in_touch:
        words = LegalText.objects.filter(pk=consent).first() if consent else None
        staying.agree(candidate, locale=locale, channel="career_site", words=words)
    contact.sign_of_life(candidate, "applied")
    # Whoever is known by their number alone may be somebody who typed it: what is under way is told to its own address.
    to = email if active is None or known == candidate else ""
    _send_receipt(application, to, key=f"{application.pk}" + (f":{submission_key}" if active else ""))
    return application


def _sent_again(application: Application, documents: dict[str, Document], submission_key: uuid.UUID) -> Application:
    """Leave a trace for colleagues. One made by hand gets its number now: without one, the receipt would tell strangers."""
    candidate = application.candidate
    facts: dict[str, Any] = {"application": application.pk, "submission": str(submission_key)} | _ids(documents)
    if not candidate.events.filter(kind="application.repeated", data__submission=str(submission_key)).exists():
        record(candidate, "application.repeated", None, job=application.job, **facts)
    if not application.receipt_number:
        application.receipt_number = receipt_number()
        application.save(update_fields=["receipt_number"])
    return application


def receipt_number() -> str:
    """Eight letters in two groups, for mails and calls; unique by the column, unguessable enough to prove nothing."""
    while True:
        letters = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(8))
        number = f"{letters[:4]}-{letters[4:]}"
        if not has_number(number=number):
            return number


def _open_job(posting: Posting, *, is_in_time: bool) -> Job:
    """The job, held open, so that closing it and applying for it happen one after the other (JOB-13)."""
    if starting.hold_job(posting.job_id) == Job.Status.CLOSED or not (is_in_time or takes(posting)):
        raise Refused(CLOSED)
    return job_applied_for(pk=posting.job_id)[0]


def takes(posting: Posting) -> bool:
    """Whether applications for it may be sent right now, by whoever may read it (sourcing/careers/posting_page.py)."""
    return Posting.objects.live().filter(pk=posting.pk).exists()


def _source(origin: dict[str, Any]) -> Source:
    """The source the first touch names, by any name it goes by, or the last; else the career site. The host somebody came from
    counts where it is another name of a source. Whoever works here came from inside, however they found it."""
    if origin.get("employee"):
        return sources.of_group(Source.Kind.INTERNAL, "Internal")
    touches = [touch for way in ("first", "last") if isinstance(touch := origin.get(way), dict)]
    names = [str(touch.get(key) or "") for touch in touches for key in (*NAMED_BY, "referrer")]
    hosts = [name.removeprefix("www.") for name in names]
    return sources.named_first([name for pair in zip(names, hosts, strict=True) for name in pair]) or sources.ensure(
        CAREER_SITE, Source.Kind.CAREER_SITE
    )


def _is_phone(phone: str) -> bool:
    """A number nobody can read must not cost the application; it stays in the answers' company, unsaved."""
    if not phone.strip():
        return False
    try:
        identity.normalise_phone(phone)
    except (Refused, ValidationError):
        return False
    return True


def _keep_files(
    candidate: Candidate, resume: checks.Checked | None, cover_letter: checks.Checked | None
) -> dict[str, Document]:
    files = {Document.Kind.RESUME: resume, Document.Kind.COVER_LETTER: cover_letter}
    return {kind.value: keep(candidate, file, kind) for kind, file in files.items() if file}


def _answered(
    candidate: Candidate, questions: Sequence[Question], answers: Mapping[str, Any], files: Mapping[str, checks.Checked]
) -> tuple[list[Question], dict[str, Any]]:
    """What somebody was asked and said to it. A file is kept with the person, and its answer points there; a statement somebody
    agreed to is kept with proof of its words."""
    asked, said = asking.kept(questions, answers)
    for question in asked:
        if file := files.get(question["key"]):
            said[question["key"]] = {"document": _keep_answer(candidate, question, file).pk, "name": file.name}
    return [{**one, "sha256": fingerprint(one)} if one.get("type") == "consent" else one for one in asked], said


def _keep_answer(candidate: Candidate, question: Question, file: checks.Checked) -> Document:
    """A private file has no name of its own: timelines and lists say of every file what it is called."""
    if question.get("private"):
        return keep(candidate, replace(file, name=f"{private_answers.CALLED}.{file.kind}"), Document.Kind.PRIVATE)
    return keep(candidate, file, Document.Kind.ANSWER)


def _ids(documents: dict[str, Document]) -> dict[str, int]:
    return {"document": documents["resume"].pk} if "resume" in documents else {}


def _send_receipt(application: Application, email: str, *, key: str) -> Message | None:
    """The receipt with the person's own link, to the address they applied with, else to their working one.

    An address that cannot be written to does not undo the application. Whoever takes in what was held may not know the person;
    the person is written to by name all the same.
    """
    with masks.lifted(application.candidate):
        return _write_receipt(application, email, key=key)


def _write_receipt(application: Application, email: str, *, key: str) -> Message | None:
    candidate, job = application.candidate, application.job
    values = compose.fields(candidate, job=job) | {
        "receipt_number": application.receipt_number or "",
        "status_link": links.url(status.link_for(application), "status"),
    }
    template = job_letters.receipt(application)
    subject, body = (template.subject, template.body) if template else (RECEIPT_SUBJECT, RECEIPT_BODY)
    if "{{ status_link }}" not in body:
        body += STATUS_LINE
    confirm = confirming.ask(application, email) if application.submission_key else ""
    try:
        with transaction.atomic():
            return compose.to_candidate(
                candidate,
                purpose="receipt",
                mail_class=Message.Class.TRANSACTIONAL,
                subject=compose.merge(subject, values),
                text=compose.merge(body, values) + confirm,
                job=job,
                automatic=True,
                address=email,
                dedupe_key=f"receipt:{key}",
            )
    except Refused:
        return None


RECEIPT_SUBJECT = "We have your application: {{ job_title }}"
STATUS_LINE = "\n\nSee where it stands at any time, or withdraw it: {{ status_link }}\n"
RECEIPT_BODY = (
    """Hello {{ first_name }},

thank you for applying as {{ job_title }} at {{ organisation }}. We have your application; its number is {{ receipt_number }}.

A person reads it. We write to you as soon as there is something to tell."""
    + STATUS_LINE
    + """
{{ organisation }}
"""
)
