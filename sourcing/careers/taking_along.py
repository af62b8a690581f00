"""One's own data as a ZIP: the record as JSON and the files as they were sent, written while it is sent.

It is never whole in memory or on our disk, so it needs no waiting, however many files there are, and nothing is left to be
cleaned up: the link that leads there ends within a day.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from hiring.models import Candidate, Document
from sourcing.careers import my_data as mine

PIECE = 256 * 1024
README = "What we keep about you: data.json for programmes, and in the folder files what you sent us, as you sent it.\n"


class _Passing(io.RawIOBase):
    """What was written and not yet sent on. It cannot go back, so the archive is written in one go."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def archive(candidate: Candidate) -> Iterator[bytes]:
    """The ZIP, piece by piece. What a scanner has not let through yet is named in the record and not among the files (SEC-16)."""
    files = [file for file in mine.files_of(candidate) if file.may_be_downloaded]
    record = json.dumps(mine.about(candidate), indent=2, ensure_ascii=False, default=str)
    return _written(record, files)


def _written(record: str, files: list[Document]) -> Iterator[bytes]:
    out = _Passing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("README.txt", README)
        made.writestr("data.json", record)
        yield out.take()
        names: set[str] = set()
        for file in files:
            yield from _file(made, file, _free(f"files/{file.name}", names), out)
    yield out.take()


def _file(made: zipfile.ZipFile, file: Document, name: str, out: _Passing) -> Iterator[bytes]:
    try:
        source = file.file.open("rb")
    except OSError:
        return  # it is gone from storage: the record names it all the same
    with source, made.open(zipfile.ZipInfo(name, file.uploaded_at.timetuple()[:6]), "w") as entry:
        while piece := source.read(PIECE):
            entry.write(piece)
            yield out.take()


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where another file has it already."""
    path, number, found = PurePosixPath(name), 2, name
    while found.lower() in taken:
        found, number = str(path.with_name(f"{path.stem} ({number}){path.suffix}")), number + 1
    taken.add(found.lower())
    return found
