"""Job alerts: nobody is written to who did not confirm it, everybody is told once of what they asked for, and leaving is one click.

Standard ids: MAIL-1 to MAIL-7, MAIL-24, MAIL-25, SEC-5, SEC-8, SEC-11.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hiring import suppression
from hiring.mail import delivery, inbound, mime
from hiring.models import Message, PostingTranslation, Suppression
from sourcing.careers import form as apply_form
from sourcing.careers import listing
from sourcing.careers.listing import Wanted
from sourcing.job_alerts import asking, digests, door, ending
from sourcing.job_alerts.models import JobAlert
from tests.factories import DepartmentFactory, LocationFactory, PostingFactory

ADA = "ada@byron.example"
DAY = dt.timedelta(days=1)
LINK = re.compile(r"/alerts/(\S+?)/")


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def posting(db):
    return PostingFactory(title="Data Engineer", job__department=DepartmentFactory(name="Grid data"))


def stamp_of(seconds_ago=60) -> str:
    then = timezone.now().timestamp() - seconds_ago
    return signing.TimestampSigner(salt=apply_form.STARTED_SALT).sign_object({"at": then})


def typed(**more):
    return {"email": ADA, "words": "data", "often": "daily", "started": stamp_of(), **more}


def ask(client, **more):
    return client.post(reverse("careers:alerts"), typed(**more))


def an_alert(address=ADA, since=None, **search) -> JobAlert:
    """Confirmed two days ago and due now."""
    now = timezone.now()
    return JobAlert.objects.create(
        address=address,
        created_at=now - 2 * DAY,
        confirmed_at=now - 2 * DAY,
        told_until=since or now - 2 * DAY,
        due_at=now - dt.timedelta(minutes=1),
        ends_at=now + 100 * DAY,
        **{"often": "daily", **search},
    )


def mails(address=ADA) -> list[Message]:
    return list(Message.objects.filter(to_address__contains=address).order_by("pk"))


# Asking


def test_nobody_is_told_anything_before_the_address_has_confirmed(client, posting):
    answer = ask(client)

    assert answer.status_code == 200 and b"Look into your mail" in answer.content
    [mail] = mails()
    assert "“data”" in mail.text and mail.is_automatic
    assert mime.headers(mail)["Auto-Submitted"] == "auto-generated"  # MAIL-24
    assert digests.send_due() == 0 and len(mails()) == 1

    page = reverse("job_alert", args=[LINK.search(mail.text)[1]])
    assert b"Yes, write to me" in client.get(page).content
    assert JobAlert.objects.get().confirmed_at is None  # looking changes nothing (SEC-5)
    client.post(page, {"act": "confirm"})
    alert = JobAlert.objects.get()
    assert alert.confirmed_at and alert.due_at > timezone.now() and alert.ends_at > timezone.now() + 150 * DAY


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client, posting):
    """SEC-11."""
    an_alert(words="data")
    suppression.suppress("gone@mail.example", Suppression.Reason.HARD_BOUNCE)

    answers = {ask(client, email=one).content for one in (ADA, "new@mail.example", "gone@mail.example")}

    assert len({re.sub(rb'value="[^"]+"', b"", one) for one in answers}) == 1
    assert "already" in mails()[0].text
    delivery.sweep()
    assert Message.objects.get(to_address__contains="gone@").status == Message.Status.BLOCKED


def test_asking_again_for_what_was_never_confirmed_writes_again_and_keeps_one(client, posting):
    ask(client)
    ask(client, often="weekly")

    assert [alert.often for alert in JobAlert.objects.all()] == ["weekly"] and len(mails()) == 2


def test_an_address_is_not_flooded_with_mail_somebody_else_asks_for(client, posting):
    for number in range(asking.MAILS_A_DAY + 3):
        assert b"Look into your mail" in ask(client, words=f"data {number}").content

    assert len(mails()) == asking.MAILS_A_DAY


def test_programs_are_held_off_and_people_lose_nothing(client, posting):
    """SEC-8: the hidden field, the time it takes, and a limit a network."""
    filled = ask(client, website="http://spam.example")
    quick = ask(client, started=stamp_of(0))
    forged = ask(client, started="none")

    assert [one.status_code for one in (filled, quick, forged)] == [422, 422, 422]
    assert b'value="data"' in quick.content and ADA.encode() in quick.content
    assert JobAlert.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"email": "ada"}, {"department": "999"}, {"often": "hourly"}, {"words": "x" * 101}])
def test_what_cannot_be_read_is_said_where_it_was_entered(client, posting, wrong):
    answer = ask(client, **wrong)

    assert answer.status_code == 422 and b"data-invalid" in answer.content and not mails()


def test_departments_nobody_was_ever_sought_for_in_public_are_not_offered(client, posting):
    secret = PostingFactory(job__department__name="Takeover", audience="colleagues", first_published_at=None)

    page = client.get(reverse("careers:alerts")).content.decode()

    assert "Grid data" in page and secret.job.department.name not in page


# Being told


def test_new_public_jobs_are_told_once_and_nothing_else_is(posting):
    hidden = PostingFactory(title="Secret", job__confidential=True)
    internal = PostingFactory(title="Inside", audience="colleagues", first_published_at=None)
    old = PostingFactory(title="Old", first_published_at=timezone.now() - 5 * DAY)
    an_alert()

    assert digests.send_due() == 1
    [mail] = mails()
    assert mail.subject == f"New job: {posting.title}" and posting.get_absolute_url() in mail.text
    assert not any(one.title in mail.text for one in (hidden, internal, old))
    assert JobAlert.objects.get().due_at > timezone.now()

    JobAlert.objects.update(due_at=timezone.now())
    assert digests.send_due() == 0  # nothing new, no mail


def test_an_alert_finds_what_the_list_of_jobs_finds(db):
    """One meaning of a search on both sides, whatever is looked for."""
    lyon, graz = LocationFactory(name="Lyon HQ", city="Lyon"), LocationFactory(name="Graz", city="Graz")
    grid, sales = DepartmentFactory(name="Grid"), DepartmentFactory(name="Sales & more")
    PostingFactory(title="Data Engineer", job__department=grid, place=[lyon, graz])
    PostingFactory(title="Account 100% Manager", job__department=sales, place=[lyon])
    far = PostingFactory(title="Data Steward", job__department=sales, place=[graz], place__workplace="remote")
    PostingTranslation.objects.create(posting=far, language="de", title="Datenpfleger Ü", changed_at=timezone.now())
    searches = [
        Wanted(),
        Wanted(words="DATA"),
        Wanted(words="data lyon"),
        Wanted(words="datenpfleger ü"),
        Wanted(words="100%"),
        Wanted(words="_"),
        Wanted(words="grid engineer graz"),
        Wanted(department=sales.pk),
        Wanted(location=graz.pk, words="sales"),
        Wanted(remote=True),
        Wanted(words="nothing like this"),
    ]
    alerts = [
        an_alert(
            f"a{number}@mail.example",
            words=one.words,
            department_id=one.department,
            location_id=one.location,
            remote=one.remote,
        )
        for number, one in enumerate(searches)
    ]

    found = digests.match(alerts, timezone.now())

    for alert, one in zip(alerts, searches, strict=True):
        wanted = set(listing.matching(one).values_list("pk", flat=True))
        assert set(found[alert.pk].postings if alert.pk in found else ()) == wanted, one


def test_who_reads_german_is_told_in_german_and_of_nothing_else(posting):
    PostingTranslation.objects.create(
        posting=posting, language="de", title="Dateningenieurin", changed_at=timezone.now()
    )
    PostingFactory(title="English only")
    an_alert(language="de")

    digests.send_due()

    [mail] = mails()
    assert "Dateningenieurin" in mail.text and "/de/" in mail.text and "English only" not in mail.text


@pytest.mark.parametrize("alerts", [2, 12])
def test_many_alerts_cost_as_much_as_few(posting, alerts):
    for number in range(alerts):
        an_alert(f"a{number}@mail.example", words="data" if number % 2 else "")
        PostingFactory()

    with CaptureQueriesContext(connection) as asked:
        assert digests.send_due() == alerts

    assert len(asked) <= 22


def test_a_long_list_names_the_newest_and_counts_the_rest(posting):
    for _ in range(digests.MOST_JOBS + 2):
        PostingFactory()
    an_alert()

    digests.send_due()

    assert "And 3 more" in mails()[0].text


def test_the_next_mail_comes_in_the_morning_and_never_at_once(db):
    noon = dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC)

    daily, weekly = asking.next_due("daily", noon), asking.next_due("weekly", noon)

    assert daily.isoformat() == "2026-03-28T07:00:00+01:00"
    assert weekly.isoformat() == "2026-04-03T07:00:00+02:00"  # summer began in between


# Leaving


def sent_digest(posting) -> Message:
    an_alert()
    digests.send_due()
    delivery.sweep()
    [mail] = mails()
    assert mail.status == Message.Status.SENT
    return mail


def test_each_mail_carries_a_way_out_of_one_click(client, posting):
    """MAIL-1, MAIL-3 to MAIL-5: POST acts without cookie or token, GET shows a page, repeats and forgeries are answered alike."""
    headers = mime.headers(sent_digest(posting))
    address = re.search(r"<https?://[^/]+(/\S+?)>", headers["List-Unsubscribe"])[1]

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert client.get(address).status_code == 200 and JobAlert.objects.exists()
    first = client.post(address, {"List-Unsubscribe": "One-Click"})
    again, forged = client.post(address), client.post(reverse("job_alert_end", args=["x" * 22 + ".y"]))
    assert first.status_code == 200 and first.content == again.content == forged.content
    assert not JobAlert.objects.exists()


def test_leaving_by_mail_ends_every_alert_of_the_address(posting):
    """MAIL-7."""
    mail = sent_digest(posting)
    an_alert(words="other")
    raw = f"From: {ADA}\r\nTo: unsubscribe+{mail.token.hex}@in.example\r\nSubject: stop\r\n\r\nstop\r\n".encode()

    inbound.receive(raw, envelope_from=ADA, recipients=[mime.reply_address(mail).replace("reply+", "unsubscribe+")])

    assert not JobAlert.objects.exists()


def test_whoever_calls_it_spam_hears_no_more(posting):
    """MAIL-22, MAIL-25: and what is suppressed is not asked for digests either."""
    an_alert()
    an_alert("gone@mail.example")
    suppression.suppress(ADA, Suppression.Reason.COMPLAINT)
    suppression.suppress("gone@mail.example", Suppression.Reason.ERASURE)

    assert digests.send_due() == 0 and not JobAlert.objects.exists()


def test_a_digest_that_waits_is_not_sent_once_its_alert_has_ended(posting):
    """MAIL-6."""
    alert = an_alert()
    digests.send_due()

    ending.end(alert)
    delivery.sweep()

    assert [mail.status for mail in mails()] == [Message.Status.BLOCKED]


def test_changing_it_to_one_there_is_already_is_refused_where_it_was_entered(client, posting):
    an_alert(words="data")
    other = an_alert(words="grid")
    page = reverse("job_alert", args=[door.token(other)])

    answer = client.post(page, {"act": "change", "words": "data", "often": "daily"})
    assert answer.status_code == 422 and b"already" in answer.content
    client.post(page, {"act": "change", "words": "meters", "often": "weekly"})

    other.refresh_from_db()
    assert (other.words, other.often) == ("meters", "weekly")


def test_what_is_not_confirmed_or_kept_goes_with_all_that_was_sent(client, posting):
    ask(client)
    kept, over = an_alert("kept@mail.example"), an_alert("over@mail.example")
    digests.send_due()
    JobAlert.objects.exclude(pk=kept.pk).update(ends_at=timezone.now() - DAY)

    assert ending.sweep() == 2

    assert [alert.pk for alert in JobAlert.objects.all()] == [kept.pk]
    assert [mail.to_address for mail in Message.objects.all()] == ["kept@mail.example"] and over


def test_an_alert_that_ends_soon_says_so_once_and_can_be_kept(client, posting):
    alert = an_alert(since=timezone.now())
    JobAlert.objects.update(ends_at=timezone.now() + 3 * DAY)

    assert digests.send_due() == 1 and digests.send_due() == 0
    client.post(reverse("job_alert", args=[door.token(alert)]), {"act": "keep"})

    alert.refresh_from_db()
    assert alert.ends_at > timezone.now() + 150 * DAY and not alert.told_end


@pytest.mark.parametrize("token", ["x", "x" * 22 + ".y", "%00"])
def test_a_forged_link_leads_nowhere(client, db, token):
    assert client.get(f"/alerts/{token}/").status_code == 404
