"""Mail comes in through the real listener, by smtplib, and lands where it belongs."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiring import contact, events
from hiring.mail import compose, inbound, reading
from hiring.mail.listener import Listener
from hiring.models import InboundMail, Mailbox, Message, Suppression, Task, Thread
from tests.factories import EmailFactory, MailboxFactory
from tests.hiring import inbound_mails as mails
from tests.mail_server import free_port

State = InboundMail.State


@pytest.fixture
def ours(recruiter):
    """A message we sent to Ada."""
    MailboxFactory(is_default=True)
    candidate = EmailFactory(
        candidate__name="Ada Byron", value="ada@mail.example", candidate__owner=recruiter
    ).candidate
    message = compose.to_candidate(
        candidate,
        purpose="message",
        mail_class="transactional",
        subject="A role in Lyon",
        text="Hello Ada",
        by=recruiter,
    )
    Message.objects.filter(pk=message.pk).update(status="sent")
    message.refresh_from_db()
    return message


def filled(raw, message):
    return (
        raw.replace(b"@TOKEN@", message.token.hex.encode())
        .replace(b"@ID@", message.message_id.encode())
        .replace(b"@TO@", b"ada@mail.example")
        .replace(b"\n", b"\r\n")
    )


def arrive(raw, message, sender="ada@mail.example", to=None):
    to = to or f"reply+{message.token.hex}@in.throughline.example"
    return inbound.receive(filled(raw, message), sender, [to])


def kinds(candidate):
    return list(candidate.events.order_by("pk").values_list("kind", flat=True))


class Heard:
    def __init__(self, signal):
        self.said = []
        signal.connect(self)

    def __call__(self, sender, signal, **said):
        self.said.append(said)


@pytest.mark.django_db(transaction=True)
class TestListener:
    @pytest.fixture
    def door(self, settings, db):
        settings.INBOUND_HOST, settings.INBOUND_PORT = "127.0.0.1", free_port()
        listener = Listener(settings.INBOUND_HOST, settings.INBOUND_PORT)
        listener.start()
        yield lambda: smtplib.SMTP(settings.INBOUND_HOST, settings.INBOUND_PORT, timeout=10)
        listener.stop()

    def test_a_reply_is_filed_while_the_sender_waits(self, door, ours):
        with door() as smtp:
            to = f"REPLY+{ours.token.hex.upper()}@IN.throughline.example"
            smtp.sendmail("ada@mail.example", [to], filled(mails.REPLY, ours))

        reply = Message.objects.get(direction="in")
        assert (reply.thread, reply.candidate, reply.purpose) == (ours.thread, ours.candidate, "reply")
        assert InboundMail.objects.get().state == State.FILED

    def test_mail_for_other_domains_is_refused(self, door, ours):
        with door() as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("ada@mail.example", ["somebody@gmail.example"], b"Subject: x\r\n\r\nrelay me")

        assert refused.value.recipients["somebody@gmail.example"][0] == 550
        assert not InboundMail.objects.exists()

    def test_a_null_sender_is_taken_since_bounces_have_none(self, door, ours):
        with door() as smtp:
            smtp.sendmail("", [f"bounce+{ours.token.hex}@in.throughline.example"], filled(mails.HARD, ours))
        ours.refresh_from_db()

        assert (ours.status, InboundMail.objects.get().envelope_from) == ("bounced", "<>")

    def test_what_cannot_be_stored_is_asked_for_again(self, door, ours, monkeypatch):
        monkeypatch.setattr(inbound, "receive", lambda *_: 1 / 0)
        with door() as smtp, pytest.raises(smtplib.SMTPDataError) as later:
            smtp.sendmail("ada@mail.example", ["reply@in.throughline.example"], b"Subject: x\r\n\r\nhello")

        assert later.value.smtp_code == 451

    def test_lmtp_is_the_same_door(self, settings, ours):
        port = free_port()
        listener = Listener("127.0.0.1", port, lmtp=True)
        listener.start()
        try:
            with smtplib.LMTP("127.0.0.1", port) as lmtp:
                lmtp.sendmail(
                    "ada@mail.example", [f"reply+{ours.token.hex}@in.throughline.example"], filled(mails.REPLY, ours)
                )
        finally:
            listener.stop()

        assert Message.objects.filter(direction="in").count() == 1


@pytest.mark.django_db
class TestMatching:
    def test_a_reply_counts_as_sign_of_life_waits_for_an_answer_and_is_told(self, ours):
        alive, received = Heard(events.sign_of_life), Heard(events.message_received)

        arrive(mails.REPLY, ours)

        reply, thread = Message.objects.get(direction="in"), Thread.objects.get()
        ours.candidate.refresh_from_db()
        assert (reply.text.split("\n")[0], reply.in_reply_to) == (
            "Thank you, I would like to hear more.",
            ours.message_id,
        )
        assert (thread.waiting_since, ours.candidate.last_sign_of_life_at) == (reply.at, reply.at)
        assert (alive.said, received.said) == (
            [{"candidate": ours.candidate, "kind": "replied"}],
            [{"message": reply, "automatic": False}],
        )
        assert kinds(ours.candidate) == ["message.received"]

    def test_the_same_mail_twice_is_filed_once(self, ours):
        first, second = arrive(mails.REPLY, ours), arrive(mails.REPLY, ours)

        assert (first, Message.objects.filter(direction="in").count()) == (second, 1)

    def test_without_a_token_the_ids_it_answers_find_the_thread(self, ours):
        """MAIL-16"""
        raw = mails.REPLY.replace(b"To: reply+@TOKEN@@in.", b"To: jobs@in.")
        arrive(raw, ours, to="jobs@in.throughline.example")

        assert Message.objects.get(direction="in").thread == ours.thread

    def test_without_ids_a_known_address_with_one_open_thread_does(self, ours):
        raw = b"From: ADA@mail.example\nMessage-ID: <new@mail.example>\nSubject: Hello again\n\nIt is me."
        arrive(raw, ours, to="jobs@in.throughline.example")

        assert Message.objects.get(direction="in").thread == ours.thread

    def test_a_known_address_with_two_open_threads_waits_for_a_person(self, ours):
        compose.to_candidate(ours.candidate, purpose="message", mail_class="transactional", subject="Other", text="x")
        raw = b"From: ada@mail.example\nMessage-ID: <new@mail.example>\nSubject: Re: A role in Lyon\n\nIt is me."

        assert arrive(raw, ours, to="jobs@in.throughline.example").state == State.WAITING

    def test_a_subject_alone_never_matches(self, ours):
        raw = b"From: eve@other.example\nMessage-ID: <x@other.example>\nSubject: Re: A role in Lyon\n\nHello"

        assert arrive(raw, ours, to="jobs@in.throughline.example").state == State.WAITING

    def test_a_made_up_token_does_not_match(self, ours):
        raw = b"From: eve@other.example\nMessage-ID: <x@other.example>\n\nHello"

        assert arrive(raw, ours, to=f"reply+{'0' * 32}@in.throughline.example").state == State.WAITING

    def test_a_mail_that_breaks_filing_goes_to_a_person_whole(self, ours, monkeypatch):
        monkeypatch.setattr(inbound, "file_in", lambda *_, **__: 1 / 0)

        stored = arrive(mails.REPLY, ours)

        assert (stored.state, bytes(stored.raw)) == (State.WAITING, filled(mails.REPLY, ours))

    def test_what_was_stored_but_not_filed_is_found_by_the_sweep(self, ours, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(inbound, "file", lambda stored: None)
            stored = arrive(mails.REPLY, ours)
        InboundMail.objects.update(received_at="2026-01-01T00:00Z")
        inbound.sweep()
        stored.refresh_from_db()

        assert stored.state == State.FILED

    def test_calendar_answers_go_to_who_asked_for_them(self, ours, monkeypatch):
        heard = []
        monkeypatch.setattr(inbound, "calendar_handlers", [lambda answer: heard.append(answer) or True])
        raw = (
            mails.REPLY.split(b"Content-Type")[0]
            + b"Content-Type: text/calendar; charset=UTF-8; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n"
        )
        arrive(raw, ours)

        assert [(answer.method, answer.sender, answer.message) for answer in heard] == [
            ("REPLY", "ada@mail.example", ours)
        ]
        assert Message.objects.get(direction="in").is_automatic  # an accepted invitation asks for no answer

    def test_files_become_documents_or_say_why_not(self, ours, settings):
        """MAIL-19"""
        mail = EmailMessage()
        mail["From"], mail["Message-ID"], mail["Subject"] = "ada@mail.example", "<files@mail.example>", "My documents"
        mail.set_content("Here they are.")
        mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="run.exe")
        mail.add_attachment("My life, in words.", subtype="plain", filename="cv.txt")
        arrive(mail.as_bytes(), ours)

        refused, kept = Message.objects.get(direction="in").attachments.order_by("pk")
        assert (refused.document, bool(refused.problem)) == (None, True)
        assert (kept.name, kept.problem or kept.document.candidate) == ("cv.txt", ours.candidate)


@pytest.mark.django_db
class TestAutomatic:
    @pytest.mark.parametrize("raw", [mails.OUTLOOK_AWAY, mails.GMAIL_AWAY, mails.EXCHANGE_AWAY])
    def test_an_out_of_office_is_kept_but_is_no_reply(self, ours, raw):
        """MAIL-23"""
        received = Heard(events.message_received)

        arrive(raw, ours)

        ours.candidate.refresh_from_db()
        away = Message.objects.get(direction="in")
        assert (away.is_automatic, away.thread.waiting_since, ours.candidate.last_sign_of_life_at) == (True, None, None)
        assert received.said == [{"message": away, "automatic": True}]

    def test_its_text_is_read_in_its_own_charset(self, ours):
        arrive(mails.OUTLOOK_AWAY, ours)

        assert Message.objects.get(direction="in").text == "I am away until Monday. Grüße"

    def test_list_mail_does_not_match(self, ours):
        assert arrive(mails.LIST_MAIL, ours, to="jobs@in.throughline.example").state == State.WAITING

    def test_auto_submitted_no_is_a_person(self):
        assert reading.parse(b"Auto-Submitted: NO\n\nhi", "a@b").automatic is False
        assert reading.parse(b"Auto-Submitted: Auto-Replied; x=y\n\nhi", "a@b").automatic is True
        assert reading.parse(b"Subject: hi\n\nhi", "").automatic is True


@pytest.mark.django_db
class TestReports:
    @pytest.mark.parametrize("raw", [mails.HARD, mails.HARD_IN_FRENCH])
    def test_a_hard_bounce_ends_the_address(self, ours, raw):
        """MAIL-21"""
        settled = Heard(events.message_settled)

        stored = arrive(raw, ours, sender="", to=f"bounce+{ours.token.hex}@in.throughline.example")

        ours.refresh_from_db()
        assert (stored.state, ours.status, contact.working_address(ours.candidate)) == (State.REPORT, "bounced", "")
        assert Suppression.objects.get().reason == "hard_bounce"
        assert [said["message"].status for said in settled.said] == ["bounced"]
        assert not Message.objects.filter(direction="in").exists()

    def test_it_is_found_by_the_original_when_the_token_is_lost(self, ours):
        arrive(
            mails.HARD.replace(b"bounce+@TOKEN@@in.", b"postmaster@in."),
            ours,
            sender="",
            to="postmaster@in.throughline.example",
        )
        ours.refresh_from_db()

        assert ours.status == "bounced"

    @pytest.mark.parametrize(
        ("raw", "status"),
        [(mails.FULL, "failed"), (mails.DELAYED, "sent"), (mails.RELAYED, "sent"), (mails.CUT_SHORT, "sent")],
    )
    def test_a_soft_one_does_not(self, ours, raw, status):
        arrive(raw, ours, sender="")
        ours.refresh_from_db()

        assert (ours.status, contact.working_address(ours.candidate)) == (status, "ada@mail.example")
        assert not Suppression.objects.exists()

    def test_a_report_proves_that_an_unconfirmed_one_had_left(self, ours):
        Message.objects.update(status="unconfirmed")
        arrive(mails.RELAYED, ours, sender="")
        ours.refresh_from_db()

        assert ours.status == "sent"

    def test_a_policy_report_pauses_the_mailbox(self, ours):
        """MAIL-10"""
        arrive(mails.POLICY, ours, sender="")

        assert Mailbox.objects.get().pause_reason.startswith("5.7.26")
        assert contact.working_address(ours.candidate) == "ada@mail.example"

    @pytest.mark.parametrize("raw", [mails.COMPLAINT, mails.COMPLAINT_REDACTED, mails.COMPLAINT_WITHOUT_ORIGINAL])
    def test_a_complaint_stops_outreach_at_once(self, ours, raw):
        """MAIL-22, FIX-1: full, redacted, and by address alone."""
        stopped = Heard(events.candidate_suppressed)

        arrive(raw, ours, sender="fbl@provider.example", to="abuse@in.throughline.example")

        assert Suppression.objects.get().reason == "complaint"
        assert stopped.said == [{"candidate": ours.candidate, "reason": "complaint"}]


@pytest.mark.django_db
class TestStopping:
    @pytest.mark.parametrize(
        "words", ["STOP", "Unsubscribe.", "please remove me, thanks", "Abmelden bitte", "désinscription"]
    )
    def test_a_reply_that_only_says_stop_is_an_unsubscribe(self, ours, words):
        """MAIL-7"""
        body = words.encode() + b"\n\nOn Tue, 9 Jun 2026 at 11:00, Northwind Talent wrote:\n> Hello"
        arrive(mails.REPLY.partition(b"\n\n")[0] + b"\n\n" + body, ours)
        thread = Thread.objects.get()

        assert Suppression.objects.get().reason == "unsubscribe"
        assert (thread.intent, thread.waiting_since) == ("stop", None)

    def test_a_longer_one_opens_a_task(self, ours, recruiter):
        arrive(
            mails.REPLY.replace(b"Thank you,", b"I do not want to stop you, but remove me from the finance list;"), ours
        )

        assert (Task.objects.get().assignee, Suppression.objects.count()) == (recruiter, 0)

    def test_mail_to_the_unsubscribe_address_is_one_too(self, ours):
        raw = b"From: relay@elsewhere.example\nMessage-ID: <u@x>\nSubject: unsubscribe\n\n"
        stored = arrive(raw, ours, to=f"unsubscribe+{ours.token.hex}@in.throughline.example")

        assert (stored.state, Suppression.objects.get().reason) == (State.REPORT, "unsubscribe")


class TestReading:
    @given(st.binary(max_size=400))
    def test_no_bytes_break_the_reader(self, raw):
        found = reading.parse(raw, "a@b.example", ["reply@in.throughline.example"])

        assert isinstance(found.text, str) and "\x00" not in found.text + found.subject  # what a database keeps

    @given(st.lists(st.sampled_from([
        b"From: =?x?q?=?= <a@b>", b"Content-Type: multipart/report; report-type=delivery-status; boundary=B", b"--B", b"--B--", b"",
        b"Content-Type: message/delivery-status", b"Content-Type: message/rfc822", b"Message-ID: <a@b", b"Subject: =?utf-8?b?//8=?=",
        b"Content-Type: text/plain; charset=nonsense", b"Content-Transfer-Encoding: base64", b"\xff\xfe\x00", b"Final-Recipient: x",
        b"Action: failed",
        b"Content-Disposition: attachment; filename*=utf-8''%ff", b"To: undisclosed-recipients:;", b"Content-Type: message/feedback-report",
    ])))  # fmt: skip
    def test_no_broken_structure_breaks_the_reader(self, lines):
        found = reading.parse(b"\n".join(lines), "", [])

        assert all(isinstance(part, str) for part in (found.sender, found.subject, found.text))

    def test_html_is_made_harmless_and_pictures_stay_outside(self):
        """MAIL-18"""
        raw = (
            b"Content-Type: text/html\n\n<p onclick='x()'>Hi <script>alert(1)</script><img src='https://spy.example/p.gif'>"
            b"<a href='javascript:x()'>bad</a> <a href='https://fine.example' style='x'>good</a><form><input></form></p>"
        )
        parsed = reading.parse(raw, "a@b")

        assert "spy.example" not in parsed.html
        assert "script" not in parsed.html
        assert "onclick" not in parsed.html
        assert 'href="https://fine.example"' in parsed.html
        assert parsed.text == "Hi bad good"

    @pytest.mark.parametrize(
        ("text", "now"),
        [
            ("Yes.\n\nOn Tue, 9 Jun 2026 at 11:00, A <a@b.example> wrote:\n> x", "Yes."),
            ("Oui.\n\nLe mar. 9 juin 2026 à 11:00, A <a@b.example> a écrit :\n> x", "Oui."),
            ("Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: x", "Ja."),
            ("Yes.\n> middle\nand more", "Yes.\n> middle\nand more"),
            ("Yes.\n-- \nAda", "Yes."),
            ("> all quoted", ""),
            ("", ""),
        ],
    )
    def test_what_was_written_now_is_told_from_what_was_quoted(self, text, now):
        assert reading.fresh(text)[0] == now
