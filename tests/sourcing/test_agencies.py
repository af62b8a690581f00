"""Agencies: a portal that tells nothing about anybody, rules of who was first, and an end that is an end at once.

Standard ids: JOB-11, PRIV-2, PRIV-4, SEC-5, SEC-8, SEC-11.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring import contact, identity, links, merging
from hiring.documents import checks
from hiring.errors import LinkGone, Refused
from hiring.mail import delivery
from hiring.models import Candidate, Document, Job, LegalText, Message, Suppression, TimelineEvent
from pipeline import moves, rejection, starting
from pipeline.models import Application
from sourcing.agencies import deciding, door, handling, keeping, presenting, showing, standing, terms
from sourcing.agencies.models import (
    Agency,
    AgencyAcceptance,
    AgencyJob,
    AgencyTerms,
    AgencyUser,
    Dispute,
    Ownership,
    Submission,
)
from sourcing.agencies.ownership import Known, Owned, judge
from tests import files
from tests.factories import EmailFactory, MailTemplateFactory, RejectionReasonFactory, SourceFactory
from tests.sourcing.test_careers import data_of, open_posting

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
LINK = re.compile(r"/enter/(\S+?)/")


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def job(recruiter):
    posting = open_posting(job__title="Data Engineer")
    posting.job.team.create(user=recruiter, role="recruiter")
    return posting.job


def an_agency(name="Talentwerk", **facts) -> Agency:
    return keeping.create(
        name=name, by=None, **{"window_days": 180, "answer_days": 5, "writes_to_people": True, "fee_note": "", **facts}
    )


def somebody_of(agency, name="Anna Adler", email="anna@talentwerk.example") -> AgencyUser:
    return keeping.invite(agency, name=name, email=email, by=None)


@pytest.fixture
def agency(db, job, admin):
    made = an_agency()
    keeping.give(made, job, by=None)
    terms.publish("Present people who agreed.", by=admin)
    return made


@pytest.fixture
def anna(agency):
    user = somebody_of(agency)
    terms.accept(terms.current(), user=user)
    return user


@pytest.fixture
def rival(agency, job):
    """Somebody of another agency with the same job."""
    other = an_agency("Headhunt")
    keeping.give(other, job, by=None)
    user = somebody_of(other, "Rex Rival", "rex@headhunt.example")
    terms.accept(terms.current(), user=user)
    return user


def present(user, job, decide=True, **said) -> Submission:
    made = presenting.present(
        user,
        job,
        **{
            "name": "Noor Haddad",
            "email": "noor@haddad.example",
            "basis": "consent",
            "agreed_on": dt.date(2026, 11, 1),
            "agreed_how": "written",
            "resume": checks.check(ContentFile(files.pdf(), "cv.pdf")),
            "submission_key": uuid.uuid4(),
            **said,
        },
    )
    if decide:
        deciding.decide_due()
        made.refresh_from_db()
    return made


def came_in(user) -> Client:
    client = Client()
    link = links.issue(door.PURPOSE, subject_id=user.pk, valid_for=door.LINK_LASTS)
    client.post(reverse("agency_enter", args=[links.token(link)]))
    return client


def typed(**more):
    return {
        "name": "Noor Haddad",
        "email": "noor@haddad.example",
        "basis": "consent",
        "agreed_on": timezone.localdate().isoformat(),
        "agreed_how": "written",
        "confirmed": "on",
        "resume": SimpleUploadedFile("cv.pdf", files.pdf()),
        "submission_key": str(uuid.uuid4()),
        **more,
    }


def word(submission) -> str:
    [(_, said)] = standing.words_of(standing.for_words(Submission.objects.filter(pk=submission.pk)))
    return said.code


def known_person(long_ago=False) -> Candidate:
    person, _ = identity.match_or_create(
        name="Noor Haddad", emails=["noor@haddad.example"], purpose="application", basis="contract"
    )
    if long_ago:
        Candidate.objects.filter(pk=person.pk).update(created_at=timezone.now() - 400 * DAY)
    return person


@pytest.fixture
def committed(monkeypatch):
    """What a commit would do is done at once: files of submissions go with it."""
    monkeypatch.setattr(deciding.transaction, "on_commit", lambda do, **more: do())


# ---------- The rules ----------

WINDOW = 180 * DAY


@pytest.mark.parametrize(
    ("known", "windows", "outcome"),
    [
        (None, [], "owned"),
        (Known(), [], "owned"),
        (Known(in_process=True), [], "in_process"),
        (Known(last_touch=NOW - 179 * DAY), [], "known"),
        (Known(last_touch=NOW - 180 * DAY), [], "owned"),
        (Known(in_process=True), [Owned(1, NOW - DAY, NOW + DAY)], "owned"),
        (Known(), [Owned(2, NOW - DAY, NOW + DAY)], "other"),
        (Known(in_process=True), [Owned(2, NOW - DAY, NOW + DAY)], "other"),
        (Known(), [Owned(2, NOW - WINDOW, NOW)], "owned"),
        (Known(), [Owned(2, NOW + DAY, NOW + 2 * DAY)], "owned"),
    ],
)
def test_what_a_submission_is_worth(known, windows, outcome):
    """A window has its beginning and not its end: at the very moment it ends, it is over."""
    assert judge(1, NOW, WINDOW, known, windows).outcome == outcome


def test_presenting_again_prolongs_nothing():
    running = Owned(1, NOW - 100 * DAY, NOW + 80 * DAY)
    verdict = judge(1, NOW, WINDOW, Known(in_process=True), [running])

    assert (verdict.until, verdict.is_new) == (running.ends_at, False)


acts = st.lists(
    st.tuples(
        st.integers(0, 800),  # the day
        st.sampled_from(["present", "touch", "apply", "end"]),
        st.integers(1, 3),  # the agency
    ),
    max_size=25,
)


@given(acts, st.lists(st.integers(1, 400), min_size=3, max_size=3))
def test_whatever_happens_one_agency_at_a_time_owns_somebody_and_the_first_keeps_them(happened, lengths):
    """A person's life of presentations, contacts and processes, in the order of time."""
    windows, last_touch, in_process = [], None, False
    for day, what, agency in sorted(happened, key=lambda act: act[0]):
        at = NOW + day * DAY
        if what == "touch":
            last_touch = at
        elif what == "apply":
            last_touch, in_process = at, True
        elif what == "end":
            last_touch, in_process = at if in_process else last_touch, False
        else:
            window = lengths[agency - 1] * DAY
            known = Known(in_process, last_touch) if last_touch or windows else None
            running = [one for one in windows if one.runs(at)]
            verdict = judge(agency, at, window, known, windows)
            if running:  # who was first keeps them, whatever else happened, and until the same day
                assert verdict.is_new is False
                assert (verdict.outcome == "owned") == (running[0].agency == agency)
                assert verdict.outcome != "owned" or verdict.until == running[0].ends_at
            elif in_process or (last_touch and last_touch > at - window):
                assert verdict.outcome in ("in_process", "known") and verdict.until is None
            else:
                assert verdict.is_new and verdict.until == at + window
                windows.append(Owned(agency, at, verdict.until))
    for number, one in enumerate(windows):
        assert all(one.ends_at <= other.starts_at or other.ends_at <= one.starts_at for other in windows[number + 1 :])


@given(st.permutations([(0, 1), (0, 2), (0, 3)]))
def test_of_submissions_at_the_same_moment_the_one_decided_first_wins(order):
    windows = []
    outcomes = []
    for _, agency in order:
        verdict = judge(agency, NOW, WINDOW, None, windows)
        outcomes.append(verdict.outcome)
        if verdict.is_new:
            windows.append(Owned(agency, NOW, verdict.until))
    assert outcomes == ["owned", "other", "other"]


def test_the_database_lets_no_two_agencies_own_somebody(agency, rival):
    person = EmailFactory().candidate
    Ownership.objects.create(candidate=person, agency=agency, during=DateTimeTZRange(NOW, NOW + DAY))
    Ownership.objects.create(candidate=person, agency=rival.agency, during=DateTimeTZRange(NOW + DAY, NOW + 2 * DAY))

    with pytest.raises(IntegrityError, match="one_agency_owns_a_person"), transaction.atomic():
        Ownership.objects.create(candidate=person, agency=rival.agency, during=DateTimeTZRange(NOW, NOW + DAY))


# ---------- Presenting and deciding ----------


def test_somebody_new_is_owned_and_in_process_with_everything_that_has_to_be_known(anna, job, committed):
    """PRIV-1, PRIV-2, PRIV-4."""
    sent = present(anna, job, phone="+33 6 12 34 56 78", words="Ran the grid.")

    person, application = sent.candidate, sent.application
    assert (sent.outcome, application.job, application.source) == ("owned", job, anna.agency.source)
    assert application.source.kind == "agency" and application.resume.kind == Document.Kind.RESUME
    assert application.origin == {"agency": anna.agency.pk, "submission": sent.pk}
    basis = person.bases.get()
    assert (basis.purpose, basis.basis) == ("application", "consent")
    assert "Talentwerk" in basis.reference and "in writing, 2026-11-01" in basis.reference
    assert person.notice_due_on is not None
    window = Ownership.objects.get()
    assert (window.candidate, window.agency, window.ends_at - window.starts_at) == (person, anna.agency, 180 * DAY)
    assert len(sent.statement) == 64 and sent.terms == terms.current()
    assert not sent.file and not default_storage.exists(f"agencies/{sent.submission_key.hex}")
    assert TimelineEvent.objects.filter(kind="agency.presented", candidate=person).count() == 1


def test_the_person_is_told_who_presented_them_with_the_notice_through_the_contact_policy(anna, job):
    """PRIV-4: the first mail pays the debt once it has left."""
    LegalText.objects.get_or_create(
        kind=LegalText.Kind.SOURCING_NOTICE, jurisdiction="*", locale="en",
        defaults={"text": "We hold your data.", "sha256": "0" * 64, "valid_from": NOW},
    )  # fmt: skip
    person = present(anna, job).candidate
    [mail] = Message.objects.filter(candidate=person)
    delivery.deliver([mail.pk], durable=False)

    person.refresh_from_db()
    assert "Talentwerk gave us your data" in mail.text and "/status/" in mail.text
    assert mail.mail_class == "transactional"
    assert person.notice_sent_at is not None


def test_an_agency_that_writes_to_its_people_itself_leaves_the_notice_owed(anna, job):
    Agency.objects.update(writes_to_people=False)
    person = present(anna, job).candidate

    assert not Message.objects.filter(candidate=person).exists()
    assert person.notice_due_on is not None


def test_of_somebody_we_know_nothing_is_taken_over(anna, job, committed):
    """Neither file, phone number nor basis; what was sent stays apart, and colleagues read in the history that it came."""
    person = known_person()
    before = set(person.contact_points.values_list("kind", "value"))
    sent = present(anna, job, phone="+33 6 12 34 56 78")

    assert (sent.outcome, sent.candidate, sent.application, sent.resume) == ("known", person, None, None)
    assert set(person.contact_points.values_list("kind", "value")) == before
    assert not person.documents.exists() and not Ownership.objects.exists() and not person.applications.exists()
    assert person.bases.count() == 1 and not Message.objects.filter(candidate=person).exists()
    assert not default_storage.exists(f"agencies/{sent.submission_key.hex}")
    assert person.events.get(kind="agency.presented").data["outcome"] == "known"


def test_somebody_of_long_ago_is_as_good_as_new(anna, job):
    person = known_person(long_ago=True)

    assert present(anna, job).candidate == person
    assert Ownership.objects.get().candidate == person


def test_who_applied_themselves_is_in_process_and_who_was_presented_by_another_agency_is_theirs(anna, rival, job):
    first = present(anna, job)
    second = present(rival, job)
    mine_again = present(anna, job)

    assert [one.outcome for one in (first, second, mine_again)] == ["owned", "other", "owned"]
    assert mine_again.application == first.application and second.application is None
    assert Ownership.objects.get().submission == first


def test_what_came_first_is_decided_first_whoever_carries_it(anna, rival, job):
    earlier, later = present(anna, job, decide=False), present(rival, job, decide=False)
    Submission.objects.filter(pk=earlier.pk).update(received_at=NOW - DAY)
    Submission.objects.filter(pk=later.pk).update(received_at=NOW)

    deciding.decide_due()

    earlier.refresh_from_db()
    later.refresh_from_db()
    assert (earlier.outcome, later.outcome) == ("owned", "other")
    assert deciding.decide_due() == 0


def test_what_happened_after_it_came_does_not_count_against_it(anna, job):
    """The person applied while the submission waited: the agency was first all the same."""
    sent = present(anna, job, decide=False)
    Submission.objects.filter(pk=sent.pk).update(received_at=timezone.now() - dt.timedelta(minutes=5))
    person = known_person()
    application = starting.open_application(person, job, by=None)
    deciding.decide_due()

    sent.refresh_from_db()
    assert (sent.outcome, sent.application) == ("owned", application)


@pytest.mark.django_db(transaction=True)
def test_two_agencies_with_the_same_person_at_once_leave_one_owner(anna, rival, job):
    sent = [present(user, job, decide=False) for user in (anna, rival)]

    def decide():
        deciding.decide_due()
        connection.close()

    threads = [threading.Thread(target=decide) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Submission.objects.get(pk=one.pk).outcome for one in sent) == ["other", "owned"]
    assert Ownership.objects.count() == Candidate.objects.filter(name="Noor Haddad").count() == 1


def test_a_job_that_closed_meanwhile_takes_no_application(anna, job):
    sent = present(anna, job, decide=False)
    Job.objects.filter(pk=job.pk).update(status="closed")
    deciding.decide_due()

    sent.refresh_from_db()
    assert (sent.outcome, sent.application, word(sent)) == ("owned", None, "received")


def test_sending_twice_is_sending_once(anna, job):
    key = uuid.uuid4()

    assert present(anna, job, submission_key=key) == present(anna, job, submission_key=key)
    assert Submission.objects.count() == 1


def test_what_the_agency_the_job_or_the_terms_do_not_allow_is_refused(anna, rival, job, admin, monkeypatch):
    monkeypatch.setattr(presenting, "A_DAY", 1)
    present(anna, job)
    with pytest.raises(Refused, match="in a day"):
        present(anna, job)
    terms.publish("Version two.", by=admin)
    with pytest.raises(Refused, match="Accept the terms"):
        present(rival, job)
    terms.accept(terms.current(), user=rival)
    keeping.take_away(AgencyJob.objects.get(agency=rival.agency), by=None)
    with pytest.raises(Refused, match="not open to you"):
        present(rival, job)


# ---------- A neutral answer ----------


def answers_to(client, job, **person):
    """What the browser gets, bare of ids and times, with the number of questions asked of the database."""
    with CaptureQueriesContext(connection) as asked:
        sent = client.post(reverse("agency:job", args=[job.pk]), typed(**person))
    page = client.get(sent["Location"])
    people = client.get(reverse("agency:submissions"))
    bare = [re.sub(r"\d+|csrfmiddlewaretoken\" value=\"[^\"]*", "", one.content.decode()) for one in (page, people)]
    return sent.status_code, len(asked), *bare


@pytest.mark.parametrize("kind", ["known", "in_process", "other"])
def test_known_and_unknown_get_the_same_pages_by_the_same_questions(kind, anna, rival, job):
    """SEC-11: before and after it was decided, nothing on any page of the agency tells them apart."""
    if kind == "other":
        present(rival, job)
    else:
        person = known_person()
        if kind == "in_process":
            starting.open_application(person, open_posting().job, by=None)
    one, other = came_in(anna), came_in(somebody_of(anna.agency, "Bert", "bert@talentwerk.example"))
    unknown = answers_to(one, job, email="new@person.example")
    Submission.objects.filter(agency=anna.agency).delete()
    known = answers_to(other, job)
    deciding.decide_due()
    decided = other.get(reverse("agency:submissions")).content.decode()

    assert known[:2] == unknown[:2]
    assert [text.replace("Bert", "Anna Adler").replace("noor@haddad", "new@person") for text in known[2:]] == list(
        unknown[2:]
    )
    assert Submission.objects.get(agency=anna.agency).outcome == kind
    assert "Received" in decided and "Not taken on" not in decided


def test_the_words_of_somebody_we_knew_are_those_of_somebody_turned_down(anna, job, recruiter):
    """First received, then not taken on; no reason, and by whose fault nobody reads."""
    known_person()
    theirs = present(anna, job)
    ours = present(anna, job, email="new@person.example", name="New Person")
    before = word(theirs), word(ours)
    rejection.reject(ours.application, RejectionReasonFactory(), by=recruiter)
    Submission.objects.update(answer_at=timezone.now())
    page = came_in(anna).get(reverse("agency:submission", args=[theirs.pk])).content.decode()

    assert before == ("received", "received")
    assert (word(theirs), word(ours)) == ("not_taken", "not_taken")
    assert "We do not go on with them by way of you." in page


def test_words_follow_the_application_and_name_no_stage(anna, job, recruiter):
    sent = present(anna, job)
    seen = [word(sent)]
    application = moves.move(sent.application, job.stages.get(kind="interview"), by=recruiter)
    seen.append(word(sent))
    rejection.reject(application, RejectionReasonFactory(), by=recruiter, template=MailTemplateFactory())
    seen.append(word(sent))
    Message.objects.filter(purpose="rejection").update(status="sent")
    seen.append(word(sent))

    assert seen == ["received", "interviewing", "interviewing", "not_taken"]


def test_each_new_word_is_one_mail_to_whoever_presented_them(anna, job, recruiter):
    sent = present(anna, job)
    Message.objects.filter(purpose="agency").delete()
    first = standing.tell()
    moves.move(sent.application, job.stages.get(kind="interview"), by=recruiter)
    standing.tell()
    standing.tell()

    [mail] = Message.objects.filter(purpose="agency")
    assert first == 0
    assert mail.subject == "Noor Haddad: Interviewing" and "anna@talentwerk.example" in mail.to_address
    assert (mail.mail_class, mail.candidate, mail.recipient) == ("partner", None, None)


@pytest.mark.parametrize("rows", [1, 5])
def test_the_pages_ask_no_more_for_more_people(rows, anna, job, client, recruiter, django_assert_max_num_queries):
    for number in range(rows):
        present(anna, job, email=f"p{number}@mail.example", name=f"Person {number}")
    portal = came_in(anna)
    client.force_login(recruiter)
    for who, address, most in (
        (portal, reverse("agency:submissions"), 9),
        (portal, reverse("agency:home"), 10),
        (client, anna.agency.get_absolute_url(), 26),
        (client, reverse("sourcing:agencies"), 16),
    ):
        with django_assert_max_num_queries(most):
            assert who.get(address).status_code == 200


# ---------- The door ----------


def token_in(message) -> str:
    return LINK.search(message.text)[1]


def test_an_invitation_lets_somebody_in_once_and_looking_at_it_spends_nothing(agency):
    """SEC-5."""
    anna = somebody_of(agency)
    [mail] = Message.objects.filter(purpose="agency")
    address = reverse("agency_enter", args=[token_in(mail)])
    browser = Client()
    looked = [browser.get(address) for _ in range(2)]
    entered = browser.post(address)
    again = Client().post(address)

    assert [one.status_code for one in looked] == [200, 200]
    assert entered["Location"] == reverse("agency:home")
    assert "Talentwerk" in browser.get(reverse("agency:home")).content.decode()
    assert again.status_code == 410
    anna.refresh_from_db()
    assert anna.last_seen_at is not None
    assert "no-store" in browser.get(reverse("agency:home"))["Cache-Control"]


def test_asking_for_a_link_gets_one_answer_for_any_address(client, anna):
    """SEC-11."""
    Message.objects.all().delete()
    pages = [
        re.sub(r'value="[^"]*"', "", client.post(reverse("agency:sign_in"), {"email": email}).content.decode())
        for email in ("anna@talentwerk.example", "ANNA@talentwerk.example", "nobody@mail.example")
    ]

    assert len(set(pages)) == 1
    assert Message.objects.filter(purpose="agency").count() == 2
    assert client.post(reverse("agency:sign_in"), {"email": "x"}).status_code == 422


def test_links_are_limited(client, anna):
    """SEC-8."""
    Message.objects.all().delete()
    for _ in range(14):
        client.post(reverse("agency:sign_in"), {"email": "anna@talentwerk.example"})

    assert Message.objects.filter(purpose="agency").count() == 10


@pytest.mark.parametrize("how", ["user", "agency"])
def test_switching_off_ends_sessions_and_links_at_once_and_they_stay_ended(how, anna, agency, job):
    browser = came_in(anna)
    link = links.issue(door.PURPOSE, subject_id=anna.pk, valid_for=DAY)
    inside = browser.get(reverse("agency:home")).status_code
    if how == "user":
        keeping.switch_user(anna, on=False, by=None)
    else:
        keeping.switch(agency, on=False, by=None)
    outside = browser.get(reverse("agency:home"))
    with pytest.raises(LinkGone):
        door.open_link(links.token(link))
    Message.objects.all().delete()
    door.ask(anna.email)
    if how == "user":
        keeping.switch_user(anna, on=True, by=None)
    else:
        keeping.switch(agency, on=True, by=None)

    assert (inside, outside["Location"]) == (200, reverse("agency:sign_in"))
    assert not Message.objects.exists()
    assert browser.get(reverse("agency:home")).status_code == 302  # the old session does not come back to life


def test_mail_to_somebody_who_was_switched_off_does_not_leave(anna):
    [mail] = Message.objects.filter(purpose="agency", subject__contains="invites")
    keeping.switch_user(anna, on=False, by=None)
    delivery.deliver([mail.pk], durable=False)

    mail.refresh_from_db()
    assert (mail.status, mail.status_note) == ("blocked", "This person’s access has ended.")


def test_mail_to_an_address_that_is_not_to_be_written_to_does_not_leave(anna):
    [mail] = Message.objects.filter(purpose="agency", subject__contains="invites")
    contact.suppress(anna.email, Suppression.Reason.HARD_BOUNCE)
    delivery.deliver([mail.pk], durable=False)

    mail.refresh_from_db()
    assert mail.status == "blocked"


def test_a_session_of_an_agency_is_no_colleagues_and_the_other_way_round(anna, client, recruiter):
    portal = came_in(anna)
    link = links.issue(door.PURPOSE, subject_id=anna.pk, valid_for=DAY)
    client.force_login(recruiter)

    assert portal.get(reverse("today")).status_code == 403
    assert portal.post(reverse("sourcing:agency_create")).status_code == 403
    assert client.get(reverse("agency:home")).status_code == 403
    assert client.post(reverse("agency_enter", args=[links.token(link)])).status_code == 409
    assert client.get(reverse("today")).status_code == 200


def test_colleagues_and_people_of_other_agencies_are_not_invited(anna, rival, agency, recruiter):
    for email, why in (
        (recruiter.email, "colleague"),
        (rival.email.upper(), "another agency"),
        ("nobody", "is not an e-mail address"),
    ):
        with pytest.raises(Refused, match=why):
            keeping.invite(agency, name="X", email=email, by=None)
    again = keeping.invite(agency, name="Anna", email="ANNA@talentwerk.example", by=None)
    assert again == anna and agency.users.count() == 1


def test_signing_out_ends_it(anna):
    browser = came_in(anna)
    browser.post(reverse("agency:sign_out"))

    assert browser.get(reverse("agency:home")).status_code == 302


# ---------- Its own people, its own jobs ----------


def test_another_agencys_people_and_jobs_do_not_exist(anna, rival, job):
    theirs = present(rival, job)
    other = open_posting(job__title="Secret Role").job
    keeping.give(rival.agency, other, by=None)
    browser = came_in(anna)
    pages = [browser.get(reverse(name)).content.decode() for name in ("agency:home", "agency:submissions")]

    for address in (
        reverse("agency:submission", args=[theirs.pk]),
        reverse("agency:job", args=[other.pk]),
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(reverse("agency:dispute", args=[theirs.pk]), {"words": "x"}).status_code == 404
    assert browser.post(reverse("agency:job", args=[other.pk]), typed()).status_code == 404
    assert not any("Noor" in page or "Secret Role" in page for page in pages)


def test_a_confidential_job_is_given_deliberately_only(agency, recruiter, client):
    secret = open_posting(job__title="Head of Grid", job__confidential=True).job
    secret.team.create(user=recruiter, role="recruiter")
    client.force_login(recruiter)
    give = reverse("sourcing:agency_act", args=[agency.pk, "give"])
    plain = client.post(give, {"job": secret.pk, "brief": ""}, follow=True).content.decode()
    none = AgencyJob.objects.filter(job=secret).exists()
    client.post(give, {"job": secret.pk, "brief": "Quietly.", "tells_secret": "on"})
    page = came_in(somebody_of(agency)).get(reverse("agency:job", args=[secret.pk])).content.decode()

    assert "is confidential" in plain and none is False
    assert "Head of Grid" in page and "do not name it" in page


def test_only_the_team_of_a_confidential_job_can_give_it(agency, admin, client):
    secret = open_posting(job__title="Head of Grid", job__confidential=True).job
    client.force_login(admin)
    answer = client.post(
        reverse("sourcing:agency_act", args=[agency.pk, "give"]), {"job": secret.pk, "tells_secret": "on"}
    )

    assert answer.status_code == 422
    assert "Head of Grid" not in answer.content.decode() and not AgencyJob.objects.filter(job=secret).exists()


def test_a_job_that_became_confidential_or_closed_is_gone_from_the_portal(anna, job):
    browser = came_in(anna)
    address = reverse("agency:job", args=[job.pk])
    before = browser.get(address).status_code
    Job.objects.filter(pk=job.pk).update(confidential=True)
    secret = browser.get(address).status_code, "Data Engineer" in browser.get(reverse("agency:home")).content.decode()
    Job.objects.filter(pk=job.pk).update(confidential=False, status="on_hold")

    assert (before, secret, browser.get(address).status_code) == (200, (404, False), 404)


def test_the_agency_is_never_shown_as_the_employer(client, anna, job):
    """JOB-11: neither in the markup of the job it was given, nor anywhere on the career site."""
    present(anna, job)
    page = client.get(job.posting.get_absolute_url())

    assert data_of(page)["hiringOrganization"]["name"] == "Nordvale Grid"
    for address in (
        job.posting.get_absolute_url(),
        "/careers/",
        "/careers/api/jobs/",
        "/careers/feeds/rss/",
        "/sitemap.xml",
    ):
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Talentwerk" not in body


# ---------- The form ----------


def test_a_mistake_costs_neither_words_nor_file_and_everything_is_confirmed(anna, job):
    browser = came_in(anna)
    address = reverse("agency:job", args=[job.pk])
    wrong = browser.post(address, typed(email="nobody", confirmed="", agreed_on="2099-01-01", words="Ran the grid."))
    text = wrong.content.decode()
    draft = re.search(r'name="resume_draft" value="([^"]+)"', text)[1]
    fields = typed(resume_draft=draft)
    del fields["resume"]
    right = browser.post(address, fields)

    assert wrong.status_code == 422 and not Submission.objects.filter(words="Ran the grid.").exists()
    for said in ("Without this we may not take their data.", "still to come", "Ran the grid.", "cv.pdf is kept"):
        assert said in text
    assert right.status_code == 302 and Submission.objects.get().file_name == "cv.pdf"
    assert browser.post(address, typed(resume="")).status_code == 422


def test_without_the_terms_there_is_no_form_and_none_is_taken(agency, job, admin):
    anna = somebody_of(agency)
    browser = came_in(anna)
    address = reverse("agency:job", args=[job.pk])
    before = browser.get(address).content.decode()
    browser.post(address, typed())
    unticked = browser.post(reverse("agency:terms"), {"version": "1"})
    stale = browser.post(reverse("agency:terms"), {"version": "0", "agree": "1"})
    browser.post(reverse("agency:terms"), {"version": "1", "agree": "1"})

    assert "read and accept the terms" in before and 'type="file"' not in before
    assert (unticked.status_code, stale.status_code) == (422, 422)
    assert not Submission.objects.exists()
    accepted = AgencyAcceptance.objects.get()
    assert (accepted.agency, accepted.user, accepted.window_days) == (agency, anna, 180)
    assert 'type="file"' in browser.get(address).content.decode()
    terms.publish("Version two.", by=admin)
    assert "accept version 2" in browser.get(reverse("agency:home")).content.decode()


def test_terms_are_versions_and_only_administrators_publish_them(client, admin, recruiter, agency):
    client.force_login(recruiter)
    refused = client.post(reverse("sourcing:agency_terms"), {"text": "Mine."}).status_code
    client.force_login(admin)
    same = client.post(reverse("sourcing:agency_terms"), {"text": "Present people who agreed."})
    client.post(reverse("sourcing:agency_terms"), {"text": "Version two."})

    assert (refused, same.status_code) == (403, 422)
    assert list(AgencyTerms.objects.values_list("version", "text")) == [
        (2, "Version two."), (1, "Present people who agreed."),
    ]  # fmt: skip


# ---------- For recruiters ----------


def test_recruiters_read_what_each_was_worth_until_when_and_what_the_agency_reads(client, anna, rival, job, recruiter):
    Agency.objects.filter(pk=anna.agency_id).update(fee_note="20 % of a year")
    mine, theirs = present(anna, job), present(rival, job)
    client.force_login(recruiter)
    page = client.get(rival.agency.get_absolute_url()).content.decode()
    profile = client.get(mine.candidate.get_absolute_url()).content.decode()

    assert "Another agency presented them before" in page and "Received" in page
    assert "theirs until" in client.get(anna.agency.get_absolute_url()).content.decode()
    assert "presented them first: theirs until" in profile and "20 % of a year" in profile
    assert showing.agency(recruiter, theirs.agency, after="").lines[0].is_running is False


def test_submissions_for_a_job_one_may_not_see_are_not_listed(client, anna, job, admin):
    present(anna, job)
    Job.objects.filter(pk=job.pk).update(confidential=True)
    client.force_login(admin)
    page = client.get(anna.agency.get_absolute_url()).content.decode()

    assert "Noor" not in page and "Data Engineer" not in page


def test_ending_one_shows_not_taken_on_unless_they_are_in_process(client, anna, job, recruiter):
    known_person()
    theirs = present(anna, job)
    running = present(anna, job, email="new@person.example", name="New Person")
    client.force_login(recruiter)
    client.post(reverse("sourcing:submission_act", args=[theirs.pk, "close"]))

    assert word(theirs) == "not_taken"
    with pytest.raises(Refused, match="in process"):
        handling.close(running, by=recruiter)


def test_a_dispute_is_asked_by_the_agency_once_and_awarded_with_a_reason(client, anna, rival, job, recruiter):
    first, second = present(anna, job), present(rival, job)
    browser = came_in(rival)
    ask = reverse("agency:dispute", args=[second.pk])
    browser.post(ask, {"words": "She wrote to us in September."})
    twice = browser.post(ask, {"words": "Again."}, headers={"referer": "http://testserver/agency/"}, follow=True)
    client.force_login(recruiter)
    listed = client.get(reverse("sourcing:agencies")).content.decode()
    settle = reverse("sourcing:submission_act", args=[second.pk, "settle"])
    without = client.post(settle, {"result": "awarded", "why": ""})
    client.post(settle, {"result": "awarded", "why": "Her mail proves it."})

    assert Dispute.objects.count() == 1 and "asked about this already" in twice.content.decode()
    assert "asked by Rex Rival" in listed and without.status_code == 409
    windows = {one.agency: one for one in Ownership.objects.all()}
    assert not windows[anna.agency].is_running and windows[rival.agency].is_running
    assert windows[rival.agency].ends_at == second.received_at + 180 * DAY
    second.refresh_from_db()
    assert (second.outcome, second.application) == ("owned", first.application)
    page = browser.get(reverse("agency:submission", args=[second.pk])).content.decode()
    assert "We looked into what you asked" in page and "Her mail proves it" not in page


def test_a_dispute_that_changes_nothing_changes_nothing(anna, rival, job, recruiter):
    present(anna, job)
    second = present(rival, job)
    found = handling.dispute(second, "Ours.", by=recruiter)
    handling.settle(found, "kept", why="They were later.", by=recruiter)

    assert Ownership.objects.get().agency == anna.agency
    with pytest.raises(Refused, match="settled already"):
        handling.settle(found, "awarded", why="x", by=recruiter)


def test_a_merge_of_two_records_keeps_the_window_that_began_first(anna, rival, job, recruiter):
    first = present(anna, job)
    second = present(rival, job, email="other@mail.example", name="Noor Haddad-Klein")
    merging.merge(first.candidate, second.candidate, by=recruiter)

    assert Ownership.objects.get().agency == anna.agency
    assert set(Submission.objects.values_list("candidate", flat=True)) == {first.candidate_id}


def test_contact_data_of_people_who_were_not_theirs_is_forgotten_after_the_window(anna, job):
    known_person()
    theirs = present(anna, job)
    owned = present(anna, job, email="new@person.example", name="New Person")
    before = handling.forget()
    Submission.objects.update(received_at=timezone.now() - 181 * DAY)
    forgotten = handling.forget()

    theirs.refresh_from_db()
    owned.refresh_from_db()
    assert (before, forgotten) == (0, 1)
    assert (theirs.email, owned.email) == ("", "new@person.example")


def test_a_name_of_another_kind_of_source_is_no_agency_and_one_of_an_agency_is_shared(db):
    SourceFactory(name="LinkedIn", kind="social")
    named = SourceFactory(name="Talentwerk", kind="agency")

    with pytest.raises(Refused, match="another kind"):
        an_agency("linkedin")
    assert an_agency("Talentwerk").source == named
    with pytest.raises(Refused, match="already"):
        an_agency("TALENTWERK")


def test_an_application_by_an_agency_is_counted_for_its_source(anna, job):
    assert Application.objects.get(pk=present(anna, job).application_id).source.name == "Talentwerk"
