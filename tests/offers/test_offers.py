"""Offers from terms to signature: approval, immutability, one signature, proof (REC-10..16)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import threading
from decimal import Decimal

import pypdf
import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from hiring import approvals, links
from hiring.errors import Refused
from hiring.models import ApprovalChain, LegalText, Message, Opening, PersonalLink, TimelineEvent
from offers import letters, sending, signing, terms
from offers import today as offers_today
from offers.models import Offer, Signature
from pipeline import moves, rejection
from tests.factories import ApplicationFactory, RejectionReasonFactory

SIGNER = signing.Signer("127.0.0.1", "A browser")


def some_terms(**changes):
    return {
        "title": "Senior Data Engineer",
        "salary": Decimal(72000),
        "currency": "EUR",
        "period": "YEAR",
        "start_date": timezone.localdate() + dt.timedelta(days=40),
        "place": "Lyon",
        "expires_at": timezone.now() + dt.timedelta(days=7),
        **changes,
    }


@pytest.fixture
def consent_words(db):
    return LegalText.objects.create(
        kind="esign_consent", valid_from=timezone.now() - dt.timedelta(days=1), text="You agree.", sha256="0" * 64
    )


@pytest.fixture
def chain(admin):
    chain = ApprovalChain.objects.create(name="Offers", subject_kind="offer")
    chain.groups.create(position=0).approvers.add(admin)
    return chain


@pytest.fixture
def drafted(world, recruiter):
    return terms.draft(world.application, by=recruiter, **some_terms())


@pytest.fixture
def sent(drafted, recruiter, consent_words):
    terms.submit(drafted, by=recruiter)
    return sending.send(drafted, by=recruiter)


@pytest.fixture
def link(sent):
    return sending.link_of(sent)


@pytest.fixture
def opened(link):
    return signing.consent(link)


def signed_by(link, name="Noor Haddad"):
    return signing.sign(link, name=name, sha256=signing.offer_of(link).letter_sha256, signer=SIGNER)


def kinds(candidate):
    return list(TimelineEvent.objects.filter(candidate=candidate).order_by("id").values_list("kind", flat=True))


def test_an_offer_is_approved_sent_read_and_signed(world, opened, link):
    signed_by(link)

    offer = Offer.objects.get()
    world.application.refresh_from_db()
    assert (offer.status, world.application.status) == ("accepted", "hired")
    assert Opening.objects.get().status == "filled"
    told = [kind for kind in kinds(world.candidate) if kind.startswith("offer.")]
    assert told == ["offer.drafted", "offer.approved", "offer.sent", "offer.viewed", "offer.accepted"]


def test_sending_waits_for_approval(drafted, recruiter, chain):
    terms.submit(drafted, by=recruiter)

    with pytest.raises(Refused, match="not approved"):
        sending.send(drafted, by=recruiter)


def test_an_approver_can_turn_the_terms_down(drafted, recruiter, chain):
    approval = terms.submit(drafted, by=recruiter)
    approvals.decide(approval.groups.get().votes.get(), "reject", comment="Too much")

    drafted.refresh_from_db()
    assert drafted.status == "draft"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"salary": Decimal(80000)}, "draft"),
        ({"start_date": dt.date(2027, 5, 3)}, "draft"),
        ({"expires_at": timezone.now() + dt.timedelta(days=20)}, "approved"),
        ({}, "approved"),
    ],
    ids=["pay", "first day", "date to answer by", "nothing"],
)
def test_a_guarded_change_voids_the_approval(drafted, recruiter, change, status):
    """Invariant 6."""
    terms.submit(drafted, by=recruiter)

    assert terms.edit(drafted, by=recruiter, **change).status == status


def test_a_sent_offer_is_immutable(sent, recruiter):
    with pytest.raises(Refused, match="stays as it is"):
        terms.edit(sent, by=recruiter, salary=Decimal(1))


def test_a_revision_is_a_new_version_and_kills_the_old_link(sent, link, recruiter):
    revised = terms.revise(sent, by=recruiter)

    sent.refresh_from_db()
    assert (sent.status, revised.version, revised.status) == ("voided", 2, "draft")
    with pytest.raises(Refused):
        links.open_link(links.token(link), PersonalLink.Purpose.SIGN)


def test_only_one_live_offer_an_application(drafted, world, recruiter):
    with pytest.raises(Refused, match="already an offer"):
        terms.draft(world.application, by=recruiter, **some_terms())


def test_no_offer_without_an_open_opening(world, recruiter):
    world.job.openings.update(status="filled")

    with pytest.raises(Refused, match="filled"):
        terms.draft(world.application, by=recruiter, **some_terms())


def test_sending_mails_a_personal_link_and_moves_to_the_offer_stage(sent, world):
    message = Message.objects.get(dedupe_key=f"offer:{sent.pk}")
    world.application.refresh_from_db()

    assert "/offer/" in message.text
    assert world.application.stage == world.stages["offer"]


def test_signing_before_reading_is_refused(link):
    """REC-10: agreement to electronic form comes first."""
    with pytest.raises(Refused, match="read the letter"):
        signed_by(link)


def test_signing_twice_signs_once(opened, link):
    first = signed_by(link)
    second = signed_by(link, name="Somebody Else")

    assert first == second
    assert Signature.objects.get().signer_name == "Noor Haddad"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_sign_once(opened, link):
    def click():
        try:
            signed_by(link)
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=click) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert (Signature.objects.count(), Opening.objects.filter(status="filled").count()) == (1, 1)


def test_an_expired_offer_cannot_be_signed(opened, link):
    Offer.objects.update(sent_at=timezone.now() - dt.timedelta(days=9), expires_at=timezone.now())

    with pytest.raises(Refused, match="passed"):
        signed_by(link)


def test_a_rejected_application_cannot_be_signed(opened, link, world, recruiter):
    rejection.reject(world.application, RejectionReasonFactory(), by=recruiter)

    with pytest.raises(Refused, match="no longer"):
        signed_by(link)


def test_a_withdrawn_person_cannot_be_hired_by_an_old_tab(opened, link, world):
    moves.withdraw(world.application)

    with pytest.raises(Refused):
        signed_by(link)


def test_the_letter_signed_is_the_letter_shown(opened, link):
    """REC-13: a hash of another letter, or bytes changed on the disk, stop the signature."""
    with pytest.raises(Refused, match="not the one on record"):
        signing.sign(link, name="Noor Haddad", sha256="0" * 64, signer=SIGNER)

    with open(opened.letter.file.path, "ab") as file:
        file.write(b"\n% a later thought")
    with pytest.raises(Refused, match="not the one on record"):
        signed_by(link)


def test_declining_tells_the_owner_and_leaves_the_application_active(link, world):
    signing.decline(link, reason="Another offer came first.")

    world.application.refresh_from_db()
    offer = Offer.objects.get()
    assert (offer.status, offer.decline_reason, world.application.status) == (
        "declined",
        "Another offer came first.",
        "active",
    )
    assert Message.objects.filter(dedupe_key=f"offer_declined:{offer.pk}").exists()


def test_the_sweep_expires_what_is_past_its_date(sent):
    Offer.objects.update(sent_at=timezone.now() - dt.timedelta(days=9), expires_at=timezone.now())

    assert sending.expire_due() == 1
    assert sending.expire_due() == 0
    sent.refresh_from_db()
    assert sent.status == "expired"


def test_the_signed_copy_holds_letter_and_certificate_and_goes_to_both(opened, link):
    """REC-14, REC-15."""
    signature = signed_by(link)
    signing.make_signed_copy(signature.pk)
    signing.make_signed_copy(signature.pk)

    offer = Offer.objects.get()
    signature.refresh_from_db()
    content = offer.signed_letter.file.read()
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert hashlib.sha256(content).hexdigest() == signature.sha256_after
    for words in ("Senior Data Engineer", "Certificate of signature", str(signature.certificate_id), "127.0.0.1"):
        assert words in text
    copies = Message.objects.filter(dedupe_key__in=[f"offer-signed:{offer.pk}", f"offer-signed-copy:{offer.pk}"])
    assert [message.attachments.count() for message in copies] == [1, 1]


def test_a_crash_before_the_copy_is_made_good_by_the_sweep(opened, link):
    from offers import tasks

    signed_by(link)
    tasks.sweep()

    assert Offer.objects.get().signed_letter is not None


def test_copy_and_mails_are_written_together_or_not_at_all(opened, link, monkeypatch):
    """REC-14: a worker that dies between keeping the copy and writing the mails leaves neither, and the sweep does both."""
    from offers import tasks

    signature = signed_by(link)
    monkeypatch.setattr(signing, "_mail_owner", lambda *args: (_ for _ in ()).throw(ConnectionError))
    with pytest.raises(ConnectionError):
        signing.make_signed_copy(signature.pk)
    assert Offer.objects.get().signed_letter is None
    monkeypatch.undo()

    tasks.sweep()

    offer = Offer.objects.get()
    copies = Message.objects.filter(dedupe_key__in=[f"offer-signed:{offer.pk}", f"offer-signed-copy:{offer.pk}"])
    assert (offer.signed_letter is not None, copies.count()) == (True, 2)


def test_the_form_of_a_sent_offer_does_not_open(client, sent, recruiter):
    client.force_login(recruiter)

    response = client.get(reverse("offers:edit", args=[sent.pk]))

    assert response.status_code == 409
    assert "has been sent and stays as it is" in response.content.decode()


def test_a_signer_whose_address_is_gone_still_gets_a_copy_kept(opened, link, world):
    """REC-14: the copy does not depend on the mail."""
    signature = signed_by(link)
    world.candidate.contact_points.all().delete()

    signing.make_signed_copy(signature.pk)

    assert Offer.objects.get().signed_letter is not None


def test_the_letter_is_tagged_for_screen_readers(sent):
    """A11Y-10."""
    reader = pypdf.PdfReader(sent.letter.file.open("rb"))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_timeline_carries_no_pay(world, opened, link):
    signed_by(link)

    assert "72000" not in str(list(TimelineEvent.objects.values_list("data", flat=True)))


def test_a_signed_offer_is_not_asked_to_be_declined(client, opened, link):
    signed_by(link)

    response = client.get(reverse("offers:decline", args=[links.token(link)]))

    assert response["Location"] == reverse("offers:sign", args=[links.token(link)])


def test_colleagues_who_read_the_mail_do_not_get_the_signing_link(client, sent, link, recruiter):
    """SEC-5: the link acts for the candidate alone."""
    client.force_login(recruiter)
    message = Message.objects.get(dedupe_key=f"offer:{sent.pk}")

    thread = client.get(reverse("inbox_thread", args=[message.thread_id])).content.decode()
    profile = client.get(reverse("candidate", args=[message.candidate_id])).content.decode()

    assert links.token(link) in message.text
    assert links.token(link) not in thread + profile
    assert "(personal link: offer)" in thread


def test_editing_an_offer_begins_with_its_own_terms(client, drafted, recruiter):
    """Not with the job's usual ones: saving the form as it opens changes nothing."""
    until = dt.datetime(2027, 1, 5, 17, 0, tzinfo=dt.UTC)
    terms.edit(drafted, by=recruiter, salary=Decimal(59500), place="Lyon or at home", expires_at=until)
    client.force_login(recruiter)

    page = client.get(reverse("offers:edit", args=[drafted.pk])).content.decode()

    there = until.astimezone(recruiter.zone)
    for value in ("59500", "Lyon or at home", f"{drafted.start_date:%Y-%m-%d}", f"{there:%Y-%m-%dT%H:%M}"):
        assert f'value="{value}"' in page


def test_a_new_offer_begins_with_the_terms_of_the_job(client, world, recruiter):
    world.job.pay_max = Decimal("64000.00")
    world.job.save()
    client.force_login(recruiter)

    page = client.get(reverse("offers:create", args=[world.application.pk]))

    form = page.context["form"]
    assert "Range of the job: up to €\u00a064,000 a year" in page.content.decode()
    assert (form["title"].value(), str(form["salary"].value())) == (world.job.title, "64000")


def test_the_date_to_answer_by_is_told_on_one_clock(client, sent, link, opened, recruiter):
    """Letter, mail, the person's page and the colleague's page name the zone of the job's place."""
    sent.application.job.location.__class__.objects.update(time_zone="Europe/Lisbon")
    Offer.objects.update(expires_at=dt.datetime(2027, 1, 5, 17, 0, tzinfo=dt.UTC))
    until = "5 January 2027, 17:00 (Lisbon time)"
    recruiter.time_zone = "Europe/Paris"
    recruiter.save()

    visitor = client.get(reverse("offers:sign", args=[links.token(link)])).content.decode()
    client.force_login(recruiter)
    colleague = client.get(reverse("offers:offer", args=[sent.pk])).content.decode()

    assert visitor.count(until) == 2
    assert colleague.count(until) == 1
    assert "UTC" not in visitor
    assert "<summary>Technical details</summary>" in visitor


def test_pay_reads_alike_everywhere(sent):
    assert dict(letters.facts(sent))["Pay"] == "€\u00a072,000 a year"


def test_late_offers_stand_first_and_tabs_count(client, world, drafted, recruiter):
    second = ApplicationFactory(stage=world.stages["applied"])
    late = terms.draft(second, by=recruiter, **some_terms())
    Offer.objects.filter(pk=late.pk).update(expires_at=timezone.now() - dt.timedelta(days=2))
    client.force_login(recruiter)

    page = client.get(reverse("offers:list"))

    assert [offer.pk for offer in page.context["rows"]] == [late.pk, drafted.pk]
    assert {view["key"]: view["count"] for view in page.context["views"]} == {
        "live": 2,
        "open": 2,
        "out": 0,
        "accepted": 0,
        "ended": 0,
    }
    assert page.content.decode().count("Passed") == 1


def test_the_list_goes_on_where_it_ended(client, world, recruiter, monkeypatch):
    monkeypatch.setattr("offers.views.staff.SHOWN", 1)
    made = [
        terms.draft(
            ApplicationFactory(stage=world.stages["applied"]),
            by=recruiter,
            **some_terms(expires_at=timezone.now() + dt.timedelta(days=days)),
        )
        for days in (9, 3)
    ]
    client.force_login(recruiter)

    first = client.get(reverse("offers:list"))
    second = client.get(reverse("offers:list"), {"after": first.context["next_after"]})

    assert [page.context["rows"][0].pk for page in (first, second)] == [made[1].pk, made[0].pk]
    assert second.context["next_after"] == ""


def test_an_offer_past_its_date_asks_for_a_later_one(client, drafted, recruiter):
    terms.submit(drafted, by=recruiter)
    Offer.objects.update(expires_at=timezone.now() - dt.timedelta(hours=1))
    client.force_login(recruiter)

    page = client.get(reverse("offers:offer", args=[drafted.pk])).content.decode()

    assert "The answer date has passed" in page
    assert reverse("offers:act", args=[drafted.pk, "send"]) not in page


def test_filled_jobs_wait_for_those_who_may_decide(world, manager, interviewer):
    Opening.objects.update(status="filled", filled_at=timezone.now())

    assert offers_today.left_over(manager).total == 1
    assert not offers_today.left_over(interviewer).lines


def test_what_a_change_would_cost_is_said_before_it_is_saved(client, drafted, recruiter, chain):
    """Invariant 6, told in advance: who approved, what differs, and who is asked again; saved only when confirmed."""
    approval = terms.submit(drafted, by=recruiter)
    vote = approval.groups.get().votes.get()
    approvals.decide(vote, "approve")
    client.force_login(recruiter)
    page = reverse("offers:edit", args=[drafted.pk])
    form = client.get(page).context["form"]
    as_it_is = {name: form[name].value() for name in form.fields}
    as_it_is |= {"start_date": f"{drafted.start_date:%Y-%m-%d}", "expires_at": form["expires_at"].value()}
    as_it_is["expires_at"] = f"{drafted.expires_at.astimezone(recruiter.zone):%Y-%m-%dT%H:%M}"

    warned = client.post(page, as_it_is | {"salary": "81000"})

    assert warned.status_code == 422
    for words in (
        vote.approver.full_name,
        "<del>",
        "81000",
        "This makes the approval void",
        "once it is submitted again",
    ):
        assert words in warned.text, words
    assert Offer.objects.get(pk=drafted.pk).status == "approved"
    other = client.post(page, as_it_is | {"salary": "82000", "confirmed": warned.context["loss"].key})
    assert other.status_code == 422, "what was confirmed was another change"
    saved = client.post(page, as_it_is | {"salary": "81000", "confirmed": warned.context["loss"].key})
    stored = Offer.objects.get(pk=drafted.pk)
    assert (saved.status_code, stored.status, stored.salary) == (302, "draft", Decimal(81000))
