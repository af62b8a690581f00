"""The bytes that leave, read by the standard library's parser and by eye."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils

import pytest

from hiring.mail import compose
from hiring.mail.mime import Letter, bounce_address, reply_address
from tests.factories import EmailFactory, MailboxFactory

pytestmark = pytest.mark.django_db

INVITE = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Gespräch mit Zoë\nEND:VEVENT\nEND:VCALENDAR\n"
)


def built(candidate=None, **said):
    candidate = candidate or EmailFactory(candidate__name="Zoë Übermaß", value="zoe@mail.example").candidate
    words = {
        "purpose": "message",
        "mail_class": "transactional",
        "subject": "Hello",
        "text": "Bonjour à tous.\n\nhttps://a.example",
    }
    message = compose.to_candidate(candidate, **(words | said))
    raw = Letter(message).message().as_bytes(linesep="\r\n")
    return message, raw, email.message_from_bytes(raw, policy=email.policy.SMTP)


def shape(part):
    inside = [shape(child) for child in part.iter_parts()] if part.is_multipart() else []
    return [part.get_content_type(), *inside]


def test_every_mail_has_one_of_each_header_and_short_lines():
    """MAIL-11, MAIL-14, MAIL-20"""
    MailboxFactory(is_default=True, name="Ünïcode Talent", address="hiring@throughline.example")
    message, raw, mail = built(subject="Größe " * 40, text="word " * 2000)

    for name in ("From", "To", "Date", "Message-ID", "Subject", "Reply-To", "MIME-Version"):
        assert len(mail.get_all(name)) == 1, name
    assert mail["Message-ID"] == message.message_id
    assert mail["Subject"] == message.subject
    assert mail["From"].addresses[0].display_name == "Ünïcode Talent"
    assert mail["To"].addresses[0].addr_spec == "zoe@mail.example"
    assert mail["Reply-To"] == reply_address(message) == f"reply+{message.token.hex}@in.throughline.example"
    assert Letter(message).from_email == bounce_address(message)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert email.utils.parsedate_to_datetime(str(mail["Date"])).tzinfo is not None


def test_a_plain_text_gets_an_html_alternative_with_its_links():
    _, _, mail = built()

    assert shape(mail) == ["multipart/alternative", ["text/plain"], ["text/html"]]
    plain, html = mail.iter_parts()
    assert plain.get_content() == "Bonjour à tous.\r\n\r\nhttps://a.example\r\n"
    assert '<a href="https://a.example"' in html.get_content()


def test_text_from_people_is_escaped_in_html():
    _, _, mail = built(text="<script>alert(1)</script>")

    assert "<script>" not in list(mail.iter_parts())[1].get_content()


def test_outreach_names_its_one_click_way_out():
    """MAIL-1: exactly one HTTPS URI, then mailto; the POST header word for word; one line each."""
    message, raw, mail = built(mail_class="outreach")

    address, mailto = str(mail["List-Unsubscribe"]).split(", ")
    assert address.startswith("<http")
    assert "/u/" in address
    assert address.strip("<>") in message.text
    assert mailto == f"<mailto:unsubscribe+{message.token.hex}@in.throughline.example>"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"=?" not in raw.split(b"List-Unsubscribe:")[1].split(b"\r\nList-Unsubscribe-Post")[0]


def test_mail_about_an_application_is_no_list_mail():
    _, _, mail = built()

    assert (mail["List-Unsubscribe"], mail["Auto-Submitted"]) == (None, None)


@pytest.mark.parametrize(("purpose", "value"), [("receipt", "auto-replied"), ("rejection", "auto-generated")])
def test_automatic_mail_says_so(purpose, value):
    """MAIL-24"""
    _, _, mail = built(automatic=True, purpose=purpose)

    assert mail["Auto-Submitted"] == value


def test_an_invitation_stands_where_calendar_programs_look():
    """CAL-13, CAL-14: alternatives together, the calendar last among them, the same bytes once more as a file."""
    _, raw, mail = built(
        calendar=INVITE, calendar_method="REQUEST", attachments=[("cv.pdf", "application/pdf", b"%PDF-1")]
    )

    assert shape(mail) == [
        "multipart/mixed",
        ["multipart/alternative", ["text/plain"], ["text/html"], ["text/calendar"]],
        ["application/ics"],
        ["application/pdf"],
    ]
    alternative, file, _ = mail.iter_parts()
    calendar = list(alternative.iter_parts())[2]
    assert dict(calendar["Content-Type"].params) == {"charset": "UTF-8", "method": "REQUEST"}
    assert calendar["Content-Disposition"] is None
    assert (file.get_filename(), file["Content-Type"].params["name"]) == ("invite.ics", "invite.ics")
    wire = INVITE.replace("\n", "\r\n").encode()
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == wire
    assert b"Content-Type: text/calendar; charset=UTF-8; method=REQUEST\r\n" in raw.replace(b'"', b"")


def test_a_long_conversation_keeps_its_first_and_latest_ids():
    message, _, _ = built()
    message.references = " ".join(f"<{number:036}@throughline.example>" for number in range(300))
    message.in_reply_to = "<x@y>"
    raw = Letter(message).message().as_bytes()
    kept = str(email.message_from_bytes(raw, policy=email.policy.SMTP)["References"]).split()

    assert (len(kept), kept[0][1:37], kept[-1][1:37]) == (20, f"{0:036}", f"{299:036}")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_the_date_is_the_moment_it_leaves(monkeypatch):
    from django.utils import timezone

    message, _, _ = built()
    then = dt.datetime(2026, 6, 9, 10, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: then)

    assert str(Letter(message).message()["Date"]) == "Tue, 09 Jun 2026 10:00:00 +0000"


@pytest.mark.parametrize("start", range(20, 60, 3))
def test_a_subject_with_accents_keeps_its_spaces_where_the_line_breaks(start):
    subject = f"{'Interview with us: ' * 4}"[:start].strip() + " Ingénieur Électrique développement 🌊 مد été"
    _, raw, parsed = built(subject=subject)

    assert parsed["Subject"] == subject
    assert all(len(line) <= 78 for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n") if b"ubject" in line)
