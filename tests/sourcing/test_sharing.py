"""Sharing jobs: words with one's own address, credit without names, and a leaderboard only where it is wanted."""

from __future__ import annotations

import re
import uuid
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.urls import reverse

from hiring.errors import Refused
from hiring.models import Job, Message, User
from pipeline import moves, rejection
from pipeline.models import Application
from sourcing.referrals import giving, leaderboard, sharing, standing
from sourcing.referrals.models import Referral, ReferralSettings
from sourcing.tracking import links
from sourcing.tracking.models import TrackingLink
from tests.factories import RejectionReasonFactory, UserFactory
from tests.sourcing.test_careers import cv, hidden_of, open_posting, send
from tests.sourcing.test_referrals import refer


@pytest.fixture
def posting(db):
    return open_posting(job__title="Data Engineer", title="Data Engineer")


@pytest.fixture
def link(posting, interviewer):
    return sharing.make_link(interviewer, posting.job)


def applies(client, posting, link, **entered):
    """Somebody opens the shared address, goes on to the form and applies."""
    landed = client.get(links.leads_to(link)).content.decode()
    page = client.get(re.search(r'href="(/careers/jobs/[^"]*/apply/\?o=[^"]+)"', landed)[1])
    key = str(uuid.uuid4())
    send(client, posting, o=hidden_of(page)["o"], resume=cv(), **{"submission_key": key, "link": "", **entered})
    return Application.objects.order_by("-pk").first()


def share_of(user, posting, link, words=""):
    return sharing.share(user, posting, link, words)


# The words


def test_a_colleague_gets_an_address_and_words_for_mail_linkedin_and_whatsapp(client, interviewer, posting):
    client.force_login(interviewer)
    address = reverse("sourcing:share", args=[posting.job_id])
    before = client.get(address).content.decode()
    page = client.post(address, follow=True).content.decode()
    made = TrackingLink.objects.get()
    share = share_of(interviewer, posting, made)

    assert "Make my address" in before and share.address in page
    assert (made.referrer, made.job, made.source.kind) == (interviewer, posting.job, "referral")
    mail = parse_qs(urlsplit(share.mail).query)
    assert mail["subject"] == ["Data Engineer at Nordvale Grid"]
    assert share.address in mail["body"][0] and "Ines" in mail["body"][0] and "{{" not in mail["body"][0]
    assert parse_qs(urlsplit(share.linkedin).query) == {"url": [share.address]}
    assert share.address in unquote(share.whatsapp)
    for known in (share.mail, share.linkedin, share.whatsapp):
        assert known.replace("&", "&amp;") in page


def test_own_words_are_used_and_the_address_is_never_lost(client, interviewer, posting, link):
    client.force_login(interviewer)
    words = 'Come & join <b>us</b>: {{ job_title }} "now" {{ unknown }}'
    page = client.get(reverse("sourcing:share", args=[posting.job_id]), {"text": words}).content.decode()
    text = share_of(interviewer, posting, link, words).text

    assert text.startswith('Come & join <b>us</b>: Data Engineer "now" {{ unknown }}')
    assert text.endswith(links.address_of(link))
    assert "<b>us</b>" not in page


def test_the_organisations_words_come_first(interviewer, posting, link):
    ReferralSettings(share_subject="Join {{ organisation }}", share_text="Look: {{ link }} ({{ job_title }})").save()
    share = share_of(interviewer, posting, link)

    assert (share.subject, share.text) == ("Join Nordvale Grid", f"Look: {share.address} (Data Engineer)")


def test_the_administration_names_a_mistaken_field_and_keeps_one_row(client, admin):
    client.force_login(admin)
    add = reverse("admin:sourcing_referralsettings_add")
    wrong = client.post(add, {"share_subject": "", "share_text": "Hello {{ firstname }}"})
    client.post(add, {"share_subject": "", "share_text": "Hello {{ link }}", "has_leaderboard": "on"})

    assert "Not a field: firstname" in wrong.content.decode()
    assert ReferralSettings.objects.get().has_leaderboard
    assert client.get(add).status_code == 403


def test_one_address_a_colleague_and_job(interviewer, manager, posting, link):
    assert sharing.make_link(interviewer, posting.job) == link
    assert sharing.make_link(manager, posting.job) != link


def test_only_public_jobs_are_shared(client, interviewer, posting):
    Job.objects.filter(pk=posting.job_id).update(confidential=True)
    client.force_login(interviewer)

    with pytest.raises(Refused, match="not public"):
        sharing.make_link(interviewer, posting.job)
    assert client.get(reverse("sourcing:share", args=[posting.job_id])).status_code == 404
    assert "Data Engineer" not in client.get(reverse("sourcing:share_list")).content.decode()


def test_a_job_that_became_confidential_is_named_to_nobody_who_shared_or_referred_for_it(
    client, interviewer, posting, link
):
    refer(interviewer, job=posting.job)
    Job.objects.filter(pk=posting.job_id).update(confidential=True)
    client.force_login(interviewer)

    for page in ("share_list", "referrals"):
        assert "Data Engineer" not in client.get(reverse(f"sourcing:{page}")).content.decode()


def test_colleagues_links_are_not_among_those_of_campaigns(client, recruiter, link):
    client.force_login(recruiter)

    assert link.token not in client.get(reverse("sourcing:links")).content.decode()
    assert client.get(link.get_absolute_url()).status_code == 404


# The credit


def test_whoever_applies_by_a_shared_link_is_a_credited_referral(client, interviewer, posting, link):
    application = applies(client, posting, link)

    referral = Referral.objects.get()
    assert (referral.referrer, referral.application, referral.credit, referral.state) == (
        interviewer,
        application,
        "first",
        "taken",
    )
    assert application.source == giving.source()
    assert application.candidate.referred_by == interviewer
    assert application.candidate.notice_due_on is None  # PRIV-3: they were informed at the form


def test_the_colleague_learns_no_name_and_nothing_of_how_it_goes(client, interviewer, recruiter, posting, link):
    """Only that somebody came, and a hire: whoever applied never agreed to be followed."""
    application = applies(client, posting, link)
    posting.job.team.create(user=recruiter, role="recruiter")
    client.force_login(interviewer)
    name = application.candidate.name

    def words():
        standing.tell()
        page = client.get(reverse("sourcing:referrals")).content.decode()
        assert name not in page and sharing.SOMEBODY in page
        [(_, word)] = standing.words_of(standing.for_words(Referral.objects.all()))
        return word.code

    seen = [words()]
    moves.move(application, posting.job.stages.get(kind="interview"), by=recruiter)
    seen.append(words())
    rejection.reject(Application.objects.get(), RejectionReasonFactory(), by=recruiter)
    seen.append(words())

    assert seen == ["received", "received", "received"]
    assert not Message.objects.filter(recipient=interviewer).exists()


def test_a_hire_is_told(client, interviewer, posting, link):
    application = applies(client, posting, link)
    Application.objects.filter(pk=application.pk).update(status="hired", stage=posting.job.stages.get(kind="hired"))
    standing.tell()

    [mail] = Message.objects.filter(recipient=interviewer)
    assert "Hired" in mail.subject and application.candidate.name not in mail.subject + mail.text


def test_one_of_whom_a_colleague_gave_the_name_before_stays_theirs(client, interviewer, manager, posting, link):
    """The word that was given first is joined; the link adds no second referral."""
    given = refer(manager, job=posting.job, name="Samira Rahimi", email="samira@mail.example")
    applies(client, posting, link, name="Samira Rahimi", email="samira@mail.example")

    assert list(Referral.objects.all()) == [given]
    given.refresh_from_db()
    assert given.application is not None


def test_somebody_in_process_elsewhere_is_not_credited(client, interviewer, posting, link):
    other = open_posting(job__title="Analyst")
    send(client, other, resume=cv())
    applies(client, posting, link)

    assert Referral.objects.get().credit == "in_process"
    assert Application.objects.order_by("pk").last().candidate.referred_by is None


def test_ones_own_application_is_no_referral_and_one_who_left_gets_no_credit(client, interviewer, posting, link):
    applies(client, posting, link, email=interviewer.email)
    User.objects.filter(pk=interviewer.pk).update(is_active=False)
    applies(client, posting, link, email="other@mail.example", name="Other Person")

    assert Application.objects.count() == 2 and not Referral.objects.exists()


def test_ones_own_links_show_numbers(client, interviewer, posting, link):
    applies(client, posting, link)
    client.force_login(interviewer)
    page = client.get(reverse("sourcing:share_list")).content.decode()

    assert "What your links brought" in page
    assert sharing.numbers(interviewer)[0].first == 1


# The leaderboard


@pytest.fixture
def board_on(db):
    ReferralSettings(has_leaderboard=True).save()


def test_there_is_no_leaderboard_unless_the_organisation_wants_one(client, interviewer):
    client.force_login(interviewer)

    assert client.get(reverse("sourcing:leaders")).status_code == 404
    assert "Leaderboard" not in client.get(reverse("sourcing:share_list")).content.decode()


def test_it_shows_numbers_only_hires_first_and_equals_share_a_place(
    client, board_on, interviewer, manager, recruiter, posting
):
    three = [refer(interviewer, email=f"p{n}@mail.example", name=f"Person {n}") for n in range(3)]
    refer(manager, email="m@mail.example", name="Mona")
    refer(recruiter, email="r@mail.example", name="Rosa")
    refer(recruiter, email="p1@mail.example", name="Person 1")  # not credited
    application = Application.objects.create(
        candidate=three[0].candidate, job=posting.job, stage=posting.job.stages.get(kind="hired"), status="hired",
        applied_at=three[0].created_at, entered_stage_at=three[0].created_at,
    )  # fmt: skip
    Referral.objects.filter(candidate=application.candidate).update(application=application)

    assert [(place.rank, place.user, place.referred, place.hired) for place in leaderboard.places()] == [
        (1, interviewer, 3, 1), (2, manager, 1, 0), (2, recruiter, 1, 0),
    ]  # fmt: skip
    client.force_login(manager)
    page = client.get(reverse("sourcing:leaders")).content.decode()
    assert "Person 0" not in page and "Data Engineer" not in page


def test_whoever_does_not_want_to_be_on_it_is_not(client, board_on, interviewer, manager):
    refer(interviewer)
    UserFactory(is_active=False)
    client.force_login(interviewer)
    client.post(reverse("sourcing:leaders"), {"take_part": "0"})
    out = leaderboard.places()
    page = client.get(reverse("sourcing:leaders")).content.decode()
    client.post(reverse("sourcing:leaders"), {"take_part": "1"})

    assert out == [] and "1 referred, 0 hired" in page
    assert [place.user for place in leaderboard.places()] == [interviewer]


@pytest.mark.parametrize("rows", [1, 4])
def test_the_pages_ask_no_more_for_more_rows(client, board_on, interviewer, rows, django_assert_max_num_queries):
    for number in range(rows):
        posting = open_posting()
        sharing.make_link(interviewer, posting.job)
        refer(UserFactory(), email=f"p{number}@mail.example", name=f"Person {number}")
    client.force_login(interviewer)
    with django_assert_max_num_queries(14):
        client.get(reverse("sourcing:share_list"))
    with django_assert_max_num_queries(10):
        client.get(reverse("sourcing:leaders"))
