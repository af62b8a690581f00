"""A ZIP of résumés, with or without a sheet that says whose each file is: guarded before anything is unpacked, read file by file.

A file that cannot be taken is a row with a problem, not the end of the archive. Nothing is ever written where a member's name says:
members are read into memory one by one, each no larger than a document may be.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from hiring.documents import checks, reader
from hiring.errors import Refused
from hiring.models import ContactPoint
from hiring.resumes import apart
from sourcing.imports import sniffing, tables
from sourcing.imports.lines import LONGEST, Line, Problem, Reader, name_of
from sourcing.imports.sniffing import Sniffed
from sourcing.imports.tables import Row, Shape

MOST_MEMBERS = 5_000
MOST_UNPACKED = 4 * 1024 * 1024 * 1024
MOST_RATIO = 100
SHEETS = (".csv", ".tsv", ".xlsx")
NOBODYS = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
FILE_ONLY = ["File"]
NOTHING_FOUND = "No name and no address could be read in this file."
LEFT_OUT = "It is left out; the other files count."


def check(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """Judge an archive from its directory (SEC-14); the members that are files of people. Raises Refused."""
    broken = Refused("This archive is damaged. Pack it again and choose it once more.")
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, UnicodeDecodeError):
        raise broken from None
    finally:
        file.seek(0)
    if len(members) > MOST_MEMBERS:
        raise Refused(f"This archive holds more than {MOST_MEMBERS:,} files. Pack fewer into one.")
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 100_000):
        raise Refused("This archive would unpack into far more than résumés hold.")
    end = 0
    for one in sorted(members, key=lambda one: one.header_offset):
        if one.header_offset < end:
            raise broken  # overlapping members are how a small archive claims to be huge
        end = one.header_offset + 30 + one.compress_size
    found = [one for one in members if not one.is_dir() and not _is_nobodys(one.filename)]
    if not found:
        raise Refused("There is no file in this archive.")
    return found


def _is_nobodys(name: str) -> bool:
    """What operating systems leave in archives by themselves."""
    low = name.lower()
    return low.startswith(NOBODYS[0]) or PurePosixPath(low).name in NOBODYS or PurePosixPath(low).name.startswith("._")


def sniff(file: IO[bytes]) -> Sniffed:
    """How an archive is read: its sheet, when there is one on top, and that sheet's columns."""
    members = check(file)
    sheet = next(
        (one for one in members if one.filename.lower().endswith(SHEETS) and one.filename.count("/") < 2), None
    )
    if sheet is None:
        names = [PurePosixPath(one.filename).name for one in members]
        return Sniffed(
            Shape(format="zip", has_header=True), FILE_ONLY, [[name] for name in names[: sniffing.SHOWN_ROWS]]
        )
    found = sniffing.sniff(io.BytesIO(read_member(file, sheet.filename)))
    found.shape.inner, found.shape.format, found.shape.member = found.shape.format, "zip", sheet.filename
    return found


def look_again(file: IO[bytes], shape: Shape) -> Sniffed:
    """The same when somebody has said how the sheet is to be read."""
    if not shape.member:
        return sniff(file)
    found = sniffing.look_again(io.BytesIO(read_member(file, shape.member)), _of_sheet(shape))
    found.shape = shape
    return found


def _of_sheet(shape: Shape) -> Shape:
    return Shape.of({**shape.stored(), "format": shape.inner or "csv"})


def read_member(file: IO[bytes], name: str) -> bytes:
    """One member, as long as it is no longer than a document may be. Raises Refused."""
    broken = Refused(f"“{PurePosixPath(name).name[:80]}” is damaged inside the archive.")
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive, name)
    except Refused:
        raise
    except Exception:
        raise broken from None
    finally:
        file.seek(0)


def read_members(file: IO[bytes], names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """These members with their bytes, in the order of the archive. Damaged ones are left out."""
    try:
        with zipfile.ZipFile(file) as archive:
            for name in dict.fromkeys(one.filename for one in archive.infolist()):
                if name in names:
                    try:
                        yield name, _read(archive, name)
                    except Exception:  # noqa: S112 - whatever is wrong with one, the others count
                        continue
    finally:
        file.seek(0)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    member = archive.getinfo(name)
    _check_member(member)
    with archive.open(member) as part:
        data = part.read(checks.MAX_BYTES + 1)
    if len(data) > checks.MAX_BYTES:
        raise Refused("The file is larger than 10 MB.")
    return data


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    leads_out = name.startswith("/") or "\\" in name or ".." in name.split("/") or name[1:2] == ":"
    if leads_out or stat.S_ISLNK(member.external_attr >> 16):
        raise Refused("Its name leads out of the archive.")
    if member.flag_bits & 0x1:
        raise Refused("It is protected by a password.")
    if name.lower().endswith((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")):
        raise Refused("It is an archive inside the archive.")
    if member.file_size > checks.MAX_BYTES or member.file_size > MOST_RATIO * max(member.compress_size, 20_000):
        raise Refused("The file is larger than 10 MB.")


def document(file: IO[bytes], name: str) -> checks.Checked:
    """A member as a document that may be stored. Raises Refused with what is wrong with it."""
    return checks.check(ContentFile(read_member(file, name), name=PurePosixPath(name).name))


def lines(file: IO[bytes], shape: Shape, reader_of_sheet: Reader) -> Iterator[tuple[Row, Line, list[Problem]]]:
    """Every row of the sheet with its file, then every file no row names: what each says of a person."""
    members = [one.filename for one in check(file) if one.filename != shape.member]
    by_name = {PurePosixPath(name).name.casefold(): name for name in reversed(members)}
    by_name |= {name.casefold(): name for name in members}
    named: set[str] = set()
    last = 0
    if shape.member:
        rows = tables.rows(io.BytesIO(read_member(file, shape.member)), _of_sheet(shape))
        if shape.has_header:
            next(rows, None)
        for row in rows:
            last = row.number
            line, problems = reader_of_sheet.read(row)
            if line.file:
                wanted = by_name.get(line.file.casefold().replace("\\", "/"))
                if wanted is None:
                    problems.append(
                        (-2, f"There is no file “{line.file[:80]}” in the archive.", "The row comes in without it.")
                    )
                    line.file = ""
                else:
                    named.add(wanted)
                    line.file = wanted
                    read_into(file, line, problems)
            yield row, line, problems
    width = max(len(reader_of_sheet.places), 1)
    for number, name in enumerate((name for name in members if name not in named), start=last + 1):
        line, problems = Line(file=name), []
        read_into(file, line, problems)
        cells = [name] if not shape.member else [*[""] * (width - 1), name]
        yield Row(number, cells), line, problems


def read_into(file: IO[bytes], line: Line, problems: list[Problem]) -> None:
    """Add to a line what its file says of the person. What the sheet says comes first."""
    try:
        found = document(file, line.file)
    except Refused as refused:
        problems.append((-1, refused.sentence, LEFT_OUT))
        return
    reading = reader.read(found.data, found.kind)
    if not reading.text:
        problems.append(
            (-2, reading.problem or "There is no text in it: it looks like a scan.", "Say by hand whose it is.")
        )
        return
    _profile_into(line, reading.text, problems)


def _profile_into(line: Line, text: str, problems: list[Problem]) -> None:
    try:
        profile = apart.parse(text, regions=[settings.DEFAULT_PHONE_REGION], today=timezone.localdate())
    except apart.NotParsed as refused:
        problems.append((-2, str(refused), "Say by hand whose it is."))
        return
    given = {kind for kind, _, _ in line.points}
    for kind, values in (
        (ContactPoint.Kind.EMAIL.value, profile.emails),
        (ContactPoint.Kind.PHONE.value, profile.phones),
        (ContactPoint.Kind.LINK.value, profile.links),
    ):
        if kind in given:
            continue
        for found in values[:3]:
            if value := Reader.normalised(kind, found.value):
                line.points.append((kind, value, found.value[:320]))
    if not line.name and profile.name:
        line.name = name_of(profile.name.value)
    current = next((one for one in profile.positions if one.is_current), None)
    facts = {
        "headline": profile.headline.value if profile.headline else "",
        "company": current.employer.value if current and current.employer else "",
        "location": profile.location.value if profile.location else "",
    }
    for field, value in facts.items():
        if value and field not in line.facts:
            line.facts[field] = " ".join(value.split())[: LONGEST[field]]
