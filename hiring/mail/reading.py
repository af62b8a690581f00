"""Reading a mail from outside. Whatever the bytes are, an answer comes back: strangers' mail is broken in every way there is."""

from __future__ import annotations

import email
import email.policy
import email.utils
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage as Mime
from typing import Any

import nh3

from hiring.mail import sanitise

TOKEN = re.compile(r"^(reply|bounce|unsubscribe)\+([0-9a-f]{32})@", re.IGNORECASE)
IDS = re.compile(r"<[^<>\s]+>")
PRECEDENCE = {"bulk", "list", "junk", "auto_reply"}
AUTOMATIC_HEADERS = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "List-Id")
AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(automatic reply|auto(?:matic)?[- ]?reply|autoreply|out of (?:the )?office|undeliver(?:able|ed)|"
    r"réponse automatique|absence du bureau|abwesenheits(?:notiz|nachricht)|automatische antwort|"
    r"respuesta automática|fuera de la oficina|risposta automatica|fuori sede|afwezig|automatisch antwoord)\b",
    re.IGNORECASE,
)
STOP = re.compile(
    r"(please\s+)?(stop|unsubscribe|remove me|take me off( your list)?|opt[ -]?out|no more (e-?)?mails?|"
    r"désinscri\w*|désabonn\w*|arrêtez|abmelden|abbestellen|austragen|baja|darme de baja|cancellami|uitschrijven)"
    r"(\s*,?\s*(me|please|thanks|thank you|merci|danke|bitte|gracias))*",
    re.IGNORECASE,
)
QUOTE_STARTS = re.compile(
    r"^\s*(on .{5,200} wrote:|le .{5,200} a écrit\s?:|am .{5,200} schrieb.*:|el .{5,200} escribió:|il .{5,200} ha scritto:|"
    r"op .{5,200} schreef.*:|-{2,}\s*(original message|message d'origine|ursprüngliche nachricht|mensaje original).*|"
    r"_{10,}|(from|de|von):\s.+@.+)\s*$",
    re.IGNORECASE,
)


@dataclass
class File:
    name: str
    content_type: str
    content: bytes


@dataclass
class Report:
    """RFC 3464: what became of a message of ours, as another server says."""

    action: str
    status: str
    recipient: str
    words: str
    original_id: str = ""


@dataclass
class Parsed:
    """A mail in the parts we act on. Text is readable, HTML is sanitised, everything may be empty."""

    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    parents: list[str] = field(default_factory=list)  # In-Reply-To first, then References from the latest back
    addressed: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    calendars: list[tuple[str, str]] = field(default_factory=list)  # method, iCalendar text
    automatic: bool = False
    report: Report | None = None
    complaint_about: list[str] | None = None  # ids and addresses an abuse report names; None when it is none


def parse(raw: bytes, envelope_from: str | None = None, recipients: Iterable[str] = ()) -> Parsed:
    mail: Mime = email.message_from_bytes(raw, policy=email.policy.default)
    name, sender = email.utils.parseaddr(header(mail, "From"))
    parsed = Parsed(
        message_id=next(iter(IDS.findall(header(mail, "Message-ID"))), "")[:250],
        sender=sender[:320],
        sender_name=" ".join(name.split())[:200],
        subject=" ".join(header(mail, "Subject").split())[:250],
        parents=[*IDS.findall(header(mail, "In-Reply-To")), *reversed(IDS.findall(header(mail, "References")))],
        addressed=[*recipients, *_named_recipients(mail)],
        automatic=is_automatic(mail, envelope_from),
    )
    _read_body(mail, parsed)
    parsed.report = _delivery_report(mail)
    parsed.complaint_about = _complaint(mail)
    return parsed


def header(mail: Mime, name: str) -> str:
    """A header as text. The parser refuses some broken ones; then what stands there is taken as it is."""
    try:
        value = mail.get(name, "")
    except Exception:
        value = next((text for key, text in mail.raw_items() if key.lower() == name.lower()), "")
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()


def tokens(addresses: Iterable[str]) -> list[tuple[str, str]]:
    """(kind, token) of every delivery address of ours (MAIL-16); mail programs may have changed the case."""
    found = (TOKEN.match(address.strip().strip("<>")) for address in addresses)
    return [(match[1].lower(), match[2].lower()) for match in found if match]


def is_automatic(mail: Mime, envelope_from: str | None) -> bool:
    """MAIL-23: a machine wrote this. The subject is asked last, and only in the languages it is known in."""
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(header(mail, name) for name in AUTOMATIC_HEADERS):
        return True
    if header(mail, "Precedence").strip().lower() in PRECEDENCE:
        return True
    if envelope_from == "" or header(mail, "Return-Path").strip() == "<>":
        return True
    if mail.get_content_type() == "multipart/report":
        return True
    return bool(AUTOMATIC_SUBJECT.match(header(mail, "Subject")))


def fresh(text: str) -> tuple[str, str]:
    """What was written now, and what was quoted or signed below it. For display only: the raw mail is kept (MAIL-18)."""
    lines = text.replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines):
        rest = lines[number:]
        quoted_to_the_end = line.startswith(">") and all(not below.strip() or below.startswith(">") for below in rest)
        if QUOTE_STARTS.match(line) or line.rstrip("\r") in {"--", "-- "} or quoted_to_the_end:
            return "\n".join(lines[:number]).strip(), "\n".join(rest).strip()
    return text.strip(), ""


def asks_to_stop(text: str) -> bool:
    """MAIL-7: nothing but a request to stop."""
    return bool(STOP.fullmatch(" ".join(fresh(text)[0].split()).strip(" .!\"'")))


def mentions_stop(text: str) -> bool:
    return bool(re.search(rf"\b{STOP.pattern}\b", fresh(text)[0], re.IGNORECASE))


def _named_recipients(mail: Mime) -> list[str]:
    named = [header(mail, name) for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")]
    return [address for _, address in email.utils.getaddresses(named)]


def _read_body(mail: Mime, parsed: Parsed) -> None:
    for part in mail.walk():
        if part.is_multipart():
            continue
        kind, named = part.get_content_type(), _file_name(part)
        if kind == "text/calendar":
            parsed.calendars.append((_parameter(part, "method").upper(), _text(part)))
        elif kind == "text/plain" and not named and not parsed.text:
            parsed.text = _text(part).replace("\r\n", "\n").strip()
        elif kind == "text/html" and not named and not parsed.html:
            parsed.html = sanitise.for_display(_text(part))
        elif named and kind != "application/ics":
            parsed.files.append(File(named, kind, _bytes(part)))
    if not parsed.text and parsed.html:
        parsed.text = _without_tags(parsed.html)


def _file_name(part: Mime) -> str:
    try:
        name = part.get_filename() or ""
        if not name and part.get_content_disposition() == "attachment":
            name = "unnamed"
    except Exception:
        name = "unnamed"
    said = " ".join(name.replace("\x00", "").encode("utf-8", "replace").decode().split())[:200]
    # Names that name no file (“.”, “cv/”) are refused as if somebody broke in: what came along is read all the same.
    return "unnamed" if said and said.rsplit("/", 1)[-1] in ("", ".", "..") else said


def _parameter(part: Mime, name: str) -> str:
    try:
        return str(part.get_param(name) or "")
    except Exception:
        return ""


def _bytes(part: Mime) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Mime) -> str:
    raw = _bytes(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(charset).replace("\x00", "")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1").replace("\x00", "")


def _without_tags(html: str) -> str:
    import html as entities

    broken = re.sub(r"(?i)<br\s*/?>|</(p|div|li|tr|h\d)>", "\n", html)
    bare = entities.unescape(nh3.clean(broken, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", bare).strip()


def _delivery_report(mail: Mime) -> Report | None:
    """The first recipient's fields of a delivery report; a report cut short still counts as one (MAIL-21)."""
    kind = _parameter(mail, "report-type").lower()
    fields = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if fields is None:
        if kind != "delivery-status":
            return None
        return Report("", "", "", "", _original_id(mail))
    groups = fields.get_payload() if fields.is_multipart() else []
    said: dict[str, str] = {}
    for group in groups if isinstance(groups, list) else []:
        for name, value in group.items() if not isinstance(group, str) else []:
            said.setdefault(name.lower(), " ".join(str(value).split()))
    status = re.match(r"\d\.\d{1,3}\.\d{1,3}", said.get("status", ""))
    return Report(
        action=said.get("action", "").partition(" ")[0].lower(),
        status=status[0] if status else "",
        recipient=said.get("final-recipient", "").rpartition(";")[2].strip(),
        words=said.get("diagnostic-code", said.get("status", ""))[:300],
        original_id=_original_id(mail),
    )


def _complaint(mail: Mime) -> list[str] | None:
    """MAIL-22: what an abuse report (ARF) says it is about; the recipient may be redacted, the original's id rarely is."""
    report = next((part for part in mail.walk() if part.get_content_type() == "message/feedback-report"), None)
    if report is None:
        return None
    said = _report_fields(report)
    if said.get("feedback-type", "abuse") != "abuse":
        return None
    about = [_original_id(mail), said.get("original-rcpt-to", ""), said.get("original-mail-from", "")]
    for part in mail.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            about += _original_recipients(part)
    return [text for text in about if text]


def _report_fields(part: Any) -> dict[str, str]:
    payload = part.get_payload()
    text = "".join(str(inner) for inner in payload) if isinstance(payload, list) else _text(part)
    pairs = (line.partition(":") for line in text.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip().strip("<>").lower() for name, _, value in pairs}


def _original(part: Mime) -> Mime:
    if part.is_multipart():
        return part.get_payload(0)  # type: ignore[return-value]
    return email.message_from_bytes(_bytes(part), policy=email.policy.default)


def _original_id(mail: Mime) -> str:
    for part in mail.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            return next(iter(IDS.findall(header(_original(part), "Message-ID"))), "")
    return ""


def _original_recipients(part: Mime) -> list[str]:
    inner = _original(part)
    return [address for _, address in email.utils.getaddresses([header(inner, "To"), header(inner, "Reply-To")])]
