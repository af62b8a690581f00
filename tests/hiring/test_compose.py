"""Composing: a row with its id, token and words, before any delivery."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hiring.errors import Refused
from hiring.mail import compose, queue
from hiring.models import Message, PersonalLink
from tests.factories import EmailFactory, MailboxFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return EmailFactory(candidate__name="Ada Byron", value="ada@mail.example").candidate


def write(candidate, **said):
    words = {"purpose": "message", "mail_class": "transactional", "subject": "Hello", "text": "How are you?"} | said
    return compose.to_candidate(candidate, **words)


def test_a_message_is_a_complete_row_before_anything_is_sent(ada, recruiter):
    """MAIL-14, MAIL-16"""
    mailbox = MailboxFactory(is_default=True, address="hiring@throughline.example", name="Northwind Talent")

    message = write(ada, by=recruiter)

    assert re.fullmatch(r"<[0-9a-f-]{36}@throughline\.example>", message.message_id)
    assert (message.status, message.token is not None, message.mailbox) == ("queued", True, mailbox)
    assert (message.from_address, message.to_address) == (
        "Northwind Talent <hiring@throughline.example>",
        "Ada Byron <ada@mail.example>",
    )
    assert message.thread.subject == "Hello"


def test_a_continued_thread_names_its_parents(ada):
    """MAIL-15"""
    first = write(ada, subject="A role in Lyon")
    second = write(ada, subject="", thread=first.thread)
    third = write(ada, subject="", thread=first.thread)

    assert (second.subject, third.subject) == ("Re: A role in Lyon", "Re: A role in Lyon")
    assert (second.in_reply_to, second.references) == (first.message_id, first.message_id)
    assert (third.in_reply_to, third.references) == (second.message_id, f"{first.message_id} {second.message_id}")


def test_a_dedupe_key_makes_the_second_message_the_first(ada):
    first = write(ada, dedupe_key="receipt:1")

    assert write(ada, dedupe_key="receipt:1", subject="Other") == first
    assert Message.objects.count() == 1


@pytest.mark.parametrize("subject", ["Hi\r\nBcc: evil@mail.example", "Hi\nthere", "Hi\rthere", "   ", "x" * 251])
def test_a_subject_that_would_break_the_header_is_refused(ada, subject):
    """MAIL-11"""
    with pytest.raises(Refused):
        write(ada, subject=subject)
    assert not Message.objects.exists()


def test_line_breaks_in_a_name_do_not_reach_the_header(ada):
    ada.name = "Ada\r\nBcc: evil@mail.example"

    assert write(ada).to_address == '"Ada Bcc: evil@mail.example" <ada@mail.example>'


@pytest.mark.parametrize("text", ["Hi {{ first_name }},", "Hi {{first_name", "Hi {% if x %}", "Hi first_name }}"])
def test_an_unresolved_field_blocks_the_message_and_names_the_person(ada, text):
    """MAIL-11: no "Hi ,"."""
    with pytest.raises(Refused, match="Ada Byron"):
        write(ada, text=text)


def test_merging_names_the_person_and_every_missing_field(ada):
    values = compose.fields(ada)
    with pytest.raises(Refused) as refused:
        compose.merge("Hi {{ first_name }}, {{company}} in {{ location }}, {{ company }}", values)
    assert refused.value.sentence == "The message to Ada Byron has no value for: company, location."


def test_merging_does_not_read_what_it_filled_in():
    assert compose.merge("Hi {{ first_name }}", {"first_name": "{{ secret }}", "secret": "x"}) == "Hi {{ secret }}"


@given(st.text())
def test_merging_text_without_fields_changes_nothing(text):
    if not compose.FIELD.search(text):
        assert compose.merge(text, {}) == text


def test_a_person_without_a_working_address_is_refused(ada):
    ada.contact_points.update(bounced_at=timezone.now())
    with pytest.raises(Refused, match="no working e-mail address"):
        write(ada)


def test_an_address_our_relay_cannot_carry_is_refused_in_words(ada):
    """MAIL-12"""
    ada.contact_points.update(value="adé@mail.example")
    with pytest.raises(Refused, match="plain ASCII"):
        write(ada)


def test_outreach_carries_the_way_out_and_the_notice_while_it_is_owed(ada):
    """MAIL-6, PRIV-4"""
    ada.notice_due_on, ada.source_note = dt.date(2026, 12, 1), "Your page on example.org"
    ada.save()

    message = write(ada, mail_class="outreach")

    link = PersonalLink.objects.get(purpose="unsubscribe")
    assert (link.candidate, link.expires_at, message.carries_notice) == (ada, None, True)
    assert "/u/" in message.text
    assert "Where we found you: Your page on example.org." in message.text
    ada.notice_sent_at = timezone.now()
    again = write(ada, mail_class="outreach")
    assert (again.carries_notice, "Where we found you" in again.text) == (False, False)
    assert PersonalLink.objects.count() == 1


def test_a_delayed_message_stands_in_the_timeline_and_can_be_stopped(ada, recruiter):
    message = write(ada, by=recruiter, not_before=timezone.now() + dt.timedelta(days=2))

    compose.cancel(message, by=recruiter, note="Changed my mind")

    assert (message.status, message.status_note) == ("cancelled", "Changed my mind")
    assert list(ada.events.order_by("pk").values_list("kind", "actor")) == [
        ("message.queued", recruiter.pk),
        ("message.cancelled", recruiter.pk),
    ]
    with pytest.raises(Refused, match="already left"):
        compose.cancel(message, by=recruiter)


def test_attachments_are_kept_with_the_row(ada):
    message = write(ada, attachments=[("offer.pdf", "application/pdf", b"%PDF-")])

    attachment = message.attachments.get()
    assert (attachment.name, attachment.content_type, attachment.file.read()) == (
        "offer.pdf",
        "application/pdf",
        b"%PDF-",
    )


def test_a_due_message_is_handed_over_on_commit_and_a_later_one_is_not(
    ada, monkeypatch, django_capture_on_commit_callbacks
):
    handed = []
    monkeypatch.setattr(queue, "hand_over", handed.append)
    with django_capture_on_commit_callbacks(execute=True):
        now = write(ada)
        write(ada, not_before=timezone.now() + dt.timedelta(hours=1))

    assert handed == [[now.pk]]


def test_a_broker_that_is_down_does_not_fail_the_request(ada, monkeypatch, django_capture_on_commit_callbacks):
    from hiring.mail.tasks import deliver

    def refuse(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(deliver, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        message = write(ada)

    assert Message.objects.queued().get() == message


def test_a_colleague_gets_a_rendered_template(tmp_path, settings):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    (tmp_path / "asked.subject.txt").write_text("Please decide: {{ title }}\n")
    (tmp_path / "asked.txt").write_text("Dear {{ user.full_name }}, {{ title }}")
    user = UserFactory(full_name="Max Manager", email="max@northwind.example")

    message = compose.to_colleague(user, purpose="approval", template="asked", context={"title": "Data Engineer"})

    assert (message.subject, message.text) == ("Please decide: Data Engineer", "Dear Max Manager, Data Engineer")
    assert (message.mail_class, message.recipient, message.to_address, message.html, message.is_automatic) == (
        "internal",
        user,
        "Max Manager <max@northwind.example>",
        "",
        True,
    )
