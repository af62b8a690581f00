"""Referrals: kept once, matched first, credited by one rule, and told to the colleague in coarse words only."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import duplicates, identity, links, merging, query, search
from hiring.errors import LinkGone, Refused
from hiring.models import Candidate, Document, Message, PersonalLink, Source, TimelineEvent
from pipeline import moves, rejection, starting
from pipeline.models import Application
from sourcing.referrals import door, giving, handling, standing
from sourcing.referrals.models import Referral
from sourcing.today import referrals as on_today
from tests import factories, files

APPLIED = {"purpose": "application", "basis": "contract"}


@pytest.fixture
def job(recruiter):
    made = factories.JobFactory(title="Data Engineer")
    made.team.create(user=recruiter, role="recruiter")
    for position, kind in enumerate(["lead", "applied", "screen", "interview", "offer", "hired"]):
        factories.StageFactory(job=made, kind=kind, name=f"Secret {kind}", position=position)
    return made


def refer(referrer, **more):
    said = {
        "name": "Noor Haddad",
        "email": "noor@haddad.example",
        "relation": "worked",
        "why": "She calmed the outage.",
        "knows": True,
        "submission_key": uuid.uuid4(),
    }
    return giving.refer(referrer=referrer, **(said | more))


def word(referral):
    rows = standing.for_words(Referral.objects.filter(pk=referral.pk))
    return standing.words_of(rows)[0][1].code


def typed(**more):
    return {
        "name": "Noor Haddad",
        "email": "noor@haddad.example",
        "relation": "worked",
        "why": "She calmed the outage.",
        "knows": "yes",
        "wants_mail": "on",
        "submission_key": str(uuid.uuid4()),
        **more,
    }


# ---------- Giving one ----------


def test_a_referral_makes_a_person_with_source_basis_and_notice(interviewer, job):
    """PRIV-1, PRIV-4"""
    referral = refer(interviewer, job=job)

    noor = Candidate.objects.get()
    assert (noor.referred_by, noor.source.kind, referral.credit) == (interviewer, "referral", "first")
    assert noor.notice_due_on == identity.a_month_after(noor.collected_at.date())
    assert "they know of it" in noor.bases.get().reference
    given = TimelineEvent.objects.get(kind="referral.given")
    assert (given.actor, given.job, given.data["referral"]) == (interviewer, job, referral.pk)


def test_sending_twice_and_saying_it_again_are_one_referral(interviewer):
    key = uuid.uuid4()
    first = refer(interviewer, submission_key=key)

    assert refer(interviewer, submission_key=key) == first
    assert refer(interviewer, email="NOOR@haddad.example") == first
    assert (Referral.objects.count(), Candidate.objects.count()) == (1, 1)


@pytest.mark.parametrize("by_link", [True, False])
def test_who_refers_somebody_again_is_told_so_and_nobody_else(client, interviewer, manager, by_link):
    refer(interviewer)
    answers = []
    for colleague in (interviewer, manager):
        if by_link:
            address = links.url(door.renew(colleague), "sourcing:refer_by_link")
        else:
            address = reverse("sourcing:refer")
            client.force_login(colleague)
        answers.append(client.post(address, typed(), follow=True).content.decode())

    assert "You had referred them before" in answers[0]
    assert "You had referred them before" not in answers[1]
    assert "A recruiter looks at it soon" in answers[1]


def test_somebody_elses_form_is_not_sent_in_my_name(interviewer, manager):
    key = uuid.uuid4()
    refer(interviewer, submission_key=key)

    with pytest.raises(Refused, match="somebody else"):
        refer(manager, submission_key=key, email="other@haddad.example")


def test_a_known_person_keeps_every_fact(interviewer):
    source = factories.SourceFactory()
    noor, _ = identity.match_or_create(
        name="Noor Haddad", emails=["noor@haddad.example"], headline="Engineer", source=source, **APPLIED
    )

    referral = refer(interviewer, name="Noor H.", phone="+33639980041")

    noor.refresh_from_db()
    assert (referral.candidate, noor.name, noor.source, noor.referred_by) == (noor, "Noor Haddad", source, None)
    assert referral.named == "Noor H."


def test_a_copied_link_does_not_open_somebody_elses_record(interviewer):
    """A public address proves nothing: with another name it is another person, who is credited as new."""
    imani, _ = identity.match_or_create(name="Imani Berg", links=["profiles.example/imani"], **APPLIED)

    referral = refer(interviewer, name="Mallory Stone", email="m@stone.example", link="profiles.example/imani")

    assert referral.candidate != imani
    assert (referral.credit, referral.candidate.referred_by) == ("first", interviewer)
    assert imani.contact_points.count() == 1


@pytest.mark.parametrize("closed", [{"status": "closed"}, {"status": "draft"}, {"confidential": True}])
def test_a_job_that_is_closed_or_a_secret_takes_no_referral(interviewer, closed):
    with pytest.raises(Refused, match="no longer open"):
        refer(interviewer, job=factories.JobFactory(**closed))


def test_nobody_refers_themselves_or_a_whole_list(interviewer, monkeypatch):
    with pytest.raises(Refused, match="your own address"):
        refer(interviewer, email=interviewer.email.upper())
    monkeypatch.setattr(giving, "AT_ONCE", 1)
    refer(interviewer)
    with pytest.raises(Refused, match="more than 1"):
        refer(interviewer, email="second@haddad.example")


# ---------- Credit ----------


@pytest.fixture
def long_ago():
    return timezone.now() - dt.timedelta(days=400)


def known_since(moment, **facts):
    noor, _ = identity.match_or_create(name="Noor Haddad", emails=["noor@haddad.example"], **APPLIED)
    Candidate.objects.filter(pk=noor.pk).update(created_at=moment, **facts)
    noor.refresh_from_db()
    return noor


def test_credit_goes_to_the_first_who_brings_them(interviewer, manager):
    assert refer(interviewer).credit == "first"
    assert refer(manager).credit == "referred"
    assert refer(interviewer, job=factories.JobFactory()).credit == "first"
    assert Candidate.objects.get().referred_by == interviewer


def test_a_referral_of_long_ago_stands_against_nobody(interviewer, manager, long_ago):
    refer(interviewer)
    Referral.objects.update(created_at=long_ago)
    Candidate.objects.update(created_at=long_ago)

    assert refer(manager).credit == "first"


def test_who_is_in_process_or_was_in_touch_lately_is_not_credited(interviewer, manager, long_ago, job):
    noor = known_since(long_ago)
    assert giving.credit_of(noor, interviewer) == "first"

    application = starting.open_application(noor, job, by=None)
    assert giving.credit_of(noor, interviewer) == "in_process"

    moves.withdraw(application)
    assert giving.credit_of(noor, interviewer) == "known"

    Application.objects.update(applied_at=long_ago, closed_at=long_ago)
    Candidate.objects.update(last_contacted_at=timezone.now())
    noor.refresh_from_db()
    assert giving.credit_of(noor, interviewer) == "known"


def test_the_months_are_a_setting(interviewer, settings):
    noor = known_since(timezone.now() - dt.timedelta(days=40))
    assert giving.credit_of(noor, interviewer) == "known"

    settings.REFERRAL_CREDIT_MONTHS = 1
    assert giving.credit_of(noor, interviewer) == "first"


# ---------- What became of it ----------


def test_the_words_follow_the_application_and_name_no_stage(interviewer, recruiter, job, client):
    referral = refer(interviewer, job=job)
    stages = {stage.kind: stage for stage in job.stages.all()}
    assert word(referral) == "received"

    application = handling.take_up(referral, job, by=recruiter).application
    said = [word(referral)]
    for kind in ("screen", "interview", "offer"):
        moves.move(application, stages[kind], by=recruiter)
        said.append(word(referral))
    client.force_login(interviewer)
    page = client.get(reverse("sourcing:referrals")).content.decode()
    opening = factories.OpeningFactory(job=job)
    moves.hire(application, opening, by=recruiter)

    assert said == ["in_review", "in_review", "interviewing", "offer"]
    assert word(referral) == "hired"
    assert "Secret" not in page
    assert "We are talking about terms." in page


def test_a_rejection_shows_once_its_letter_has_left(interviewer, recruiter, job):
    application = handling.take_up(refer(interviewer, job=job), job, by=recruiter).application
    reason = factories.RejectionReasonFactory()
    factories.MailboxFactory(is_default=True)
    letter = factories.MailTemplateFactory()
    rejection.reject(application, reason, by=recruiter, template=letter)
    assert word(Referral.objects.get()) == "in_review"

    Message.objects.update(status="sent")
    assert word(Referral.objects.get()) == "closed"


def test_who_is_not_credited_learns_that_they_are_in_process_and_no_more(interviewer, recruiter, job):
    noor, _ = identity.match_or_create(name="Noor Haddad", emails=["noor@haddad.example"], **APPLIED)
    application = starting.open_application(noor, job, by=None)
    referral = refer(interviewer, job=job)

    moves.move(application, job.stages.get(kind="offer"), by=recruiter)

    assert word(referral) == "in_process"
    assert handling.take_up(referral, job, by=recruiter).application == application
    assert word(referral) == "in_process"


def test_an_application_by_another_door_is_followed_unless_the_job_is_a_secret(interviewer, recruiter, job):
    referral = refer(interviewer)
    secret = factories.StageFactory(job__confidential=True, kind="applied").job
    starting.open_application(referral.candidate, secret, by=recruiter)
    assert word(referral) == "received"

    starting.open_application(referral.candidate, job, by=None)
    referral.refresh_from_db()
    assert (referral.state, word(referral)) == ("taken", "in_review")


@pytest.mark.parametrize("rows", [1, 4])
def test_words_ask_no_more_for_more_referrals(interviewer, recruiter, job, rows, django_assert_num_queries, client):
    for number in range(rows):
        handling.take_up(refer(interviewer, name=f"P {number}", email=f"p{number}@x.example"), job, by=recruiter)
    client.force_login(interviewer)
    client.get(reverse("sourcing:referrals"))
    with django_assert_num_queries(4):
        client.get(reverse("sourcing:referrals"))


def test_each_new_word_is_one_mail_to_whoever_wants_it(interviewer, manager, recruiter, job):
    referral = refer(interviewer, job=job)
    quiet = refer(manager, name="Ada Byron", email="ada@byron.example", wants_mail=False)
    standing.tell()
    assert Message.objects.count() == 0

    handling.take_up(referral, job, by=recruiter)
    handling.close(quiet, by=recruiter)
    standing.tell()
    standing.tell()

    mail = Message.objects.get()
    assert (mail.recipient, mail.subject) == (interviewer, "Your referral of Noor Haddad: In review")
    assert "Secret" not in mail.text


# ---------- What recruiters do ----------


def test_taking_it_up_credits_the_application(interviewer, recruiter, job):
    referral = refer(interviewer)

    application = handling.take_up(referral, job, by=recruiter).application

    assert application.source.kind == "referral"
    assert application.origin == {"referral": referral.pk, "referrer": interviewer.pk}
    assert handling.take_up(referral, job, by=recruiter).application == application
    with pytest.raises(Refused, match="in process"):
        handling.close(referral, by=recruiter)


def test_recruiters_find_it_on_today_in_the_list_and_on_the_profile(client, recruiter, interviewer, job):
    referral = refer(interviewer, knows=False)
    client.force_login(recruiter)
    assert [line.name for line in on_today(recruiter).lines] == ["Noor Haddad"]
    assert on_today(interviewer) is None
    listed = client.get(reverse("sourcing:referral_list")).content.decode()
    profile = client.get(referral.candidate.get_absolute_url()).content.decode()
    assert "She calmed the outage." in listed
    assert "They do not know yet" in listed
    assert "She calmed the outage." in profile

    client.post(reverse("sourcing:referral_act", args=[referral.pk, "take"]), {"job": job.pk})
    assert on_today(recruiter).lines == []
    assert "Data Engineer" in client.get(reverse("sourcing:referral_list") + "?show=taken").content.decode()


def test_each_act_can_be_taken_back_until_they_are_in_process(client, recruiter, interviewer, job):
    referral = refer(interviewer)
    client.force_login(recruiter)

    def act(name, **data):
        return client.post(reverse("sourcing:referral_act", args=[referral.pk, name]), data).status_code

    for name, state in (("keep", "taken"), ("reopen", "waiting"), ("close", "closed"), ("reopen", "waiting")):
        assert act(name) == 302
        referral.refresh_from_db()
        assert referral.state == state
    assert act("take", job="0") == 404
    assert act("promote") == 400
    assert act("take", job=job.pk) == 302
    assert act("reopen") == 409


def test_a_referral_for_a_job_one_may_not_see_is_not_listed(client, coordinator, interviewer, job):
    referral = refer(interviewer, job=job)
    job.confidential = True
    job.save()
    client.force_login(coordinator)

    assert "Noor" not in client.get(reverse("sourcing:referral_list")).content.decode()
    assert client.post(reverse("sourcing:referral_act", args=[referral.pk, "close"])).status_code == 404


def test_referrals_are_found_by_their_source(recruiter, interviewer):
    noor = refer(interviewer).candidate
    factories.CandidateFactory()
    search.refresh([noor.pk])

    for text in ("source:referral", "referrer:any", 'referrer:"Ines Interviewer"'):
        assert list(query.people(recruiter, text)) == [noor]
    assert list(query.people(recruiter, f'referrer:"{recruiter}"')) == []


def test_a_merge_takes_the_word_along_and_back(interviewer, recruiter):
    referral = refer(interviewer)
    twin = factories.CandidateFactory(name="Noor Haddad")
    deed = merging.merge(twin, referral.candidate, by=recruiter)
    referral.refresh_from_db()
    assert referral.candidate == twin

    merging.unmerge(deed, by=recruiter)
    referral.refresh_from_db()
    assert referral.candidate != twin
    assert duplicates.open_pair(twin) is None


# ---------- Pages ----------


def test_any_colleague_sends_the_form_with_a_resume(client, officer):
    client.force_login(officer)
    upload = SimpleUploadedFile("cv.pdf", files.pdf(), "application/pdf")

    answer = client.post(reverse("sourcing:refer"), typed(resume=upload))

    referral = Referral.objects.get()
    assert answer["Location"] == reverse("sourcing:referrals")
    assert (referral.resume.kind, referral.resume.uploaded_by) == ("resume", officer)


def test_a_mistake_costs_neither_words_nor_file(client, interviewer):
    client.force_login(interviewer)
    upload = SimpleUploadedFile("cv.pdf", files.pdf(), "application/pdf")

    wrong = client.post(reverse("sourcing:refer"), typed(resume=upload, email="", why="Calm & kind <b>"))

    page = wrong.content.decode()
    draft = page.split('name="resume_draft" value="')[1].split('"')[0]
    assert (wrong.status_code, "Calm &amp; kind &lt;b&gt;" in page, "cv.pdf is kept" in page) == (422, True, True)
    client.post(reverse("sourcing:refer"), typed(resume_draft=draft))
    assert Document.objects.get().name == "cv.pdf"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "noor@"},
        {"relation": "married"},
        {"knows": ""},
        {"why": "x" * 2001},
        {"job": "999999"},
        {"submission_key": "1"},
        {"resume_draft": "forged", "email": ""},
        {"name": "No\x00or"},
    ],
)
def test_what_is_wrong_is_said(client, interviewer, wrong):
    client.force_login(interviewer)

    assert client.post(reverse("sourcing:refer"), typed(**wrong)).status_code == 422
    assert Referral.objects.count() == 0


def test_the_form_tells_nobody_whether_a_person_is_known(client, interviewer, manager):
    """SEC-11: the same answer for somebody on record and for a stranger; what policy allows is on one's own page."""
    identity.match_or_create(name="Noor Haddad", emails=["noor@haddad.example"], **APPLIED)
    client.force_login(interviewer)

    known = client.post(reverse("sourcing:refer"), typed(), follow=True).content.decode()

    assert "Already in process" in known
    assert "Noor Haddad" in known
    assert Candidate.objects.get().get_absolute_url() not in known
    assert reverse("candidate_known") not in client.get(reverse("sourcing:refer")).content.decode()


def test_who_works_with_candidates_is_told_while_typing(client, recruiter):
    client.force_login(recruiter)

    assert reverse("candidate_known") in client.get(reverse("sourcing:refer")).content.decode()


def test_the_personal_link_speaks_for_its_owner_without_signing_in(client, interviewer):
    """SEC-5"""
    token = links.token(door.renew(interviewer))
    page = reverse("sourcing:refer_by_link", args=[token])

    shown = client.get(page)
    sent = client.post(page, typed(), follow=True)

    referral = Referral.objects.get()
    assert shown.headers["Cache-Control"].startswith("max-age=0")
    assert (referral.referrer, referral.by_link) == (interviewer, True)
    assert "Thank you." in sent.content.decode()
    assert "Received" in sent.content.decode()
    assert links.hide(f"Look: https://x.example{page}") == "Look: (personal link: refer)"


def test_a_forged_revoked_or_old_link_and_that_of_somebody_who_left_lead_nowhere(client, interviewer, settings):
    """SEC-5, SEC-11: one answer for all of them."""
    first = links.token(door.renew(interviewer))
    second = links.token(door.renew(interviewer))
    status = links.token(links.issue(PersonalLink.Purpose.STATUS, user=interviewer, valid_for=None))

    def answer(token):
        return client.get(reverse("sourcing:refer_by_link", args=[token])).status_code

    assert [answer(first), answer(status), answer("x" * 40), answer(second)] == [410, 410, 410, 200]
    PersonalLink.objects.update(expires_at=timezone.now())
    assert answer(second) == 410
    third = links.token(door.renew(interviewer))
    interviewer.is_active = False
    interviewer.save()
    assert answer(third) == 410
    with pytest.raises(LinkGone):
        door.owner(third)


def test_the_link_is_made_replaced_and_taken_back_on_ones_own_page(client, interviewer):
    client.force_login(interviewer)
    act, mine = reverse("sourcing:referral_link"), reverse("sourcing:referrals")
    client.post(act, {"act": "make"})
    first = links.url(door.link_of(interviewer), "sourcing:refer_by_link")
    assert first in client.get(mine).content.decode()

    client.post(act, {"act": "renew"})
    assert first not in client.get(mine).content.decode()

    client.post(act, {"act": "revoke"})
    assert door.link_of(interviewer) is None


def test_an_administrators_own_name_for_the_source_is_used(interviewer):
    Source.objects.filter(kind="referral").delete()
    mine = factories.SourceFactory(name="Empfehlung", kind="referral")

    assert refer(interviewer).candidate.source == mine
