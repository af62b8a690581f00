"""Applying: stored first, once, on one record. Standard ids: JOB-13, PRIV-1, PRIV-2, SEC-8, SEC-11."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from hiring import identity, links
from hiring.documents import checks, reading
from hiring.errors import Refused
from hiring.models import Candidate, Consent, Document, Job, LegalText, MailTemplate, Message, Posting
from hiring.postings import unpublish
from pipeline import intake, moves, rejection, status
from pipeline.models import Application
from tests import files
from tests.factories import CandidateFactory, EmailFactory, PostingFactory, RejectionReasonFactory, StageFactory


def checked(data: bytes, name: str = "cv.pdf") -> checks.Checked:
    return checks.check(ContentFile(data, name=name))


@pytest.fixture(autouse=True)
def words(db):
    """The migrations fill these in; a test database that was flushed has lost them."""
    for kind in ("application_notice", "pool_consent"):
        LegalText.objects.get_or_create(
            kind=kind,
            jurisdiction="*",
            locale="en",
            defaults={"valid_from": timezone.now(), "text": "Words", "sha256": "0" * 64},
        )


@pytest.fixture
def posting(db):
    posting = PostingFactory(
        questions=[{"key": "visa", "label": "May you work here?", "type": "yes_no", "required": True}]
    )
    for position, kind in enumerate(["applied", "screen", "interview", "offer", "hired"]):
        StageFactory(job=posting.job, kind=kind, name=kind.title(), position=position)
    return posting


def apply(posting: Posting, **changes) -> Application:
    entered = {
        "name": "Samira Rahimi",
        "email": "Samira@Rahimi.example",
        "phone": "+33 6 39 98 00 72",
        "resume": checked(files.pdf()),
        "answers": {"visa": "yes"},
        "submission_key": uuid.uuid4(),
        "origin": {"first": {"utm_source": "newsletter"}, "last": {"ref": "home"}},
    }
    return intake.submit(posting, **(entered | changes))


def test_an_application_is_stored_with_everything_that_was_sent(posting):
    application = apply(posting)

    candidate = application.candidate
    assert (application.stage.kind, application.status, application.job) == ("applied", "active", posting.job)
    assert (application.answers, application.questions) == ({"visa": "yes"}, posting.questions)
    assert application.origin["first"] == {"utm_source": "newsletter"}
    assert (application.resume.kind, application.resume.status, application.resume.candidate) == (
        "resume",
        "stored",
        candidate,
    )
    assert list(candidate.contact_points.values_list("kind", "value")) == [
        ("email", "samira@rahimi.example"),
        ("phone", "+33639980072"),
    ]
    assert len(application.receipt_number) == 9
    assert application.source.name == "Career site"
    assert [event.kind for event in candidate.events.filter(job=posting.job)] == ["application.opened"]
    assert candidate.last_sign_of_life_at


def test_who_applies_is_held_for_the_steps_before_a_contract(posting):
    """PRIV-1."""
    candidate = apply(posting).candidate

    assert [(basis.purpose, basis.basis) for basis in candidate.bases.all()] == [("application", "contract")]
    assert candidate.notice_due_on is None


def test_the_receipt_goes_to_the_person_with_number_and_own_link(posting):
    application = apply(posting)

    message = Message.objects.get()
    assert (message.purpose, message.mail_class, message.status) == ("receipt", "transactional", "queued")
    assert message.to_address == "Samira Rahimi <samira@rahimi.example>"
    assert application.receipt_number in message.text
    assert "/status/" in message.text
    assert "Data Engineer" in message.subject


def test_the_receipt_and_fresh_links_go_to_the_address_that_was_used(posting):
    """Somebody known by another address wrote to us from this one."""
    person = EmailFactory(candidate__name="Noor Haddad", value="old@haddad.example").candidate
    identity.match_or_create(
        name="Noor Haddad",
        emails=["old@haddad.example"],
        phones=["+33639980041"],
        purpose="application",
        basis="contract",
    )

    application = apply(posting, name="Noor Haddad", email="new@haddad.example", phone="+33639980041")
    status.send_links("new@haddad.example")

    assert application.candidate == person
    assert [mail.to_address for mail in Message.objects.filter(candidate=person)] == [
        "Noor Haddad <new@haddad.example>"
    ] * 2


def test_an_address_that_came_with_a_known_number_opens_nothing_that_was_there_before(posting):
    """SEC-11: name and number of somebody are no secret. Who types them with an address of their own gets no link to what is under way."""
    theirs = apply(posting, name="Noor Haddad", email="noor@haddad.example", phone="+33639980041")
    other = PostingFactory()
    StageFactory(job=other.job, kind="applied", name="Applied", position=0)

    again = apply(posting, name="Noor Haddad", email="stranger@elsewhere.example", phone="+33639980041")
    elsewhere = apply(other, name="Noor Haddad", email="stranger@elsewhere.example", phone="+33639980041", answers={})
    status.send_links("stranger@elsewhere.example")

    assert (again.pk, elsewhere.candidate) == (theirs.pk, theirs.candidate)
    told = Message.objects.filter(to_address__contains="stranger@")
    assert sorted(told.values_list("purpose", "job")) == [("receipt", other.job_id), ("status_link", None)]
    assert links.url(status.link_for(theirs), "status") not in "".join(told.values_list("text", flat=True))
    assert Message.objects.filter(to_address__contains="noor@", purpose="receipt").count() == 2


def test_the_organisations_own_receipt_always_carries_the_link(posting):
    MailTemplate.objects.filter(kind="receipt").update(is_active=False)
    MailTemplate.objects.create(
        name="Ours", kind="receipt", subject="Thanks, {{ first_name }}", body="Number {{ receipt_number }}."
    )

    apply(posting)

    message = Message.objects.get()
    assert message.subject == "Thanks, Samira"
    assert "/status/" in message.text


def test_sending_the_form_twice_is_sending_it_once(posting):
    key = uuid.uuid4()

    first, second = apply(posting, submission_key=key), apply(posting, submission_key=key, name="Somebody Else")

    assert first == second
    assert (Application.objects.count(), Document.objects.count(), Message.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_sends_in_the_same_moment_make_one_application(posting):
    key, found, problems = uuid.uuid4(), [], []

    def send():
        try:
            found.append(apply(posting, submission_key=key).pk)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not problems
    assert len(set(found)) == 1 and len(found) == 4
    assert (Application.objects.count(), Candidate.objects.count(), Document.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_forms_of_one_person_in_the_same_moment_land_on_one_record(posting):
    problems = []

    def send():
        try:
            apply(posting)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not problems
    assert (Application.objects.count(), Candidate.objects.count()) == (1, 1)


def test_somebody_already_known_lands_on_the_same_record_and_nothing_is_overwritten(posting):
    known = EmailFactory(
        candidate=CandidateFactory(name="S. Rahimi", location="Lille"), value="samira@rahimi.example"
    ).candidate

    application = apply(posting, location="Paris")

    assert application.candidate == known
    known.refresh_from_db()
    assert (known.name, known.location) == ("S. Rahimi", "Lille")


def test_applying_again_while_active_keeps_one_application_and_adds_the_resume(posting):
    first = apply(posting)

    again = apply(posting, resume=checked(files.pdf("A newer résumé")), answers={"visa": "no"})

    assert again == first
    first.refresh_from_db()
    assert first.answers == {"visa": "yes"}
    assert first.candidate.documents.count() == 2
    assert first.resume.sha256 == checked(files.pdf()).sha256
    assert "application.repeated" in first.candidate.events.values_list("kind", flat=True)


def test_a_stranger_gets_the_same_answer_and_mail_as_the_person(posting):
    """SEC-11: nothing on the page or in the mail says that there was an application already."""
    apply(posting)
    apply(posting, name="A Stranger")

    first, second = Message.objects.order_by("pk")
    assert (first.subject, first.text) == (second.subject, second.text)
    assert first.to_address == second.to_address


def test_applying_after_a_rejection_is_a_new_application(posting, recruiter):
    first = apply(posting)
    rejection.reject(first, RejectionReasonFactory(), by=recruiter)

    assert apply(posting) != first
    assert Application.objects.active().count() == 1


def test_a_closed_job_refuses_and_stores_nothing(posting):
    """JOB-13."""
    Job.objects.update(status="closed")

    with pytest.raises(Refused, match="no longer takes applications"):
        apply(posting)

    assert not Candidate.objects.exists() and not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_applies_while_the_posting_is_taken_down_is_in_or_out_and_never_half(posting):
    outcomes = []

    def send():
        try:
            outcomes.append(apply(posting).status)
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    def take_down():
        try:
            unpublish(posting, by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=send), threading.Thread(target=take_down)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes in (["active"], ["refused"])
    assert Application.objects.count() == (outcomes == ["active"])
    with pytest.raises(Refused):
        apply(posting, email="late@late.example")


def test_a_phone_number_nobody_can_read_costs_nothing(posting):
    application = apply(posting, phone="call me")

    assert application.candidate.contact_points.filter(kind="phone").count() == 0


def test_staying_in_touch_is_its_own_consent_and_only_when_ticked(posting):
    """PRIV-2."""
    without = apply(posting).candidate
    ticked = apply(posting, email="noor@haddad.example", phone="", name="Noor Haddad", stay_in_touch=True).candidate

    assert not without.consents.exists()
    consent = Consent.objects.get(candidate=ticked)
    assert (consent.purpose, consent.channel, consent.text.kind) == ("pool", "career_site", "pool_consent")
    assert ticked.bases.filter(purpose="pool", basis="consent").exists()


def test_the_notice_that_was_shown_is_kept_with_the_application(posting):
    notice = LegalText.objects.filter(kind="application_notice").latest("pk")

    application = apply(posting, notices=[notice.pk, 0])

    assert [row.text for row in application.shown_notices.select_related("text")] == [notice]


def test_an_address_that_cannot_be_written_to_does_not_undo_the_application(posting, monkeypatch):
    def refuses(*args, **kwargs):
        raise Refused("Nobody can be written to.")

    monkeypatch.setattr(intake.compose, "to_candidate", refuses)

    assert apply(posting).pk
    assert not Message.objects.exists()


@pytest.mark.parametrize("made", [files.doubling_forms, lambda: b"%PDF-1.7 startxref"])
def test_a_hostile_resume_never_costs_the_application(posting, made):
    application = apply(posting, resume=checked(made()))

    reading.read(application.resume.pk)

    application.refresh_from_db()
    assert application.is_active
    assert application.resume.status in ("failed", "ready")


def test_a_link_alone_is_enough(posting):
    application = apply(posting, resume=None, link="https://www.linkedin.com/in/samira-rahimi")

    assert application.resume is None
    assert application.candidate.contact_points.filter(kind="link").exists()


def test_a_visit_from_one_of_our_sources_is_credited_to_it(posting):
    from tests.factories import SourceFactory

    board = SourceFactory(name="Jobs de Lyon", kind="job_board")

    assert apply(posting, origin={"first": {"utm_source": "jobs de lyon"}, "last": {}}).source == board


# The status page's words


def test_the_status_follows_the_stage_in_the_persons_words(posting):
    application = apply(posting)
    interview = posting.job.stages.get(kind="interview")

    before = status.standing(application)
    after = status.standing(moves.move(application, interview, by=None))

    assert before.headline == "We have your application"
    assert after.headline == "You are in the interviews"
    assert [(step.kind, step.state) for step in after.steps] == [
        ("applied", "done"), ("screen", "done"), ("interview", "now"), ("offer", "ahead"),
    ]  # fmt: skip


def test_a_rejection_shows_only_once_its_letter_has_left(posting, recruiter):
    import datetime as dt

    application = apply(posting)
    letter = MailTemplate.objects.create(
        name="No", kind="rejection", subject="Your application", body="Hello {{ first_name }}"
    )
    rejected = rejection.reject(
        application, RejectionReasonFactory(), by=recruiter, template=letter, delay=dt.timedelta(days=2)
    )

    while_waiting = status.standing(rejected).headline
    rejection.mail_of(rejected).update(status="sent")

    assert while_waiting == "We have your application"
    assert status.standing(rejected).headline == "This application has ended"


def test_status_links_are_sent_to_the_person_and_silently_to_nobody_else(posting):
    apply(posting)
    Message.objects.all().delete()

    status.send_links("nobody@nowhere.example")
    status.send_links("samira@rahimi.example")
    status.send_links("SAMIRA@rahimi.example")

    message = Message.objects.get()
    assert message.purpose == "status_link"
    assert message.text.count("/status/") == 1
