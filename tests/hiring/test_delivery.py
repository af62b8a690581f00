"""At most once, counted at a real SMTP server."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections
from django.utils import timezone

from hiring import contact, events
from hiring.errors import Refused
from hiring.mail import compose, delivery, mime
from hiring.models import Message, ProcessingBasis, SenderDay
from tests.factories import EmailFactory, MailboxFactory, UserFactory

NOON = dt.datetime(2026, 6, 9, 10, 0, tzinfo=dt.UTC)  # a Tuesday; 12:00 in Paris
Status = Message.Status


@pytest.fixture
def noon(monkeypatch):
    """Midday on a working day, and a way to move on from there."""
    clock = {"now": NOON}
    monkeypatch.setattr(timezone, "now", lambda: clock["now"])

    def later(**delta):
        clock["now"] += dt.timedelta(**delta)

    return later


@pytest.fixture
def clear_guards(monkeypatch):
    monkeypatch.setattr(contact, "guards", {name: lambda *_: {} for name in contact.EXPECTED_GUARDS})


def prospect(**fields):
    candidate = EmailFactory(**{f"candidate__{name}": value for name, value in fields.items()}).candidate
    ProcessingBasis.objects.create(
        candidate=candidate,
        purpose="sourcing",
        basis="legitimate_interest",
        controller="N",
        started_at=NOON - dt.timedelta(days=9),
    )
    return candidate


def write(candidate=None, **said):
    words = {"purpose": "message", "mail_class": "transactional", "subject": "Hello", "text": "How are you?"} | said
    return compose.to_candidate(candidate or EmailFactory().candidate, **words)


def state(message):
    message.refresh_from_db()
    return message.status


def outcomes(message):
    return list(message.tries.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.django_db
class TestSending:
    def test_a_batch_goes_out_over_one_connection_and_is_recorded(self, smtp_sink, noon):
        messages = [write() for _ in range(5)]

        delivery.sweep()

        assert sorted(smtp_sink.message_ids()) == sorted(message.message_id for message in messages)
        assert smtp_sink.connections == 1
        assert [state(message) for message in messages] == [Status.SENT] * 5
        assert (messages[0].at, outcomes(messages[0])) == (NOON, ["sent"])
        assert list(messages[0].candidate.events.values_list("kind", flat=True)) == ["message.sent"]
        assert smtp_sink.messages[0].sender == f"bounce+{messages[0].token.hex}@in.throughline.example"

    def test_files_go_along_and_are_looked_for_only_where_there_are_some(self, smtp_sink, noon, monkeypatch):
        asked = []
        find = mime.files_of
        monkeypatch.setattr(mime, "files_of", lambda message: asked.append(message) or find(message=message))
        write()
        with_one = write(attachments=[("offer.pdf", "application/pdf", b"%PDF-offer")])

        delivery.sweep()

        assert asked == [with_one.pk]
        sent = [part.get_filename() for one in smtp_sink.messages for part in one.mail.walk() if part.get_filename()]
        assert sent == ["offer.pdf"]

    def test_delivering_twice_sends_once(self, smtp_sink, noon):
        message = write()

        delivery.deliver([message.pk, message.pk])
        delivery.deliver([message.pk])

        assert len(smtp_sink.messages) == 1

    def test_what_is_not_due_or_was_stopped_stays(self, smtp_sink, noon):
        later = write(not_before=NOON + dt.timedelta(minutes=5))
        stopped = write()
        compose.cancel(stopped, by=None)
        delivery.deliver([later.pk, stopped.pk])
        before = len(smtp_sink.messages)
        noon(minutes=6)
        delivery.sweep()

        assert (before, smtp_sink.message_ids()) == (0, [later.message_id])

    def test_a_colleague_who_left_gets_nothing(self, smtp_sink, noon):
        user = UserFactory(is_active=False)
        message = Message.objects.create(
            recipient=user, direction="out", mail_class="internal", purpose="approval", message_id="<a@b>", from_address="a@b.example",
            to_address=user.email, subject="s", text="t", not_before=NOON, created_at=NOON, at=NOON,
        )  # fmt: skip
        delivery.sweep()

        assert (state(message), len(smtp_sink.messages)) == (Status.BLOCKED, 0)

    def test_the_first_outreach_discharges_the_notice_and_counts_as_touch(self, smtp_sink, noon, clear_guards):
        """PRIV-4"""
        person = prospect(notice_due_on=NOON.date())
        message = write(person, mail_class="outreach")
        delivery.sweep()
        person.refresh_from_db()

        assert state(message) == Status.SENT
        assert (person.notice_sent_at, person.last_contacted_at) == (NOON, NOON)

    def test_outreach_without_the_owed_notice_does_not_leave(self, smtp_sink, noon, clear_guards):
        person = prospect()
        message = write(person, mail_class="outreach")
        person.notice_due_on = NOON.date()
        person.save()
        delivery.sweep()

        assert (state(message), message.status_note[:10], smtp_sink.messages) == (Status.BLOCKED, "The notice", [])


@pytest.mark.django_db
class TestPolicy:
    def test_leave_withdrawn_while_mail_waits_is_seen_when_it_leaves(self, smtp_sink, noon, clear_guards):
        """MAIL-25: checked at send time."""
        person = prospect()
        message = write(person, mail_class="outreach")
        contact.suppress_person(person, "unsubscribe")

        delivery.sweep()

        assert (state(message), message.status_note, smtp_sink.messages) == (Status.BLOCKED, "Unsubscribed.", [])

    def test_a_reply_after_a_step_was_written_stops_it(self, smtp_sink, noon, clear_guards):
        """MAIL-17"""
        person = prospect()
        step = write(person, mail_class="outreach", purpose="step", dedupe_key="step:4:1")
        contact.sign_of_life(person, "replied")
        delivery.sweep()

        assert (state(step), smtp_sink.messages) == (Status.BLOCKED, [])

    def test_quiet_hours_put_outreach_off_until_morning(self, smtp_sink, noon, clear_guards):
        message = write(prospect(time_zone="Asia/Tokyo"), mail_class="outreach")  # 19:00 there
        noon(hours=2)
        delivery.sweep()
        waiting = state(message), message.not_before
        noon(hours=11)
        delivery.sweep()

        assert waiting == (Status.QUEUED, dt.datetime(2026, 6, 9, 23, tzinfo=dt.UTC))
        assert state(message) == Status.SENT

    def test_a_missing_guard_blocks_outreach_but_not_a_receipt(self, smtp_sink, noon, monkeypatch):
        monkeypatch.setattr(contact, "guards", {})
        outreach, receipt = write(prospect(), mail_class="outreach"), write(purpose="receipt")
        delivery.sweep()

        assert (state(outreach), state(receipt)) == (Status.BLOCKED, Status.SENT)

    def test_caps_and_gaps_hold_and_a_refused_one_is_not_counted(self, smtp_sink, noon, clear_guards):
        mailbox = MailboxFactory(daily_cap=2)
        messages = [write(prospect(), mail_class="outreach", mailbox=mailbox) for _ in range(4)]
        smtp_sink.on_rcpt = ["550 5.2.1 Disabled"]

        delivery.sweep()

        assert len(smtp_sink.messages) == 2
        assert SenderDay.objects.get().sent == 2
        assert sorted(state(message) for message in messages) == ["failed", "queued", "sent", "sent"]
        assert Message.objects.queued().get().not_before == dt.datetime(2026, 6, 10, 6, tzinfo=dt.UTC)


@pytest.mark.django_db
class TestTrouble:
    def test_a_server_that_does_not_answer_costs_no_attempt(self, smtp_sink, settings, noon):
        message = write()
        settings.EMAIL_PORT = 1
        delivery.sweep()
        waiting = state(message), message.attempts, message.not_before
        settings.EMAIL_PORT = smtp_sink.port
        noon(minutes=2)
        delivery.sweep()

        assert waiting == (Status.QUEUED, 0, NOON + dt.timedelta(minutes=1))
        assert (state(message), len(smtp_sink.messages)) == (Status.SENT, 1)

    @pytest.mark.parametrize(
        ("stage", "reply"),
        [("on_rcpt", "450 4.2.0 Later"), ("on_data", "451 4.3.0 Busy"), ("on_rcpt", "552 5.2.2 Full")],
    )
    def test_a_temporary_refusal_backs_off_and_arrives_once(self, smtp_sink, noon, stage, reply):
        message = write()
        setattr(smtp_sink, stage, [reply, reply])
        delivery.sweep()
        first = state(message), message.not_before
        noon(minutes=1)
        delivery.sweep()
        second = state(message), message.not_before
        noon(minutes=5)
        delivery.sweep()

        assert first == (Status.QUEUED, NOON + dt.timedelta(minutes=1))
        assert second == (Status.QUEUED, NOON + dt.timedelta(minutes=6))
        assert (state(message), outcomes(message), len(smtp_sink.messages)) == (
            Status.SENT,
            ["later", "later", "sent"],
            1,
        )

    def test_it_is_given_up_after_the_last_back_off(self, smtp_sink, noon):
        message = write()
        smtp_sink.on_rcpt = ["450 Later"] * 20
        for _ in range(12):
            delivery.sweep()
            noon(days=1)

        assert (state(message), message.attempts) == (Status.FAILED, len(delivery.BACK_OFF) + 1)

    def test_an_address_that_does_not_exist_bounces_and_is_never_tried_again(self, smtp_sink, noon):
        message = write()
        smtp_sink.on_rcpt = ["550 5.1.1 No such user"]
        delivery.sweep()
        person = message.candidate

        assert (state(message), contact.working_address(person)) == (Status.BOUNCED, "")
        with pytest.raises(Refused):
            write(person)
        assert contact.may_send(person, "transactional").answer == "never"

    @pytest.mark.parametrize(
        "reply", ["550 5.7.26 Unauthenticated", "550 5.7.515 Denied", "550 5.7.9 DMARC", "421 4.7.28 Unusual rate"]
    )
    def test_a_policy_refusal_pauses_the_mailbox_and_spares_the_recipient(self, smtp_sink, noon, clear_guards, reply):
        """MAIL-10"""
        mailbox = MailboxFactory()
        message, next_one = (write(prospect(), mail_class="outreach", mailbox=mailbox) for _ in range(2))
        smtp_sink.on_data = [reply]
        delivery.sweep()
        mailbox.refresh_from_db()

        assert (mailbox.paused_at, mailbox.pause_reason) == (NOON, reply)
        assert (state(message), state(next_one)) == (Status.QUEUED, Status.QUEUED)
        assert message.candidate.contact_points.get().bounced_at is None
        assert smtp_sink.messages == []

    def test_a_connection_lost_before_the_content_is_tried_again(self, smtp_sink, noon):
        first, second = write(), write()
        smtp_sink.hang_up_at_rcpt = True
        delivery.sweep()
        after = state(first), state(second)
        noon(minutes=2)
        delivery.sweep()

        assert after == (Status.QUEUED, Status.SENT)
        assert sorted(smtp_sink.message_ids()) == sorted([first.message_id, second.message_id])

    def test_a_connection_lost_after_the_content_is_unconfirmed_and_never_sent_again(self, smtp_sink, noon):
        first, second = write(), write()
        smtp_sink.hang_up_after_data = True
        delivery.sweep()
        noon(days=3)
        delivery.sweep()

        assert (state(first), state(second)) == (Status.UNCONFIRMED, Status.SENT)
        assert smtp_sink.message_ids().count(first.message_id) == 1

    def test_a_crash_between_claim_and_record_is_unconfirmed_and_never_sent_again(self, smtp_sink, noon, monkeypatch):
        message = write()

        class Killed(BaseException):
            pass

        def die(*_):
            raise Killed

        monkeypatch.setattr(delivery, "sent", die)
        with pytest.raises(Killed):
            delivery.deliver([message.pk])
        in_between = state(message)
        monkeypatch.undo()
        monkeypatch.setattr(timezone, "now", lambda: NOON + dt.timedelta(minutes=6))
        delivery.sweep()

        assert (in_between, state(message), len(smtp_sink.messages)) == (Status.SENDING, Status.UNCONFIRMED, 1)

    def test_one_broken_message_does_not_hold_up_the_next(self, smtp_sink, noon):
        broken, fine = write(), write()
        Message.objects.filter(pk=broken.pk).update(to_address="a@b.example\r\nBcc: c@d.example")
        Message.objects.filter(pk=broken.pk).update(subject="x\r\nBcc: evil@mail.example")
        delivery.deliver([broken.pk, fine.pk])

        assert state(fine) == Status.SENT
        assert smtp_sink.message_ids() == [fine.message_id]
        assert state(broken) in {Status.FAILED, Status.BLOCKED}

    def test_a_listener_that_fails_does_not_undo_what_left(self, smtp_sink, noon):
        def fail(sender, **_):
            raise RuntimeError

        events.message_settled.connect(fail, weak=False)
        try:
            message = write()
            delivery.sweep()
        finally:
            events.message_settled.disconnect(fail)

        assert (state(message), len(smtp_sink.messages)) == (Status.SENT, 1)


@pytest.mark.django_db(transaction=True)
class TestConcurrency:
    def test_three_workers_send_each_message_once(self, smtp_sink):
        mailbox = MailboxFactory()
        messages = [write(mailbox=mailbox) for _ in range(40)]
        failures = []

        def work():
            try:
                delivery.sweep()
                delivery.deliver([message.pk for message in messages])
            except Exception as error:
                failures.append(error)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert failures == []
        assert sorted(smtp_sink.message_ids()) == sorted(message.message_id for message in messages)

    def test_caps_hold_under_two_workers(self, smtp_sink, monkeypatch, clear_guards):
        monkeypatch.setattr(contact, "next_waking_hour", lambda candidate, at: at)
        mailbox = MailboxFactory(daily_cap=5)
        for _ in range(12):
            person = EmailFactory().candidate
            person.bases.create(
                purpose="sourcing", basis="legitimate_interest", controller="N", started_at=timezone.now()
            )
            write(person, mail_class="outreach", mailbox=mailbox)

        def work():
            try:
                delivery.sweep()
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert (len(smtp_sink.messages), SenderDay.objects.get().sent) == (5, 5)

    def test_a_reply_that_is_being_filed_wins_over_the_step_due_the_same_second(
        self, smtp_sink, clear_guards, monkeypatch
    ):
        """MAIL-17: the claim waits for the person's row, then sees the reply."""
        from django.db import transaction

        monkeypatch.setattr(contact, "next_waking_hour", lambda candidate, at: at)
        person = EmailFactory().candidate
        person.bases.create(purpose="sourcing", basis="legitimate_interest", controller="N", started_at=timezone.now())
        step = write(person, mail_class="outreach", purpose="step", dedupe_key="step:4:1")

        def work():
            try:
                delivery.deliver([step.pk])
            finally:
                connections.close_all()

        with transaction.atomic():
            contact.sign_of_life(person, "replied")
            worker = threading.Thread(target=work)
            worker.start()
            worker.join(timeout=0.5)
            still_waiting = worker.is_alive()
        worker.join()

        assert still_waiting
        assert (state(step), smtp_sink.messages) == (Status.BLOCKED, [])
