"""Résumés by mail, through the real listener: whose they are, and what is never done by itself."""

from __future__ import annotations

import datetime as dt
import smtplib
from email.message import EmailMessage

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from hiring import contact, identity, merging
from hiring.documents import antivirus, reader
from hiring.errors import Refused
from hiring.mail import compose, inbound
from hiring.mail.listener import Listener
from hiring.models import Candidate, Document, InboundMail, Message
from pipeline.models import Application
from sourcing import tasks
from sourcing.mailed import arriving, kept, queue, reading_in
from sourcing.models import MailedResume
from sourcing.today import mailed as on_today
from tests import factories, files
from tests.mail_server import free_port

CV = "cv@in.throughline.example"
NOOR = (
    "Noor Haddad",
    "Senior Data Engineer",
    "noor@haddad.example | +33 6 39 98 00 41 | linkedin.com/in/noor-haddad",
    "Experience",
    "Senior Data Engineer, Quill Bank, Paris, 01/2021 - present",
    "Pipelines of 1,900 substations with Python and Kafka.",
)
ADA = ("Ada Byron", "Analyst", "ada@byron.example", "London, engines and notes.")
SCAN = ("A page about nothing in particular.",)


def mail(sender="Noor Haddad <noor@haddad.example>", to=CV, subject="My résumé", text="Hello", number=1, **attached):
    """A mail with PDFs: name to its lines."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = f"<mail-{number}@mail.example>"
    made.set_content(text)
    for name, lines in (attached or {"cv": NOOR}).items():
        data = lines if isinstance(lines, bytes) else files.pdf(*lines)
        made.add_attachment(data, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    return made


def arrive(made, to=CV):
    """Received, kept, read: what the listener and the worker do."""
    stored = inbound.receive(made.as_bytes(), made["From"].addresses[0].addr_spec, [to])
    mailed = MailedResume.objects.filter(inbound=stored).first()
    if mailed:
        reading_in.read(mailed.pk)
        mailed.refresh_from_db()
    return mailed


@pytest.mark.django_db(transaction=True)
def test_a_resume_sent_by_smtp_becomes_a_candidate_who_is_told(settings):
    """PRIV-3; the file is read once, however often the mail comes."""
    settings.INBOUND_HOST, settings.INBOUND_PORT = "127.0.0.1", free_port()
    factories.MailboxFactory(is_default=True)
    listener = Listener(settings.INBOUND_HOST, settings.INBOUND_PORT)
    listener.start()
    try:
        for _ in range(2):
            with smtplib.SMTP(settings.INBOUND_HOST, settings.INBOUND_PORT, timeout=10) as smtp:
                smtp.send_message(mail(), "noor@haddad.example", [CV])
    finally:
        listener.stop()
    kept = MailedResume.objects.get()
    reading_in.read(kept.pk)
    reading_in.read(kept.pk)

    noor, document = Candidate.objects.get(), Document.objects.get()
    kept.refresh_from_db()
    assert (kept.state, kept.candidate, bytes(kept.inbound.raw)) == ("taken", noor, b"")
    assert (noor.name, noor.source.name, noor.headline) == ("Noor Haddad", "By mail", "Senior Data Engineer")
    assert set(noor.contact_points.values_list("value", flat=True)) == {
        "noor@haddad.example",
        "+33639980041",
        "https://linkedin.com/in/noor-haddad",
    }
    assert [(basis.purpose, basis.basis) for basis in noor.bases.all()] == [("application", "contract")]
    assert (document.kind, document.status, document.attempts) == ("resume", "ready", 1)
    assert "substations" in document.extracted.text
    assert hasattr(document, "parsed") or document.page_count == 1
    told = Message.objects.get()
    assert (told.to_address.endswith("noor@haddad.example>") or told.to_address, told.purpose) == (True, "receipt")


@pytest.fixture
def reads(monkeypatch):
    """How often the sandbox was asked to read."""
    asked = []
    real = reader.read
    monkeypatch.setattr(reader, "read", lambda data, kind: asked.append(kind) or real(data, kind))
    return asked


def test_a_colleague_forwards_and_is_credited_and_told(recruiter, reads):
    """Also from an address that outreach is sent from in their name."""
    factories.MailboxFactory(address=recruiter.email, user=recruiter)

    kept = arrive(mail(sender=f"Rita <{recruiter.email}>", subject="Fwd: a good one"))

    noor = Candidate.objects.get()
    assert (kept.state, kept.forwarded_by, reads) == ("taken", recruiter, ["pdf"])
    assert (noor.name, noor.owner, noor.source.kind) == ("Noor Haddad", recruiter, "sourced")
    assert noor.source_note == "Forwarded by mail by Rita Recruiter"
    assert noor.notice_due_on == identity.a_month_after(noor.collected_at.date())
    assert recruiter.email not in noor.contact_points.values_list("value", flat=True)
    told = Message.objects.get()
    assert (told.recipient, told.subject) == (recruiter, "Taken in: Noor Haddad")
    assert noor.get_absolute_url() in told.text


def test_what_an_interviewer_forwards_is_a_referral_of_theirs(interviewer):
    arrive(mail(sender=interviewer.email))

    noor = Candidate.objects.get()
    assert (noor.referred_by, noor.source.kind, noor.owner) == (interviewer, "referral", None)


def test_several_files_of_a_colleague_are_told_apart(recruiter):
    kept = arrive(mail(sender=recruiter.email, cover_letter=SCAN, noor=NOOR, ada=ADA))

    found = {file.name: file.candidate.name for file in kept.files.select_related("candidate")}
    assert sorted(Candidate.objects.values_list("name", flat=True)) == ["Ada Byron", "Noor Haddad"]
    assert (found["noor.pdf"], found["ada.pdf"]) == ("Noor Haddad", "Ada Byron")
    assert Document.objects.get(name="cover_letter.pdf").kind == "cover_letter"


def test_somebody_known_is_joined_and_the_same_file_kept_once(recruiter):
    noor, _ = identity.match_or_create(
        name="N. Haddad", emails=["noor@haddad.example"], purpose="sourcing", basis="legitimate_interest"
    )
    arrive(mail(number=1))
    arrive(mail(number=2, sender=recruiter.email))

    assert Candidate.objects.get() == noor
    assert noor.documents.count() == 1
    assert noor.name == "N. Haddad"


@pytest.fixture
def job(recruiter):
    made = factories.JobFactory(requisition_id="REQ-1042")
    made.team.create(user=recruiter, role="recruiter")
    for kind in ("applied", "hired"):
        factories.StageFactory(job=made, kind=kind)
    return made


@pytest.mark.parametrize("tag", ["req-1042", "REQ-1042"])
def test_the_address_of_a_job_opens_an_application_once(job, tag):
    to = CV.replace("@", f"+{tag}@")
    arrive(mail(to=to), to=to)
    arrive(mail(to=to, number=2), to=to)

    application = Application.objects.get()
    assert (application.job, application.resume.name) == (job, "cv.pdf")
    assert arriving.address_of(job) == "cv+req-1042@in.throughline.example"


@pytest.mark.parametrize("changed", [{"status": "closed"}, {"confidential": True}, {"requisition_id": "OTHER"}])
def test_a_job_that_is_closed_secret_or_unknown_does_not_cost_the_resume(job, changed):
    type(job).objects.filter(pk=job.pk).update(**changed)
    to = CV.replace("@", "+req-1042@")

    kept = arrive(mail(to=to), to=to)

    assert (kept.state, kept.job, Application.objects.count()) == ("taken", None, 0)


def test_a_colleague_without_a_say_in_the_job_opens_no_application(job, interviewer):
    to = CV.replace("@", "+req-1042@")
    arrive(mail(sender=interviewer.email, to=to), to=to)

    assert Candidate.objects.count() == 1
    assert Application.objects.count() == 0


# ---------- What waits for a person ----------


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: mail(sender="colleague@northwind.example", scan=SCAN), reading_in.NOBODY),
        (lambda: mail(sender="Agency <cv@agency.example>"), reading_in.TWO_PEOPLE),
        (lambda: mail(sender="office@agency.example"), reading_in.TWO_PEOPLE),
        (lambda: mail(noor=NOOR, ada=ADA), reading_in.SEVERAL_PEOPLE),
        (lambda: mail(nothing=b"MZ this is no document"), reading_in.NO_FILE),
        (lambda: mail(sender="x1@haddad.example", scan=SCAN), reading_in.NOBODY),
    ],
)
def test_who_cannot_be_told_waits_and_nothing_is_made(db, made, why):
    factories.UserFactory(email="colleague@northwind.example")

    kept = arrive(made())

    assert (kept.state, kept.problem) == ("look", why)
    assert (Candidate.objects.count(), Document.objects.count()) == (0, 0)
    assert len(kept.inbound.raw) > 0
    assert Message.objects.filter(recipient=None).count() == 0


def test_machines_and_floods_wait_unread_and_nobody_is_answered(db, monkeypatch, reads):
    monkeypatch.setattr(arriving, "FROM_ONE_SENDER", 1)
    away = mail(number=1)
    away["Auto-Submitted"] = "auto-replied"
    listed = mail(sender="list@lists.example", number=2)
    listed["List-Id"] = "<jobs.lists.example>"
    states = [arrive(away).state, arrive(listed).state]
    states += [arrive(mail(sender="Noor Haddad <a.b@flood.example>", number=number)).state for number in (3, 4)]

    assert states == ["look", "look", "taken", "look"]
    assert reads == ["pdf"]


def test_our_own_mail_coming_back_is_set_aside(db):
    box = factories.MailboxFactory()
    senders = [box.address, "bounce+1@in.throughline.example", CV]

    kept = [arrive(mail(sender=sender, number=number)) for number, sender in enumerate(senders)]

    assert {one.state for one in kept} == {"ignored"}
    assert Candidate.objects.count() == 0


def test_an_answer_to_our_mail_goes_into_its_conversation(recruiter):
    factories.MailboxFactory(is_default=True)
    person = factories.EmailFactory(value="noor@haddad.example").candidate
    ours = compose.to_candidate(
        person, purpose="message", mail_class="transactional", subject="Hi", text="Hi", by=recruiter
    )
    answer = mail()
    answer["In-Reply-To"] = ours.message_id

    assert arrive(answer) is None
    assert Message.objects.filter(direction="in").count() == 1


def test_mail_for_other_addresses_is_not_taken(db):
    assert arrive(mail(to="cvs@in.throughline.example"), to="cvs@in.throughline.example") is None
    assert InboundMail.objects.get().state == "waiting"


def test_a_file_with_a_virus_is_not_kept_and_a_scanner_that_is_down_is_waited_for(db, monkeypatch):
    answers = ["down", "found", ""]

    def scanner(data):
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "down":
            raise OSError
        return answer

    monkeypatch.setattr(antivirus, "scanners", [scanner])
    kept = arrive(mail())
    assert (kept.state, kept.attempts) == ("new", 0)

    reading_in.read(kept.pk)
    kept.refresh_from_db()
    assert (kept.state, kept.problem) == ("look", reading_in.NO_FILE)
    assert Document.objects.count() == 0


def test_what_a_dead_worker_left_is_put_back_and_given_up_after_three_times(db):
    stored = inbound.receive(mail().as_bytes(), "noor@haddad.example", [CV])
    kept = MailedResume.objects.filter(inbound=stored)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    kept.update(state="reading", claimed_at=long_ago, attempts=1, at=long_ago)

    assert reading_in.sweep() == 1
    kept.update(state="reading", claimed_at=long_ago, attempts=3)
    assert reading_in.sweep() == 0
    assert (kept.get().state, kept.get().problem) == ("look", reading_in.BROKEN_OFF)


# ---------- What a person does with it ----------


@pytest.fixture
def unclear(recruiter):
    return arrive(mail(sender=f"Rita <{recruiter.email}>", subject="A <b>good</b> one", scan=SCAN))


def test_somebody_says_who_it_is(client, recruiter, unclear, monkeypatch, django_capture_on_commit_callbacks):
    handed = []
    monkeypatch.setattr(tasks.settle_mailed, "apply_async", lambda args, **more: handed.append(args))
    client.force_login(recruiter)
    assert [line.note for line in on_today(recruiter).lines] == ["A <b>good</b> one"]
    page = client.get(unclear.get_absolute_url()).content.decode()
    assert "A page about nothing in particular." in page
    assert "<b>good</b>" not in page

    wrong = client.post(unclear.get_absolute_url(), {"name": "Noor Haddad"})
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(unclear.get_absolute_url(), {"name": "Noor Haddad", "email": "noor@haddad.example"})

    noor = Candidate.objects.get()
    unclear.refresh_from_db()
    monkeypatch.setattr(reader, "read", None)  # it was read once, before anybody knew whose it is
    for document_id, key in handed:
        kept.settle(document_id, key)
    document = noor.documents.get()
    assert (document.status, document.extracted.text, document.pages.count()) == ("ready", SCAN[0], 1)
    assert not default_storage.exists(handed[0][1])
    assert (wrong.status_code, answer["Location"]) == (422, noor.get_absolute_url())
    assert (unclear.state, unclear.candidate, unclear.handled_by) == ("taken", noor, recruiter)
    assert bytes(unclear.inbound.raw) == b""
    with pytest.raises(Refused, match="settled"):
        queue.take(unclear, by=recruiter, name="Noor", email="n@x.example")
    assert unclear.get_absolute_url() in client.get(reverse("sourcing:mailed_list") + "?show=all").content.decode()


def test_a_mail_with_two_people_waits_until_both_are_named(client, recruiter):
    """Two résumés never end on one record: whoever is named gets their own, the other's waits."""
    both = arrive(mail(sender="Agency <cv@agency.example>", noor=NOOR, cover_letter=SCAN, ada=ADA))
    client.force_login(recruiter)

    client.post(both.get_absolute_url(), {"name": "Noor Haddad", "email": "noor@haddad.example"})
    both.refresh_from_db()
    between = (both.state, both.problem, bool(both.inbound.raw))
    asked = client.get(both.get_absolute_url()).content.decode()
    client.post(both.get_absolute_url(), {"name": "Ada Byron", "email": "ada@byron.example"})

    both.refresh_from_db()
    held = {person.name: sorted(person.documents.values_list("name", flat=True)) for person in Candidate.objects.all()}
    assert between == ("look", queue.OTHERS.format(person="Noor Haddad"), True)
    assert 'value="Ada Byron"' in asked
    assert held == {"Noor Haddad": ["cover_letter.pdf", "noor.pdf"], "Ada Byron": ["ada.pdf"]}
    assert (both.state, bytes(both.inbound.raw), both.files.exclude(candidate=None).count()) == ("taken", b"", 3)


def test_what_is_nobodys_is_emptied(client, recruiter, unclear):
    client.force_login(recruiter)

    client.post(reverse("sourcing:mailed_ignore", args=[unclear.pk]))

    unclear.refresh_from_db()
    assert (unclear.state, unclear.text, bytes(unclear.inbound.raw)) == ("ignored", "", b"")
    assert unclear.files.get().beginning == ""


def test_what_nobody_settles_is_emptied_in_time_and_the_sender_forgotten_later(
    client, recruiter, unclear, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.MAILED_RESUMES_DAYS = 30
    client.force_login(recruiter)
    held = unclear.files.get().reading
    until = f"{unclear.emptied_on:%d %B %Y}".lstrip("0")
    assert until in client.get(unclear.get_absolute_url()).content.decode()
    assert "within 30 days" in client.get(reverse("sourcing:mailed_list")).content.decode()
    assert queue.forget_old() == 0 and default_storage.exists(held)

    aged = timezone.now() - dt.timedelta(days=31)
    MailedResume.objects.update(at=aged)
    with django_capture_on_commit_callbacks(execute=True):
        assert (queue.forget_old(), queue.forget_old()) == (1, 0)

    unclear.refresh_from_db()
    file = unclear.files.get()
    assert (unclear.state, unclear.text, bytes(unclear.inbound.raw)) == ("ignored", "", b"")
    assert (file.beginning, file.seems, file.reading, default_storage.exists(held)) == ("", {}, "", False)
    assert "Nobody said within 30 days" in client.get(unclear.get_absolute_url()).content.decode()
    assert unclear.sender and unclear.inbound.subject

    lost = kept.keep(reader.Reading(text="Nobody's"))
    assert (kept.forget_lost(), default_storage.exists(lost)) == (0, True)
    with monkeypatch.context() as later:
        later.setattr(kept, "KEPT_FOR", dt.timedelta(0))
        assert (kept.forget_lost(), default_storage.exists(lost)) == (1, False)

    MailedResume.objects.update(handled_at=aged)
    assert (queue.forget_old(), queue.forget_old()) == (1, 0)
    unclear.refresh_from_db()
    unclear.inbound.refresh_from_db()
    assert (unclear.sender, unclear.sender_name, unclear.subject, unclear.inbound.from_address) == ("", "", "", "")


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_asks_no_more_for_more_mails(client, recruiter, rows, django_assert_num_queries):
    for number in range(rows):
        away = mail(number=number)
        away["Auto-Submitted"] = "auto-replied"
        arrive(away)
    client.force_login(recruiter)
    client.get(reverse("sourcing:mailed_list"))
    with django_assert_num_queries(2):
        client.get(reverse("sourcing:mailed_list"))


def test_it_goes_with_the_person_and_follows_a_merge(recruiter):
    kept = arrive(mail())
    survivor = factories.CandidateFactory()
    deed = merging.merge(survivor, kept.candidate, by=recruiter)
    kept.refresh_from_db()
    assert kept.candidate == survivor

    merging.unmerge(deed, by=recruiter)
    kept.refresh_from_db()
    assert kept.candidate != survivor


def test_a_person_who_is_not_to_be_written_to_is_taken_in_all_the_same(db):
    contact.suppress("noor@haddad.example", "complaint")

    assert arrive(mail()).state == "taken"


@effort(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(raw=b"x", name=".")
@example(raw=b"x", name="cv/..")
@given(raw=st.binary(max_size=300), name=st.text(max_size=40))
def test_no_mail_breaks_the_door(db, raw, name):
    """Whatever the bytes are, they are kept and end in a state a person can see."""
    body = (
        b"From: =?utf-8?q?x?= <a.b@x.example>\r\nContent-Disposition: attachment; filename="
        + name.encode()
        + b"\r\n\r\n"
        + raw
    )
    stored = inbound.receive(body, "a.b@x.example", [CV])
    kept = MailedResume.objects.filter(inbound=stored).first()
    if kept and kept.state == "new":
        reading_in.read(kept.pk)
        kept.refresh_from_db()

    assert kept.state in ("look", "taken", "ignored")
    MailedResume.objects.all().delete()
    InboundMail.objects.all().delete()
