"""What may come in as a file (SEC-13 to SEC-15): decided from the bytes, cheaply, without parsing what they hold.

Two lines of defence. Here, at the door, whatever is certainly wrong is refused with a sentence the sender can act on:
wrong kinds, macros, archives that could unpack into a flood. What only a parser can find (a script inside a PDF, a
template fetched from elsewhere) is found by the child process of `reader.py`, which keeps the text and the pages and
withholds the original.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File

from hiring.documents import reader
from hiring.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 200
MAX_MEMBERS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_DIRECTORY = 1024 * 1024
MAX_PAGES = 500
"""Of a PDF, as far as its bytes say without being unpacked. The reader looks at far fewer."""
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page(?![A-Za-z])")

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "txt": "text/plain",
}
ACCEPT = ",".join(f".{kind}" for kind in CONTENT_TYPES)
KINDS_IN_WORDS = "PDF, DOCX, ODT, RTF or TXT"
EMPTY = "The file is empty. Please choose it again."
TOO_LARGE = "The file is larger than 10 MB. Please send a smaller one."

# A name such as cv.html.pdf is made to fool a person or a careless program; cv.docx.pdf is only somebody's habit.
DISGUISES = {
    "app", "bat", "cmd", "com", "cpl", "dll", "dmg", "docm", "dotm", "exe", "hta", "htm", "html", "iso", "jar", "js", "jse", "lnk",
    "mht", "mhtml", "msi", "php", "pif", "ps1", "py", "reg", "scr", "sh", "svg", "svgz", "vb", "vbe", "vbs", "wsf", "xht", "xhtml",
    "xml",
}  # fmt: skip
ARCHIVES = (".zip", ".jar", ".7z", ".rar", ".gz", ".tar", ".xz", ".bz2", ".docx", ".odt")
# Directional marks and zero-width characters: invisible, and able to show a name back to front.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: what it really is, and what to call it. With a `key` its bytes lie in storage already, and are
    not in `data`."""

    kind: str
    content_type: str
    name: str
    data: bytes
    sha256: str
    key: str = ""
    size_there: int = 0

    @property
    def size(self) -> int:
        return self.size_there or len(self.data)


def check(upload: File[Any]) -> Checked:
    """Look at an upload and say what it is. Raises Refused with what its sender can do about it."""
    name = clean_name(upload.name or "")
    upload.open()
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise Refused(EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    kind = kind_of(data)
    if kind != PurePosixPath(name).suffix.lstrip(".").lower():
        raise Refused(f"The file does not hold what its name says. Please send it as {KINDS_IN_WORDS}.")
    return Checked(kind, CONTENT_TYPES[kind], name, data, hashlib.sha256(data).hexdigest())


def clean_name(name: str) -> str:
    """The name to show and to hand out again: no path, no invisible characters. Raises Refused for one meant to deceive."""
    if "\x00" in name:
        raise Refused("The file's name holds a character that no name should. Please rename it.")
    name = re.split(r"[/\\]", name)[-1]
    name = INVISIBLE.sub("", unicodedata.normalize("NFC", name))
    name = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in name)
    name = re.sub(r"[<>:\"|?*;]", "_", re.sub(r"\s+", " ", name)).strip().rstrip(". ")
    if not name or name.startswith("."):
        raise Refused("The file needs a name. Please rename it and choose it again.")
    if len(name) > MAX_NAME:
        raise Refused(f"The file's name is longer than {MAX_NAME} characters. Please shorten it.")
    suffixes = [suffix.lstrip(".").strip().lower() for suffix in PurePosixPath(name).suffixes]
    if not suffixes or suffixes[-1] not in CONTENT_TYPES:
        raise Refused(_wrong_kind(suffixes[-1] if suffixes else ""))
    if DISGUISES.intersection(suffixes[:-1]):
        raise Refused("The file's name has two endings. Please rename it.")
    return name


def _wrong_kind(suffix: str) -> str:
    if suffix in ("doc", "dot"):
        return "This is an old Word file. Please save it as PDF or DOCX."
    if suffix in ("docm", "dotm"):
        return "This Word file holds macros. Please save it as PDF or DOCX."
    if suffix in ("jpg", "jpeg", "png", "heic", "gif", "tif", "tiff", "webp"):
        return "This is a picture. Please save it as PDF."
    if suffix == "pages":
        return "This is a Pages file. Please export it as PDF."
    return f"We cannot take this kind of file. Please send it as {KINDS_IN_WORDS}."


def kind_of(data: bytes) -> str:
    """pdf, docx, odt, rtf or txt, by content alone. Raises Refused for everything else, disguised or dangerous."""
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _check_zip(data)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(OLD_WORD):
        raise Refused("This is an old or protected Word file. Please save it as PDF or DOCX, without a password.")
    _check_text(data)
    return "txt"


def _check_pdf(data: bytes) -> None:
    if MARKUP.search(data[:1024]) or b"PK\x05\x06" in data[-65_557:]:
        raise Refused("The file is two kinds of file in one. Please save it as PDF again.")
    if b"startxref" not in data:
        raise Refused("The file is not complete. Please save it as PDF again.")
    if any(number >= MAX_PAGES for number, _ in enumerate(PAGE_OF_PDF.finditer(data))):
        raise Refused(f"The PDF has more than {MAX_PAGES} pages. Please send only what is about you.")
    if b"/Encrypt" in data and not reader.opens(data):
        raise Refused("This PDF is protected by a password. Please save a copy without one.")


def _check_text(data: bytes) -> None:
    head = data[:4096]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = head.decode("utf-16", "ignore").lstrip("\ufeff").encode() if wide else head.removeprefix(b"\xef\xbb\xbf")
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    binary = not wide and (b"\x00" in data or controls > len(head) // 100)
    if binary or b"%PDF-" in data[:1024] or MARKUP.match(start.lstrip()):
        raise Refused(f"This does not look like a document. Please send it as {KINDS_IN_WORDS}.")


def _check_zip(data: bytes) -> str:
    """Word and OpenDocument files are archives. Everything is judged from the directory; nothing is unpacked here."""
    broken = Refused("The file is damaged. Please save it again, or send it as PDF.")
    if b"%PDF-" in data[:1024]:
        raise Refused("The file is two kinds of file in one. Please save it again, or send it as PDF.")
    _check_directory(data, broken)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, UnicodeDecodeError):
        raise broken from None
    _check_members(members, len(data), broken)
    names = {member.filename for member in members}
    if any(name.lower().endswith("vbaproject.bin") or name.lower().startswith("basic/") for name in names):
        raise Refused("This document holds macros. Please save it as PDF or DOCX without them.")
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return "docx"
    if members[0].filename == "mimetype" and "content.xml" in names and CONTENT_TYPES["odt"].encode() in data[:128]:
        return "odt"
    raise Refused(f"This is an archive, not a document. Please send it as {KINDS_IN_WORDS}.")


def _check_directory(data: bytes, broken: Refused) -> None:
    """The end record stands at the very end and its directory is of a sane size, before zipfile reads one entry of it."""
    if len(data) < 22 or data[-22:-18] != b"PK\x05\x06":
        raise broken
    _, disk, first_disk, here, total, size, offset, comment = struct.unpack("<4s4H2LH", data[-22:])
    if disk or first_disk or here != total or comment or offset + size != len(data) - 22:
        raise broken
    if total > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise Refused("The file holds too many parts to be a document. Please send it as PDF.")


def _check_members(members: list[zipfile.ZipInfo], size: int, broken: Refused) -> None:
    if not members or len({member.filename for member in members}) != len(members):
        raise broken
    flood = Refused("The file would unpack into far more than a document holds. Please send it as PDF.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(size, 10_000):
        raise flood
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end or member.flag_bits & 0x1:
            raise broken  # overlapping parts are how a small archive claims to be huge; a password hides what is inside
        end = member.header_offset + 30 + len(member.orig_filename) + member.compress_size
        _check_member_name(member, broken)
    if end > size:
        raise broken


def _check_member_name(member: zipfile.ZipInfo, broken: Refused) -> None:
    name = member.orig_filename
    if (
        name.startswith("/")
        or "\\" in name
        or "\x00" in name
        or ".." in name.split("/")
        or stat.S_ISLNK(member.external_attr >> 16)
    ):
        raise broken
    if name.lower().endswith(ARCHIVES):
        raise Refused("The file holds another archive. Please send it as PDF.")
