"""Where mail goes when no server is configured: a folder. Nothing leaves this machine; the outbox page reads it.

Each mail is one `.eml` file, exactly the bytes an SMTP server would have got, with its envelope in front as X- headers.
"""

from __future__ import annotations

import email
import email.policy
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage as Mime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from hiring.mail import sanitise

NAME = re.compile(r"^\d{8}T\d{12}-[0-9a-f]{8}$")


def folder() -> Path:
    return Path(settings.OUTBOX_DIR)


class OutboxBackend(BaseEmailBackend):
    """Writes what would have been sent. A file appears whole or not at all."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: Any) -> None:
        name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        envelope = f"X-Envelope-From: {message.from_email}\r\n".encode()
        draft = folder() / f".{name}"
        draft.write_bytes(envelope + message.message().as_bytes(linesep="\r\n"))
        draft.rename(folder() / f"{name}.eml")


@dataclass
class Kept:
    """A mail of the outbox as the page shows it."""

    name: str
    subject: str
    sender: str
    recipient: str
    at: Any = None
    text: str = ""
    html: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[int, str, str, int]] = field(default_factory=list)  # number, name, type, size


def names() -> list[str]:
    """Every mail, the latest first."""
    found = [path.stem for path in folder().glob("*.eml")] if folder().is_dir() else []
    return sorted((name for name in found if NAME.match(name)), reverse=True)


def glance(name: str) -> Kept:
    """The line of a list: only the head of the file is read."""
    with (folder() / f"{name}.eml").open("rb") as file:
        head = b"".join(iter(lambda: _header_line(file), b""))
    return _described(name, email.message_from_bytes(head, policy=email.policy.default))


def opened(name: str) -> Kept | None:
    """One mail, rendered safely; None when there is no such file."""
    mail = _read(name)
    if mail is None:
        return None
    kept = _described(name, mail)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    kept.text = plain.get_content() if plain else ""
    kept.html = sanitise.for_display(rich.get_content()) if rich else ""
    kept.headers = [(header, str(value)) for header, value in mail.items()]
    for number, part in enumerate(mail.iter_attachments()):
        size = len(bytes(part.get_payload(decode=True) or b""))
        kept.files.append((number, part.get_filename() or "unnamed", part.get_content_type(), size))
    return kept


def attachment(name: str, number: int) -> tuple[str, str, bytes] | None:
    mail = _read(name)
    parts = list(mail.iter_attachments()) if mail else []
    if not 0 <= number < len(parts):
        return None
    part = parts[number]
    content = part.get_payload(decode=True)
    return part.get_filename() or "unnamed", part.get_content_type(), content if isinstance(content, bytes) else b""


def _read(name: str) -> Mime | None:
    path = folder() / f"{name}.eml"
    if not NAME.match(name) or not path.is_file():
        return None
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _header_line(file: Any) -> bytes:
    line = file.readline()
    return b"" if line in (b"\r\n", b"\n") else line


def _described(name: str, mail: Mime) -> Kept:
    date = mail["Date"]
    return Kept(
        name=name,
        subject=str(mail["Subject"] or ""),
        sender=str(mail["From"] or ""),
        recipient=str(mail["To"] or ""),
        at=getattr(date, "datetime", None),
    )
