"""Asking somebody who applied: a mail with their own link, an answer on the status page, and a word to whoever asked."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from hiring import contact, links, masks, notifications
from hiring.documents import drafts
from hiring.documents.store import keep
from hiring.errors import Refused
from hiring.mail import compose
from hiring.models import Document, Message, User
from hiring.timeline import record
from pipeline import status
from pipeline.models import ApplicantQuestion, Application

ANSWERED = notifications.declare("applicant_answered", "Somebody answers what I asked them", "message-question")
MOST_OPEN = 5
REMIND_AFTER = dt.timedelta(days=3)
CLOSED = "This application has ended: nobody is asked anything any more."


@transaction.atomic
def ask(application: Application, text: str, *, by: User, wants_file: bool = False) -> ApplicantQuestion:
    """Ask somebody who is in process something, or for a file; they get a mail at once."""
    application = Application.objects.for_card().select_for_update(of=("self",)).get(pk=application.pk)
    if not application.is_active:
        raise Refused(CLOSED)
    if not text.strip():
        raise Refused("Write what you want to know.")
    if open_questions(application).count() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} questions wait for an answer already. Take one back first.")
    question = ApplicantQuestion.objects.create(
        application=application, by=by, text=text.strip(), wants_file=wants_file, asked_at=timezone.now()
    )
    with masks.lifted(application.candidate):
        _write(question)
    record(
        application.candidate,
        "applicant.asked",
        by,
        job=application.job,
        application=application.pk,
        question=question.pk,
    )
    return question


@transaction.atomic
def take_back(question: ApplicantQuestion, *, by: User) -> None:
    """No longer wanted: it is gone from the status page. What was answered stays."""
    if not ApplicantQuestion.objects.filter(pk=question.pk, answered_at=None, taken_back_at=None).update(
        taken_back_at=timezone.now()
    ):
        raise Refused("This was answered or taken back already.")


@transaction.atomic
def answer(question: ApplicantQuestion, text: str, *, file: drafts.Draft | None = None) -> ApplicantQuestion:
    """Keep what they answer; the file joins their documents and is read like any. Answered twice, the first answer stands."""
    found = ApplicantQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if found.answered_at:
        return found
    application = Application.objects.for_card().get(pk=found.application_id)
    if not found.is_open or not application.is_active:
        raise Refused("This question is no longer open. Thank you: no answer is needed.")
    if found.wants_file and file is None:
        raise Refused("Please choose the file.")
    if not text.strip() and file is None:
        raise Refused("Please write your answer.")
    if file:
        found.document = keep(application.candidate, file.there, Document.Kind.OTHER)
        drafts.take([file.key])
    found.answer, found.answered_at = text.strip(), timezone.now()
    found.save(update_fields=["answer", "answered_at", "document"])
    record(
        application.candidate,
        "applicant.answered",
        None,
        job=application.job,
        application=application.pk,
        question=found.pk,
    )
    contact.sign_of_life(application.candidate, "answered")
    notifications.tell(
        found.by,
        ANSWERED,
        f"Somebody answered what you asked them about {application.job.title}.",
        key=f"applicant-question:{found.pk}",
        url=page_of(application),
        candidate=application.candidate,
        job=application.job,
    )
    return found


def open_questions(application: Application) -> QuerySet[ApplicantQuestion]:
    return ApplicantQuestion.objects.filter(application=application, answered_at=None, taken_back_at=None)


def page_of(application: Application) -> str:
    return reverse("pipeline:application_questions", args=[application.pk])


# --- the sweep ------------------------------------------------------------------------------------------------------


def to_remind(now: dt.datetime) -> QuerySet[ApplicantQuestion]:
    """Who has not answered for some days, in an application that goes on: reminded once."""
    open_ones = ApplicantQuestion.objects.filter(answered_at=None, taken_back_at=None, reminded_at=None)
    open_ones = open_ones.filter(asked_at__lt=now - REMIND_AFTER, application__status=Application.Status.ACTIVE)
    return open_ones.select_related("application__candidate", "application__job", "by").order_by("pk")[:200]


@transaction.atomic
def remind(question: ApplicantQuestion) -> None:
    if ApplicantQuestion.objects.filter(pk=question.pk, reminded_at=None).update(reminded_at=timezone.now()):
        _write(question, again=True)


def _write(question: ApplicantQuestion, *, again: bool = False) -> None:
    application = question.application
    link = links.url(status.link_for(application), "status")
    what = "a file we need" if question.wants_file else "a question"
    opening = "we have not heard from you yet about" if again else "we have"
    compose.to_candidate(
        application.candidate,
        purpose="question",
        mail_class=Message.Class.TRANSACTIONAL,
        subject=f"{'Still open: ' if again else ''}{what.capitalize()} about your application as {application.job.title}",
        text=f"Hello {application.candidate.first_name},\n\n{opening} {what} about your application as {application.job.title}:\n\n"
        f"{question.text}\n\nAnswer here, without an account: {link}\n\n{question.by.full_name}\n",
        by=question.by,
        job=application.job,
        automatic=again,
        dedupe_key=f"question:{question.pk}{':again' if again else ''}",
    )
