"""The talent community: nobody is anybody's record before the address has said so, and leaving is as easy as joining.

Standard ids: PRIV-1, PRIV-2, PRIV-3, SEC-5, SEC-8, SEC-11, MAIL-1 to MAIL-5.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hiring import contact, staying
from hiring.mail import mime
from hiring.models import Candidate, Consent, DraftFile, LegalText, Message, ProcessingBasis
from sourcing import pools
from sourcing.community import door, joining, leaving
from sourcing.community.models import CommunityChoice, CommunityMember
from sourcing.models import PoolMember
from tests import files
from tests.factories import DepartmentFactory, EmailFactory, PostingFactory
from tests.sourcing.test_job_alerts import stamp_of

ADA = "ada@byron.example"
DAY = dt.timedelta(days=1)
LINK = re.compile(r"/community/(\S+?)/")


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def words(db):
    return LegalText.objects.create(
        kind="pool_consent", text="Keep me in mind for two years.", sha256="x", valid_from=timezone.now() - DAY
    )


@pytest.fixture
def choice(words, recruiter):
    pool = pools.create(name="Grid people", owner=recruiter)
    return CommunityChoice.objects.create(name="Engineering", pool=pool, months=24)


@pytest.fixture
def team(db):
    department = DepartmentFactory(name="Grid data")
    PostingFactory(job__department=department)
    return department


def typed(chosen, words, **more):
    return {
        "choice": chosen.pk,
        "name": "Ada Byron",
        "email": ADA,
        "text": words.pk,
        "agreed": "on",
        "started": stamp_of(),
        **more,
    }


def join(client, chosen, words, **more):
    return client.post(reverse("careers:community"), typed(chosen, words, **more))


def page_in(mail) -> str:
    return reverse("community_member", args=[LINK.search(mail.text)[1]])


def a_member(client, choice, words, **more) -> CommunityMember:
    join(client, choice, words, **more)
    client.post(page_in(Message.objects.latest("pk")), {"act": "confirm"})
    return CommunityMember.objects.get(address=more.get("email", ADA), choice=choice)


def test_nobody_is_a_candidate_before_the_address_has_confirmed(client, choice, words, team):
    answer = join(
        client, choice, words, departments=team.pk, wishes="part time", resume=SimpleUploadedFile("cv.pdf", files.pdf())
    )

    assert b"Look into your mail" in answer.content and not Candidate.objects.exists()
    [mail] = Message.objects.all()
    assert words.text in mail.text and "List-Unsubscribe" not in mime.headers(mail)
    page = page_in(mail)
    assert b"Is this you?" in client.get(page).content and not Candidate.objects.exists()

    assert client.post(page, {"act": "confirm"}).status_code == 302
    client.post(page, {"act": "confirm"})  # twice is once

    candidate = Candidate.objects.get()
    consent, basis, inside = Consent.objects.get(), ProcessingBasis.objects.get(), PoolMember.objects.get()
    assert (consent.text, consent.channel, consent.purpose) == (words, "community", "pool")  # PRIV-2, PRIV-3
    assert (basis.purpose, basis.basis) == ("pool", "consent")  # PRIV-1
    assert inside.candidate == candidate and inside.reason == "Joined the talent community: Grid data; “part time”"
    assert candidate.documents.get().kind == "resume" and not DraftFile.objects.exists()
    assert str(candidate.source) == "Talent community" and candidate.notice_due_on is None
    assert contact.may_send(candidate, Message.Class.OUTREACH).rule not in ("no_basis", "suppressed_unsubscribe")
    welcome = Message.objects.get(candidate=candidate)
    assert "List-Unsubscribe-Post" in mime.headers(welcome)


def test_somebody_known_joins_as_who_they_are_and_the_page_says_nothing_of_it(client, choice, words):
    """SEC-11, invariant 1: one person, one record."""
    known = EmailFactory(value=ADA, candidate__name="Ada King").candidate

    answers = {join(client, choice, words, email=one).content for one in (ADA, "new@mail.example")}
    assert len({re.sub(rb'(value|href)="[^"]+"', b"", one) for one in answers}) == 1

    client.post(page_in(Message.objects.earliest("pk")), {"act": "confirm"})
    known.refresh_from_db()
    assert PoolMember.objects.get().candidate == known and known.name == "Ada King"

    join(client, choice, words, wishes="something else")
    assert "in it already" in Message.objects.latest("pk").text
    assert CommunityMember.objects.get(address=ADA).words == ""  # a stranger changes nothing


@pytest.mark.parametrize(
    "wrong",
    [{"agreed": ""}, {"email": "ada"}, {"name": " "}, {"choice": "0"}, {"website": "x"}, {"started": "x"}, {"text": 0}],
)
def test_a_mistake_is_said_and_costs_neither_words_nor_file(client, choice, words, wrong):
    CommunityChoice.objects.create(name="Early careers", pool=choice.pool)

    answer = join(
        client, choice, words, **{"wishes": "part time", "resume": SimpleUploadedFile("cv.pdf", files.pdf())} | wrong
    )

    page = answer.content.decode()
    assert answer.status_code == 422 and "part time" in page and "cv.pdf" in page
    assert not CommunityMember.objects.exists() and not Message.objects.exists()


def test_what_they_agree_to_is_what_they_were_shown(client, choice, words):
    """PRIV-3: words that changed while the form was open are shown again."""
    LegalText.objects.create(kind="pool_consent", text="For three years.", sha256="y", valid_from=timezone.now())

    answer = join(client, choice, words)

    assert (
        answer.status_code == 422 and b"have changed since" in answer.content and b"For three years." in answer.content
    )


def test_there_is_no_page_where_there_is_nothing_to_join_or_to_agree_to(client, choice, words):
    assert "Stay in touch without" in client.get(reverse("careers:home")).content.decode()

    LegalText.objects.filter(kind="pool_consent").delete()

    assert client.get(reverse("careers:community")).status_code == 404
    assert "Stay in touch without" not in client.get(reverse("careers:home")).content.decode()


def test_leaving_ends_consent_and_pool_at_once(client, choice, words):
    """PRIV-2, MAIL-3 to MAIL-5."""
    member = a_member(client, choice, words)
    address = reverse("community_leave", args=[door.token(member)])

    assert client.get(address).status_code == 200 and CommunityMember.objects.exists()
    first, again = client.post(address), client.post(address)

    assert first.status_code == 200 and first.content == again.content
    assert not staying.has_agreed(member.candidate) and not PoolMember.objects.exists()
    assert not CommunityMember.objects.exists()
    assert contact.may_send(member.candidate, Message.Class.OUTREACH).rule == "no_basis"
    assert member.candidate.events.filter(kind="pool.removed").exists()


def test_whom_a_colleague_put_in_the_pool_stays_there(client, choice, words, recruiter):
    person = EmailFactory(value=ADA).candidate
    pools.add(choice.pool, person, reason="Knows meters", by=recruiter)

    leaving.leave(a_member(client, choice, words))

    assert PoolMember.objects.get().reason == "Knows meters"


def test_consent_runs_out_unless_it_is_renewed_and_they_are_asked_before(client, choice, words):
    member = a_member(client, choice, words)
    assert dt.timedelta(days=700) < member.ends_at - timezone.now() < dt.timedelta(days=740)
    CommunityMember.objects.update(ends_at=timezone.now() + 10 * DAY)

    leaving.sweep()
    leaving.sweep()
    [asked] = Message.objects.filter(dedupe_key__contains=":ends:")
    client.post(page_in(asked), {"act": "renew"})
    member.refresh_from_db()
    assert member.ends_at > timezone.now() + 700 * DAY and not member.told_end

    CommunityMember.objects.update(ends_at=timezone.now() - DAY)
    assert leaving.sweep() == 1
    assert not staying.has_agreed(member.candidate) and not PoolMember.objects.exists()


def test_a_consent_given_elsewhere_outlasts_the_community(client, choice, words):
    member = a_member(client, choice, words)
    other = LegalText.objects.create(kind="pool_consent", text="Other.", sha256="z", valid_from=timezone.now())
    staying.agree(member.candidate, locale="en", channel="career_site", words=other)
    CommunityMember.objects.update(ends_at=timezone.now() - DAY)

    leaving.sweep()

    assert staying.has_agreed(member.candidate) and not CommunityMember.objects.exists()


def test_what_is_never_confirmed_is_deleted_with_its_file_and_its_mail(client, choice, words):
    join(client, choice, words, resume=SimpleUploadedFile("cv.pdf", files.pdf()))
    CommunityMember.objects.update(ends_at=timezone.now() - DAY)

    leaving.sweep()

    assert not any(model.objects.exists() for model in (CommunityMember, DraftFile, Message, Candidate))


def test_an_address_is_not_flooded_with_mail(client, choice, words):
    for _ in range(joining.MAILS_A_DAY + 2):
        join(client, choice, words)

    assert Message.objects.count() == joining.MAILS_A_DAY


def test_they_change_what_they_look_for(client, choice, words, team):
    member = a_member(client, choice, words)

    client.post(reverse("community_member", args=[door.token(member)]), {"act": "change", "departments": [team.pk]})

    assert PoolMember.objects.get().reason == "Joined the talent community: Grid data"


@pytest.mark.parametrize("token", ["x", "x" * 22 + ".y"])
def test_a_forged_link_leads_nowhere(client, db, token):
    assert client.get(f"/community/{token}/").status_code == 404
