"""The contact policy: no message may leave while any rule is violated."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hiring import contact, events
from hiring.contact import Finding, may_send
from hiring.models import Consent, LegalText, Message, ProcessingBasis, SenderDay, Suppression
from tests.factories import EmailFactory, MailboxFactory

pytestmark = pytest.mark.django_db

TUESDAY_NOON = dt.datetime(2026, 6, 9, 10, 0, tzinfo=dt.UTC)  # 12:00 in Paris


@pytest.fixture
def clear_guards(monkeypatch):
    """Higher floors that have no objection."""
    monkeypatch.setattr(contact, "guards", {name: lambda *_: {} for name in contact.EXPECTED_GUARDS})


def basis(candidate, purpose="sourcing", basis="legitimate_interest", started_at=TUESDAY_NOON - dt.timedelta(days=300)):
    return ProcessingBasis.objects.create(
        candidate=candidate, purpose=purpose, basis=basis, controller="Northwind", started_at=started_at
    )


@pytest.fixture
def prospect(clear_guards):
    """Somebody who may be written to at noon on a Tuesday."""
    candidate = EmailFactory(candidate__time_zone="Europe/Paris", value="ada@mail.example").candidate
    basis(candidate)
    return candidate


def answer(candidate, **asked):
    verdict = may_send(candidate, at=asked.pop("at", TUESDAY_NOON), **asked)
    return verdict.answer, verdict.rule


def test_a_prospect_with_a_basis_may_be_written_to_by_day(prospect):
    assert answer(prospect) == ("may", "")


def test_a_missing_guard_means_never(prospect, monkeypatch):
    monkeypatch.setattr(contact, "guards", {})

    assert answer(prospect) == ("never", "missing_active_application")


def test_a_guards_objection_is_told_with_its_sentence(prospect, monkeypatch):
    objection = Finding("active_application", "never", "Is in the process for Data Engineer.")
    monkeypatch.setitem(contact.guards, "active_application", lambda ids, *_: dict.fromkeys(ids, objection))

    verdict = may_send(prospect, at=TUESDAY_NOON)

    assert (bool(verdict), verdict.reason, contact.in_process(prospect)) == (False, objection.reason, True)


def test_do_not_contact_says_why(prospect):
    prospect.do_not_contact, prospect.do_not_contact_reason = True, "asked us on the phone"
    prospect.save()

    assert may_send(prospect, at=TUESDAY_NOON).reason == "Do not contact: asked us on the phone"


def test_no_lawful_basis_means_never(prospect):
    ProcessingBasis.objects.update(ended_at=TUESDAY_NOON - dt.timedelta(days=1))

    assert answer(prospect) == ("never", "no_basis")


def test_an_application_is_no_basis_for_outreach(prospect):
    ProcessingBasis.objects.update(purpose="application", basis="contract")

    assert answer(prospect) == ("never", "no_basis")


def test_a_basis_of_consent_needs_a_consent_that_stands(prospect):
    ProcessingBasis.objects.update(purpose="pool", basis="consent")
    words = LegalText.objects.create(kind="pool_consent", valid_from=TUESDAY_NOON, text="Yes", sha256="0" * 64)
    before = answer(prospect)
    consent = Consent.objects.create(
        candidate=prospect, purpose="pool", text=words, channel="form", given_at=TUESDAY_NOON - dt.timedelta(days=2)
    )
    given_answer = answer(prospect)
    consent.withdrawn_at = TUESDAY_NOON - dt.timedelta(days=1)
    consent.save()

    assert (before, given_answer, answer(prospect)) == (("never", "no_basis"), ("may", ""), ("never", "no_basis"))


@pytest.mark.parametrize("reason", ["unsubscribe", "complaint", "objection", "manual"])
def test_a_suppression_of_outreach_leaves_mail_about_an_application_alone(prospect, reason):
    """MAIL-25"""
    contact.suppress("ADA@mail.example", reason)

    assert answer(prospect) == ("never", f"suppressed_{reason}")
    assert answer(prospect, mail_class=Message.Class.TRANSACTIONAL) == ("may", "")


@pytest.mark.parametrize("reason", ["hard_bounce", "erasure"])
def test_a_dead_or_erased_address_gets_no_mail_at_all(prospect, reason):
    contact.suppress("ada@mail.example", reason)

    assert answer(prospect, mail_class=Message.Class.TRANSACTIONAL) == ("never", f"suppressed_{reason}")


def test_unsubscribing_holds_for_every_address_but_a_bounce_only_for_its_own(prospect):
    EmailFactory(candidate=prospect, value="ada@work.example", is_primary=False)
    contact.suppress("ada@work.example", "hard_bounce")
    after_bounce = answer(prospect)
    contact.suppress("ada@work.example", "unsubscribe")

    assert (after_bounce, answer(prospect)) == (("may", ""), ("never", "suppressed_unsubscribe"))


def test_suppression_survives_the_person_and_knows_old_keys(prospect, settings):
    contact.suppress("ada@mail.example", "unsubscribe")
    settings.SECRET_KEY_FALLBACKS, settings.SUPPRESSION_KEY = [settings.SUPPRESSION_KEY], "another key"

    assert answer(prospect) == ("never", "suppressed_unsubscribe")
    assert "ada" not in Suppression.objects.get().address_hash


def test_suppressing_tells_the_higher_floors_once(prospect):
    heard = []

    def hear(sender, candidate, reason, **_):
        heard.append((candidate, reason))

    events.candidate_suppressed.connect(hear)

    contact.suppress("ada@mail.example", "unsubscribe")
    contact.suppress("ada@mail.example", "unsubscribe")

    assert heard == [(prospect, "unsubscribe")]
    assert list(prospect.events.values_list("kind", flat=True)) == ["candidate.suppressed"]


def test_a_bounced_address_gives_way_to_a_working_one(prospect):
    prospect.contact_points.update(bounced_at=TUESDAY_NOON)
    bounced = answer(prospect)
    EmailFactory(candidate=prospect, value="ada@new.example", is_primary=False)

    assert (bounced, contact.working_address(prospect)) == (("never", "bounced"), "ada@new.example")
    assert answer(prospect) == ("may", "")


def test_anybodys_last_touch_keeps_the_distance(prospect):
    contact.contacted(prospect, at=TUESDAY_NOON - dt.timedelta(days=4))

    verdict = may_send(prospect, at=TUESDAY_NOON)

    assert (verdict.answer, verdict.rule) == ("wait", "last_touch")
    assert verdict.reason == "Somebody of us was in touch 4 days ago."
    assert verdict.not_before == TUESDAY_NOON + dt.timedelta(days=3)  # a Friday


def test_a_sequence_is_not_blocked_by_its_own_step_but_by_another_touch(prospect):
    sent = TUESDAY_NOON - dt.timedelta(days=3)
    Message.objects.create(
        candidate=prospect, direction="out", mail_class="outreach", purpose="step", status="sent", dedupe_key="step:7:0",
        message_id="<a@b>", from_address="a@b.example", to_address="c@d.example", subject="s", text="t",
        not_before=sent, created_at=sent, at=sent,
    )  # fmt: skip
    contact.contacted(prospect, at=sent)
    own = answer(prospect, enrollment_id=7)
    contact.contacted(prospect, at=sent + dt.timedelta(days=1))

    assert (own, answer(prospect, enrollment_id=7)) == (("may", ""), ("wait", "last_touch"))
    assert answer(prospect) == ("wait", "last_touch")


def test_a_sign_of_life_stops_what_was_written_before_it(prospect):
    """MAIL-17"""
    contact.sign_of_life(prospect, "replied", at=TUESDAY_NOON - dt.timedelta(minutes=5))

    assert answer(prospect, automated_since=TUESDAY_NOON - dt.timedelta(hours=1)) == ("never", "sign_of_life")
    assert answer(prospect, automated_since=TUESDAY_NOON) == ("may", "")


def test_last_contact_never_moves_back(prospect):
    contact.contacted(prospect, at=TUESDAY_NOON)
    contact.contacted(prospect, at=TUESDAY_NOON - dt.timedelta(days=9))
    prospect.refresh_from_db()

    assert prospect.last_contacted_at == TUESDAY_NOON


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Europe/Paris", "2026-06-09T18:00+00:00", "2026-06-10T06:00+00:00"),  # 20:00: until 8 next day
        ("Europe/Paris", "2026-06-12T18:30+00:00", "2026-06-15T06:00+00:00"),  # Friday evening: Monday
        ("Europe/Paris", "2026-03-28T12:00+00:00", "2026-03-30T06:00+00:00"),  # over the change to summer time
        ("America/New_York", "2026-06-09T10:00+00:00", "2026-06-09T12:00+00:00"),  # 6:00 there
        ("Asia/Kolkata", "2026-06-09T10:00+00:00", None),
        ("not/a zone", "2026-06-09T10:00+00:00", None),  # falls back to the organisation's
    ],
)
def test_nobody_is_written_to_by_night_or_on_a_weekend(prospect, zone, at, expected):
    prospect.time_zone = zone
    verdict = may_send(prospect, at=dt.datetime.fromisoformat(at))

    assert verdict.not_before == (dt.datetime.fromisoformat(expected) if expected else None)
    assert bool(verdict) == (expected is None)


def test_friday_is_a_weekend_where_it_is_one(prospect):
    prospect.time_zone, prospect.country = "Asia/Riyadh", "SA"

    assert answer(prospect, at=dt.datetime(2026, 6, 12, 9, tzinfo=dt.UTC)) == ("wait", "quiet_hours")
    assert answer(prospect, at=dt.datetime(2026, 6, 14, 9, tzinfo=dt.UTC)) == ("may", "")  # a Sunday


def test_a_paused_mailbox_waits_for_a_person(prospect):
    mailbox = MailboxFactory(paused_at=TUESDAY_NOON, pause_reason="550 5.7.26")

    verdict = may_send(prospect, at=TUESDAY_NOON, mailbox=mailbox)

    assert (verdict.answer, verdict.rule, verdict.not_before) == ("wait", "mailbox_paused", None)


def test_a_spent_cap_waits_for_the_next_morning_and_a_gap_for_its_end(prospect):
    mailbox = MailboxFactory(daily_cap=2, min_gap_seconds=60)
    today = SenderDay.objects.create(
        mailbox=mailbox, day=TUESDAY_NOON.date(), sent=1, last_at=TUESDAY_NOON - dt.timedelta(seconds=10)
    )
    gap = may_send(prospect, at=TUESDAY_NOON, mailbox=mailbox)
    today.sent = 2
    today.save()
    cap = may_send(prospect, at=TUESDAY_NOON, mailbox=mailbox)

    assert (gap.rule, gap.not_before) == ("min_gap", TUESDAY_NOON + dt.timedelta(seconds=50))
    assert (cap.rule, cap.not_before) == ("daily_cap", dt.datetime(2026, 6, 10, 6, tzinfo=dt.UTC))


def test_never_beats_wait_and_every_reason_is_told(prospect):
    prospect.do_not_contact = True
    contact.contacted(prospect, at=TUESDAY_NOON - dt.timedelta(days=1))

    verdict = may_send(prospect, at=TUESDAY_NOON)

    assert (verdict.answer, verdict.all_reasons) == (
        "never",
        ["Marked as do not contact.", "Somebody of us was in touch yesterday."],
    )


def test_a_sourced_person_is_written_to_with_the_notice_first(prospect):
    """PRIV-4"""
    prospect.notice_due_on = TUESDAY_NOON.date() - dt.timedelta(days=10)
    owing = may_send(prospect, at=TUESDAY_NOON)
    prospect.notice_sent_at = TUESDAY_NOON

    assert (bool(owing), owing.needs_notice) == (True, True)
    assert may_send(prospect, at=TUESDAY_NOON).needs_notice is False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_verdict_says_may_while_any_rule_is_violated(clear_guards, data):
    """Invariant 3, over random people and moments; each violation is told by its own rule, computed here independently."""
    flag = lambda: data.draw(st.sampled_from([False, False, False, True]))  # noqa: E731
    at = data.draw(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2029, 1, 1), timezones=st.just(dt.UTC)))  # noqa: DTZ001
    zone = data.draw(st.sampled_from(["Europe/Paris", "Pacific/Auckland", "America/St_Johns", "Asia/Kolkata"]))
    point = EmailFactory(candidate__time_zone=zone)
    person, mailbox = point.candidate, MailboxFactory(daily_cap=3, min_gap_seconds=30)
    violations = set()

    def violate(rule, change):
        if flag():
            change()
            violations.add(rule)

    basis(person, started_at=at - dt.timedelta(days=40))
    touched = at - dt.timedelta(hours=data.draw(st.integers(0, 400)))
    violate("no_basis", lambda: person.bases.update(ended_at=at))
    violate("do_not_contact", lambda: setattr(person, "do_not_contact", True))
    violate("bounced", lambda: person.contact_points.update(bounced_at=at))
    violate("suppressed_unsubscribe", lambda: contact.suppress(point.value, "unsubscribe"))
    violate("mailbox_paused", lambda: setattr(mailbox, "paused_at", at))
    violate("sign_of_life", lambda: setattr(person, "last_sign_of_life_at", at))
    violate("daily_cap", lambda: SenderDay.objects.create(mailbox=mailbox, day=at.date(), sent=3))
    if flag():
        person.last_contacted_at = touched
        violations |= {"last_touch"} if at - touched < dt.timedelta(days=contact.DAYS_BETWEEN_TOUCHES) else set()
    for name in contact.EXPECTED_GUARDS:
        violate(
            name,
            lambda name=name: contact.guards.update(
                {name: lambda ids, *_: dict.fromkeys(ids, Finding(name, "never", "No."))}
            ),
        )
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    if local.weekday() >= 5 or not 8 <= local.hour < 20:
        violations.add("quiet_hours")
    person.save()

    verdict = may_send(person, mailbox=mailbox, at=at, automated_since=at - dt.timedelta(hours=1))

    assert {finding.rule for finding in verdict.findings} == violations
    assert bool(verdict) == (not violations)
    assert verdict.not_before is None or verdict.not_before > at
    contact.guards.update({name: lambda *_: {} for name in contact.EXPECTED_GUARDS})


def test_the_policy_asks_no_more_for_more_addresses(prospect, django_assert_num_queries):
    mailbox = MailboxFactory()
    for number in range(3):
        EmailFactory(candidate=prospect, value=f"ada{number}@mail.example", is_primary=False)
    with django_assert_num_queries(4):
        may_send(prospect, at=TUESDAY_NOON, mailbox=mailbox)


def test_the_clock_is_asked_through_the_module(prospect, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)

    assert may_send(prospect).answer == "may"


def test_every_reason_is_short_enough_for_the_chip(prospect):
    contact.contacted(prospect, at=TUESDAY_NOON - dt.timedelta(days=3))
    waiting = may_send(prospect, at=TUESDAY_NOON)
    contact.suppress("ada@mail.example", "unsubscribe")
    never = may_send(prospect, at=TUESDAY_NOON)

    assert (waiting.short, never.short) == ("contacted 3 days ago", "unsubscribed")
    assert (waiting.rests, never.rests) == (True, False)
