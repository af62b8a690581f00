"""The inbox: who waits, answering, assigning, unknown senders, unconfirmed messages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hiring import contact, inbox
from hiring.errors import Refused
from hiring.mail import compose, delivery, drafts, outbox, threads
from hiring.mail import inbound as receiving
from hiring.models import InboundMail, Job, MailTemplate, Message, ProcessingBasis, Suppression, Thread
from tests.factories import EmailFactory, JobFactory, MailboxFactory

pytestmark = pytest.mark.django_db


def conversation(name="Ada Byron", address="ada@mail.example", subject="A role in Lyon", answered=False):
    """We wrote, the person replied."""
    candidate = EmailFactory(candidate__name=name, value=address).candidate
    message = compose.to_candidate(
        candidate, purpose="message", mail_class="transactional", subject=subject, text="Hello"
    )
    Message.objects.filter(pk=message.pk).update(status="sent", at=timezone.now() - dt.timedelta(days=1))
    raw = f"From: {address}\r\nMessage-ID: <{address}>\r\nSubject: Re: {subject}\r\n\r\nYes, gladly."
    receiving.receive(raw.encode(), address, [f"reply+{message.token.hex}@in.throughline.example"])
    thread = Thread.objects.get(pk=message.thread_id)
    if answered:
        threads.answered(thread)
    return thread


@pytest.fixture
def thread(db):
    MailboxFactory(is_default=True)
    return conversation()


@pytest.fixture
def desk(client, recruiter):
    client.force_login(recruiter)
    return client


def swap(client, method, url, data=None):
    return getattr(client, method)(url, data or {}, headers={"HX-Request": "true"})


class TestList:
    def test_the_one_waiting_longest_stands_first_and_the_answered_one_is_not_there(self, recruiter, thread):
        second = conversation("Bo Later", "bo@mail.example")
        conversation("Cy Done", "cy@mail.example", answered=True)
        Thread.objects.filter(pk=second.pk).update(waiting_since=timezone.now() - dt.timedelta(days=3))

        assert [row.thread for row in inbox.listed(recruiter, "waiting").rows] == [second, thread]
        assert len(inbox.listed(recruiter, "all").rows) == 3
        assert inbox.waiting_for(recruiter) == 2

    def test_what_a_colleague_took_does_not_wait_for_me(self, recruiter, coordinator, thread):
        threads.assign(thread, coordinator)

        assert (inbox.waiting_for(recruiter), inbox.waiting_for(coordinator)) == (0, 1)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_asks_no_more_for_more_conversations(self, desk, django_assert_num_queries, rows):
        MailboxFactory(is_default=True)
        for number in range(rows):
            conversation(f"Person {number}", f"p{number}@mail.example")
        desk.get(reverse("inbox"))
        with django_assert_num_queries(7):
            desk.get(reverse("inbox"))

    def test_pages_follow_each_other_without_gap_or_repeat(self, recruiter, monkeypatch):
        monkeypatch.setattr(inbox, "PAGE", 2)
        MailboxFactory(is_default=True)
        made = [conversation(f"P {number}", f"p{number}@mail.example") for number in range(5)]
        for tab in ("waiting", "all"):
            seen, after = [], ""
            while True:
                page = inbox.listed(recruiter, tab, after=after)
                seen += [row.thread.pk for row in page.rows]
                after = page.next
                if not after:
                    break
            assert sorted(seen) == [thread.pk for thread in made]

    def test_today_has_a_group_of_replies(self, desk, thread):
        assert "Replies waiting" in desk.get(reverse("today")).content.decode()

    def test_a_paused_mailbox_is_told_on_today_and_in_the_inbox(self, client, admin, desk):
        """MAIL-10: the owner is alerted."""
        MailboxFactory(paused_at=timezone.now(), pause_reason="550 5.7.26 Unauthenticated", name="Talent")
        in_inbox = desk.get(reverse("inbox")).content.decode()
        client.force_login(admin)

        assert "550 5.7.26" in in_inbox
        assert "550 5.7.26" in client.get(reverse("today")).content.decode()

    def test_nothing_waiting_says_so(self, desk):
        assert "Nobody waits for an answer" in desk.get(reverse("inbox")).content.decode()


class TestConversation:
    def test_it_shows_both_sides_and_a_place_to_answer(self, desk, thread):
        page = desk.get(reverse("inbox_thread", args=[thread.pk])).content.decode()

        assert "Yes, gladly." in page
        assert "Hello" in page
        assert "Send answer" in page

    @pytest.mark.parametrize("mails", [1, 3])
    def test_it_asks_no_more_for_more_messages(self, desk, thread, django_assert_num_queries, mails):
        for _ in range(mails):
            compose.to_candidate(
                thread.candidate, purpose="message", mail_class="transactional", subject="", text="x", thread=thread
            )
        desk.get(reverse("inbox_thread", args=[thread.pk]))
        with django_assert_num_queries(9):
            swap(desk, "get", reverse("inbox_thread", args=[thread.pk]))

    def test_an_answer_waits_20_seconds_and_takes_the_conversation(self, desk, recruiter, thread):
        answer = swap(
            desk, "post", reverse("inbox_reply", args=[thread.pk]), {"text": "Let us talk, {{ first_name }}."}
        )
        message = Message.objects.get(purpose="reply", direction="out")
        thread.refresh_from_db()

        assert answer.status_code == 200
        assert (message.text, message.subject, message.mail_class) == (
            "Let us talk, Ada.",
            "Re: A role in Lyon",
            "transactional",
        )
        assert (thread.waiting_since, thread.assigned_to) == (None, recruiter)
        assert dt.timedelta(seconds=15) < message.not_before - timezone.now() <= dt.timedelta(seconds=20)
        assert reverse("message_stop", args=[message.pk]) in answer["HX-Trigger"]

    def test_stopping_it_makes_the_person_wait_again(self, desk, thread):
        desk.post(reverse("inbox_reply", args=[thread.pk]), {"text": "Oops"})
        message = Message.objects.get(purpose="reply", direction="out")

        desk.post(reverse("message_stop", args=[message.pk]))

        message.refresh_from_db()
        thread.refresh_from_db()
        assert (message.status, thread.waiting_since is not None) == ("cancelled", True)

    def test_an_empty_answer_keeps_the_page(self, desk, thread):
        answer = swap(desk, "post", reverse("inbox_reply", args=[thread.pk]), {"text": " "})

        assert (answer.status_code, "The answer is empty." in answer.content.decode()) == (422, True)

    def test_a_field_without_value_is_refused_and_nothing_is_queued(self, desk, thread):
        answer = swap(desk, "post", reverse("inbox_reply", args=[thread.pk]), {"text": "At {{ company }}?"})

        assert (answer.status_code, Message.objects.filter(direction="out", purpose="reply").count()) == (409, 0)

    def test_saying_stop_for_the_person_is_an_unsubscribe(self, desk, recruiter, thread):
        desk.post(reverse("inbox_intent", args=[thread.pk]), {"intent": "stop"})

        assert (Suppression.objects.get().reason, Suppression.objects.get().created_by) == ("unsubscribe", recruiter)

    def test_needs_no_answer_can_be_taken_back(self, desk, thread):
        desk.post(reverse("inbox_answered", args=[thread.pk]))
        thread.refresh_from_db()
        done = thread.waiting_since
        desk.post(reverse("inbox_unanswered", args=[thread.pk]))
        thread.refresh_from_db()

        assert (done, thread.waiting_since is not None) == (None, True)

    def test_html_of_strangers_is_harmless_on_the_page(self, desk, thread):
        raw = (
            b"From: ada@mail.example\r\nMessage-ID: <html@x>\r\nContent-Type: text/html\r\n\r\n"
            b"<p>Hi</p><img src=https://spy.example/x.gif><script>alert(1)</script>"
        )
        receiving.receive(
            raw, "ada@mail.example", [f"reply+{thread.messages.first().token.hex}@in.throughline.example"]
        )
        page = desk.get(reverse("inbox_thread", args=[thread.pk])).content.decode()

        assert ("spy.example" in page, "alert(1)" in page) == (False, False)

    def test_hiring_managers_and_compliance_do_not_read_correspondence(self, client, manager, officer, thread):
        for user in (manager, officer):
            client.force_login(user)
            assert client.get(reverse("inbox_thread", args=[thread.pk])).status_code == 403


class TestUnknownSenders:
    @pytest.fixture
    def stored(self):
        raw = b"From: Eve <eve@other.example>\r\nMessage-ID: <e@x>\r\nSubject: Hello\r\n\r\nIt is me, from my other address."
        return receiving.receive(raw, "eve@other.example", ["jobs@in.throughline.example"])

    def test_filing_it_makes_it_a_reply_of_that_person(self, desk, thread, stored):
        desk.post(reverse("inbox_attach", args=[stored.pk]), {"candidate": thread.candidate_id})
        stored.refresh_from_db()
        filed = stored.message

        assert (stored.state, filed.thread, filed.candidate) == (InboundMail.State.FILED, thread, thread.candidate)
        assert thread.candidate.events.filter(kind="message.received").count() == 2

    def test_two_colleagues_cannot_file_it_twice(self, recruiter, thread, stored):
        threads.attach(stored, thread.candidate, by=recruiter)
        with pytest.raises(Refused):
            threads.attach(stored, thread.candidate, by=recruiter)

    def test_it_can_be_set_aside(self, desk, stored):
        desk.post(reverse("inbox_ignore", args=[stored.pk]))
        stored.refresh_from_db()

        assert stored.state == InboundMail.State.IGNORED

    def test_the_page_finds_people_by_name(self, desk, thread, stored):
        from hiring import search

        search.refresh([thread.candidate_id])
        page = desk.get(reverse("inbox_unmatched_mail", args=[stored.pk]), {"q": "Byron"}).content.decode()

        assert ("It is me" in page, "File with Ada Byron" in page) == (True, True)


class TestUnconfirmed:
    @pytest.fixture
    def lost(self, thread):
        message = thread.messages.filter(direction="out").get()
        Message.objects.filter(pk=message.pk).update(status="unconfirmed", dedupe_key="step:1:1")
        message.refresh_from_db()
        return message

    def test_marking_it_sent_records_it(self, desk, lost):
        desk.post(reverse("message_settle", args=[lost.pk]), {"outcome": "sent"})
        lost.refresh_from_db()

        assert lost.status == "sent"

    def test_sending_again_is_a_new_message_of_its_own(self, desk, lost):
        desk.post(reverse("message_settle", args=[lost.pk]), {"outcome": "again"})
        lost.refresh_from_db()
        again = Message.objects.queued().get()

        assert (lost.status, again.text, again.dedupe_key) == ("failed", lost.text, None)
        assert again.message_id != lost.message_id
        assert again.token != lost.token

    def test_it_is_decided_once(self, recruiter, lost):
        threads.confirm_sent(lost, by=recruiter)
        with pytest.raises(Refused):
            threads.send_again(lost, by=recruiter)

    def test_they_are_listed(self, desk, lost):
        assert "A role in Lyon" in desk.get(reverse("inbox_unconfirmed")).content.decode()


class TestWriting:
    @pytest.fixture
    def person(self, monkeypatch):
        monkeypatch.setattr(contact, "guards", {name: lambda *_: {} for name in contact.EXPECTED_GUARDS})
        monkeypatch.setattr(contact, "next_waking_hour", lambda candidate, at: at)
        MailboxFactory(is_default=True)
        candidate = EmailFactory(candidate__name="Noor Haddad", value="noor@mail.example").candidate
        ProcessingBasis.objects.create(
            candidate=candidate,
            purpose="sourcing",
            basis="legitimate_interest",
            controller="N",
            started_at=timezone.now(),
        )
        return candidate

    def test_a_template_is_filled_in_and_names_what_is_missing(self, desk, person):
        template = MailTemplate.objects.create(
            name="First", kind="outreach", subject="Hi {{ first_name }}", body="At {{ company }}?"
        )
        page = swap(desk, "get", reverse("message_write", args=[person.pk]), {"template": template.pk}).content.decode()

        assert 'value="Hi Noor"' in page
        assert "Where the person works" in page

    def test_the_preview_is_word_for_word_what_is_sent(self, desk, recruiter, person):
        said = {"subject": "A role", "text": "Hello {{ first_name }}"}
        shown = drafts.preview(person, recruiter, **said)
        page = swap(desk, "post", reverse("message_write", args=[person.pk]), said | {"preview": "1"}).content.decode()
        before = Message.objects.count()
        desk.post(reverse("message_write", args=[person.pk]), said)
        message = Message.objects.get()

        assert (before, "<p>Hello Noor</p>" in page) == (0, True)
        assert (shown.text, shown.subject, shown.sender) == (message.text, message.subject, message.from_address)
        assert "/u/" in message.text

    def test_writing_first_is_outreach_and_asks_the_policy(self, recruiter, person):
        person.do_not_contact = True
        person.save()
        with pytest.raises(Refused, match="cannot be written to"):
            threads.write(person, subject="x", text="y", by=recruiter)

    def test_a_message_that_must_wait_says_until_when(self, recruiter, person):
        contact.contacted(person)
        message = threads.write(person, subject="x", text="y", by=recruiter)

        assert message.not_before > timezone.now() + dt.timedelta(days=6)

    def test_the_profile_has_a_mail_tab(self, desk, person):
        page = desk.get(reverse("candidate", args=[person.pk]), {"compose": "mail"}).content.decode()

        assert 'id="mail-draft"' in page
        assert "with a way to unsubscribe" in page

    def test_somebody_elses_role_may_not_write(self, client, interviewer, officer, person):
        client.force_login(officer)
        assert client.post(reverse("message_write", args=[person.pk]), {"subject": "x", "text": "y"}).status_code == 403
        client.force_login(interviewer)
        assert client.get(reverse("message_write", args=[person.pk])).status_code == 404


class TestOutbox:
    @pytest.fixture(autouse=True)
    def kept_here(self, settings):
        settings.EMAIL_BACKEND = "hiring.mail.outbox.OutboxBackend"

    def send(self, **said):
        candidate = EmailFactory(value="ada@mail.example").candidate
        words = {
            "purpose": "message",
            "mail_class": "transactional",
            "subject": "Größe",
            "text": "See https://a.example/x",
        } | said
        compose.to_candidate(candidate, **words)
        delivery.sweep()
        return outbox.names()[0]

    def test_mail_is_readable_with_links_and_attachments(self, desk):
        name = self.send(attachments=[("offer.pdf", "application/pdf", b"%PDF-1")])
        listing = desk.get(reverse("outbox")).content.decode()
        page = desk.get(reverse("outbox_mail", args=[name])).content.decode()
        file = desk.get(reverse("outbox_attachment", args=[name, 0]))

        assert ("Größe" in listing, "Nothing left this machine" in listing) == (True, True)
        assert 'href="https://a.example/x"' in page
        assert (file.content, file["Content-Type"]) == (b"%PDF-1", "application/octet-stream")
        assert Message.objects.get().status == "sent"

    def test_a_name_that_is_none_is_not_found(self, desk):
        self.send()
        for name in ("x", "20260101T000000000000-00000000"):
            assert desk.get(reverse("outbox_mail", args=[name])).status_code == 404
        assert outbox.opened("../../etc/passwd") is None

    def test_only_those_who_run_hiring_read_it(self, client, coordinator, manager):
        for user in (coordinator, manager):
            client.force_login(user)
            assert client.get(reverse("outbox")).status_code == 403

    def test_whoever_is_kept_from_a_job_does_not_read_mail_about_it_here(self, desk, recruiter):
        job = JobFactory()
        assert desk.get(reverse("outbox")).status_code == 200
        Job.objects.filter(pk=job.pk).update(confidential=True)
        job.team.all().delete()
        assert desk.get(reverse("outbox")).status_code == 403
        job.team.create(user=recruiter, role="recruiter")
        assert desk.get(reverse("outbox")).status_code == 200

    def test_an_empty_outbox_says_so(self, desk):
        assert "No mail yet" in desk.get(reverse("outbox")).content.decode()


class TestWhoWroteLast:
    def test_my_own_words_say_you_and_a_colleagues_say_the_name(self, client, recruiter, coordinator, thread):
        threads.write(thread.candidate, subject="", text="See you on Monday.", by=recruiter, thread=thread)
        pages = []
        for reader in (recruiter, coordinator):
            client.force_login(reader)
            pages.append(client.get(reverse("inbox"), {"tab": "all"}).content.decode())

        assert "You:</span>" in pages[0]
        assert "Rita:</span>" in pages[1]
