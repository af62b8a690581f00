"""From a row to the bytes that leave: headers, alternatives, the calendar part where calendar programs look for it."""

from __future__ import annotations

import email.policy
import email.utils
from email.header import Header
from email.message import EmailMessage as Mime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from hiring.mail import footer, lists
from hiring.models import Attachment, Message
from hiring.prepared import Given, prepared

IDS_AND_ADDRESSES = {
    "list-unsubscribe",
    "list-unsubscribe-post",
    "references",
    "in-reply-to",
    "message-id",
    "feedback-id",
}


class WirePolicy(email.policy.EmailPolicy):
    """The standard policy, except that ids and addresses are folded between words only, and subjects as one text.

    The standard one turns a word longer than a line into encoded words, which no mail program reads in these headers,
    and loses the space between two words with accents where it breaks a line.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() == "subject" and not str(value).isascii():
            return f"{name}: {Header(str(value), 'utf-8', 76, name).encode(linesep=self.linesep)}{self.linesep}"
        return _folded(name, value) if name.lower() in IDS_AND_ADDRESSES else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


def _folded(name: str, value: Any) -> str:
    lines = [f"{name}:"]
    for word in str(value).split():
        if len(lines[-1]) + len(word) + 1 > 78 and not lines[-1].endswith(":"):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


POLICY = WirePolicy(linesep="\r\n")
RECEIPTS = {"receipt", "auto_reply"}
REFERENCES_KEPT = 20


def reply_address(message: Message) -> str:
    """Where an answer goes: the token finds the conversation again, whatever else the mail program drops (MAIL-16)."""
    return f"reply+{message.token.hex}@{settings.INBOUND_DOMAIN}"


def bounce_address(message: Message) -> str:
    """MAIL-20: the envelope sender of this one message, so that a bounce names it."""
    return f"bounce+{message.token.hex}@{settings.INBOUND_DOMAIN}"


class Bytes(Mime):
    """Django's SMTP backend asks for a line separator; ours is always CRLF."""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str | None = None) -> bytes:
        return super().as_bytes(unixfrom, policy or POLICY)


@prepared
def files_of(message: Given) -> QuerySet[Attachment]:
    """Asked of every mail that leaves."""
    return Attachment.objects.filter(message=message).order_by("pk")


class Letter(EmailMultiAlternatives):
    """A message as a Django e-mail, so that any backend carries it. What SMTP sends is exactly `message()`."""

    def __init__(self, row: Message) -> None:
        self.row = row
        self.html = row.html or render_to_string("hiring/email/plain.html", {"text": row.text})
        super().__init__(
            subject=row.subject,
            body=row.text,
            from_email=bounce_address(row),  # the envelope; the From header says who writes
            to=[row.to_address],
            headers=headers(row),
        )
        self.attach_alternative(self.html, "text/html")
        parts = files_of(message=row.pk) if getattr(row, "has_files", True) else []  # claimed rows know
        self.files = [(part.name, part.content_type, part.file.read()) for part in parts]
        for name, content_type, content in self.files:
            self.attach(name, content, content_type)

    def message(self, *, policy: Any = None) -> Any:
        mail = Bytes(policy=POLICY)
        for name, value in self.extra_headers.items():
            mail[name] = value
        mail["To"] = self.row.to_address
        mail["Subject"] = self.row.subject
        self._fill(mail)
        return mail

    def _fill(self, mail: Mime) -> None:
        """CAL-14: alternatives first and together, the calendar last among them and once more as a file."""
        mail.set_content(self.row.text, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        if self.row.calendar:
            calendar = crlf(self.row.calendar).encode()
            params = {"charset": "UTF-8", "method": self.row.calendar_method or "REQUEST"}  # CAL-13
            mail.add_alternative(calendar, maintype="text", subtype="calendar", params=params)
            mail.add_attachment(
                calendar, maintype="application", subtype="ics", filename="invite.ics", params={"name": "invite.ics"}
            )
        for name, content_type, content in self.files:
            main, _, sub = content_type.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=name)


def headers(row: Message) -> dict[str, str]:
    said = {
        "From": row.from_address,
        "Reply-To": reply_address(row),
        "Date": email.utils.format_datetime(timezone.now()),
        "Message-ID": row.message_id,
    }
    if row.in_reply_to:
        said["In-Reply-To"] = row.in_reply_to
        said["References"] = _shortened(row.references or row.in_reply_to)
    if row.mail_class == Message.Class.OUTREACH and row.candidate:
        said |= _way_out(row, footer.unsubscribe_url(row.candidate), "outreach")
    elif (which := lists.lists.get(row.purpose)) and (address := which.way_out(row)):
        said |= _way_out(row, address, row.purpose)
    if row.is_automatic:
        said["Auto-Submitted"] = "auto-replied" if row.purpose in RECEIPTS else "auto-generated"  # MAIL-24
        said["X-Auto-Response-Suppress"] = "All"
    return said


def _way_out(row: Message, address: str, stream: str) -> dict[str, str]:
    """MAIL-1: one click for mail programs, and an address for those that write."""
    return {
        "List-Unsubscribe": f"<{address}>, <mailto:unsubscribe+{row.token.hex}@{settings.INBOUND_DOMAIN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": f"{stream}:{row.mailbox_id or 0}:throughline",  # MAIL-22: Gmail reports by this
    }


def crlf(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"


def _shortened(references: str) -> str:
    """The first and the latest ids of a long conversation, as RFC 5322 allows."""
    ids = references.split()
    return " ".join(ids if len(ids) <= REFERENCES_KEPT else [ids[0], *ids[-REFERENCES_KEPT + 1 :]])
