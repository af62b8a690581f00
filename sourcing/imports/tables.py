"""Reading a table row by row, whatever state it is in: nothing is held in memory but the row at hand.

A row that cannot be read is a row with a problem, not the end of the file. What is wrong with the file as a whole (empty,
a bomb, no table at all) is `Refused` with a sentence.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any

from hiring.errors import Refused

MOST_COLUMNS = 300
LONGEST_CELL = 32_000  # characters; Excel's own limit is 32,767
LONGEST_LINE = 1_000_000  # characters
LONGEST_RECORD = 400  # physical lines of one row: a quotation mark that is never closed swallows more
MOST_UNPACKED = 600 * 1024 * 1024
MOST_SHARED_TEXT = 80 * 1024 * 1024
MOST_RATIO = 200
MOST_MEMBERS = 2_000

SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, little end first)",
    "utf-16-be": "Unicode (UTF-16, big end first)",
    "cp1252": "Western European (Windows)",
    "iso-8859-15": "Western European (ISO 8859-15)",
    "cp1250": "Central European (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "mac-roman": "Western European (Mac)",
    "shift_jis": "Japanese (Shift JIS)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big 5)",
    "euc-kr": "Korean (EUC)",
}

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROW, CELL, FORMULA, VALUE = f"{MAIN}row", f"{MAIN}c", f"{MAIN}f", f"{MAIN}v"
NOT_CLOSED = "A quotation mark opens in this row and is never closed."


@dataclass
class Shape:
    """How a file is read. `format` is csv, xlsx or zip (résumés); the rest is guessed and can be changed by the person."""

    format: str = "csv"
    encoding: str = "utf-8"
    separator: str = ","
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    has_header: bool = True
    member: str = ""  # of an archive: the sheet in it, and
    inner: str = ""  # whether that is csv or xlsx

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Shape:
        return cls(**{key: value for key, value in stored.items() if key in cls.__dataclass_fields__})

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Row:
    """One row of a table. `number` is the line it begins on, in a spreadsheet the row; `problem` says why it cannot be used;
    `uncounted` are the places of cells whose formula the file gives no value of."""

    number: int
    cells: list[str]
    problem: str = ""
    uncounted: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not self.problem and not self.uncounted and not any(cell.strip() for cell in self.cells)


def rows(file: IO[bytes], shape: Shape) -> Iterator[Row]:
    """Every row that holds something, the header included. The file stays open."""
    lent = io.BufferedReader(_Lent(file), 256 * 1024)
    found = _sheet_rows(lent, shape.sheet) if shape.format == "xlsx" else _csv_rows(lent, shape)
    for row in found:
        if row.is_empty:
            continue
        if len(row.cells) > MOST_COLUMNS:
            row = _cut(row)
        yield _without_floods(row)


class _Lent(io.RawIOBase):
    """A file for readers that close what they are given."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, place: int, whence: int = 0, /) -> int:
        self.file.seek(place, whence)
        return self.file.tell()

    def tell(self) -> int:
        return self.file.tell()

    def readinto(self, buffer: Any, /) -> int:
        piece = self.file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _cut(row: Row) -> Row:
    filled = [place for place, cell in enumerate(row.cells) if cell.strip()]
    if filled and filled[-1] >= MOST_COLUMNS:
        return Row(row.number, row.cells[:MOST_COLUMNS], f"This row has more than {MOST_COLUMNS} columns.")
    return replace(row, cells=row.cells[:MOST_COLUMNS])


def _without_floods(row: Row) -> Row:
    """Cells as PostgreSQL can hold them, and none longer than a spreadsheet's."""
    cells = row.cells
    if any("\x00" in cell for cell in cells):
        cells = [cell.replace("\x00", "") for cell in cells]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        said = row.problem or f"A cell is longer than {LONGEST_CELL:,} characters."
        return replace(row, cells=[cell[:LONGEST_CELL] for cell in cells], problem=said)
    return replace(row, cells=cells) if cells is not row.cells else row


# ---------- Text ----------


class _Lines:
    """The lines of a text, counted, with the way back: what a broken row swallowed is read again as rows of its own."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self.text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        self.back: deque[str] = deque()
        self.taken: list[str] = []
        self.count = 0
        self.is_too_long = False
        self.is_at_end = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) > LONGEST_RECORD or self.is_too_long:
            raise csv.Error(NOT_CLOSED)
        line = self.back.popleft() if self.back else self._read()
        if not line:
            self.is_at_end = True
            raise StopIteration
        self.count += 1
        self.taken.append(line)
        return line.replace("\x00", "")

    def _read(self) -> str:
        line = self.text.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            if self.count:
                return line
            line = line.removeprefix("\ufeff")
            # A spreadsheet's own note on the first line says which separator it used.
            return "\n" if line.lower().startswith("sep=") and len(line.strip("\r\n")) == 5 else line
        self.is_too_long = True
        while (rest := self.text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass
        return line

    def give_back(self) -> None:
        """Everything of the record but its first line is read again."""
        again = self.taken[1:]
        self.back.extendleft(reversed(again))
        self.count -= len(again)
        self.is_at_end = self.is_at_end and not again


def _csv_rows(file: IO[bytes], shape: Shape) -> Iterator[Row]:
    lines = _Lines(file, shape.encoding)
    csv.field_size_limit(LONGEST_LINE * 2)
    reader = csv.reader(lines, delimiter=shape.separator)
    while True:
        lines.taken, lines.is_too_long = [], False
        start = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        first = lines.taken[0] if lines.taken else ""
        if lines.is_too_long:
            yield Row(
                start,
                _plain_cells(first[:LONGEST_CELL], shape),
                f"This line is longer than {LONGEST_LINE:,} characters.",
            )
        elif cells is None or (lines.is_at_end and _is_open(lines.taken)):
            lines.give_back()
            yield Row(start, _plain_cells(first, shape), NOT_CLOSED)
        else:
            yield Row(start, cells)
            continue
        reader = csv.reader(lines, delimiter=shape.separator)  # the old one still thinks that a quotation is open


def _is_open(taken: Sequence[str]) -> bool:
    return len(taken) > 0 and sum(line.count('"') for line in taken) % 2 == 1


def _plain_cells(line: str, shape: Shape) -> list[str]:
    return [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(shape.separator)][:MOST_COLUMNS]


# ---------- Spreadsheets ----------


def check_workbook(file: IO[bytes]) -> None:
    """Judge an XLSX from its directory before anything of it is unpacked (SEC-14). Raises Refused."""
    broken = Refused("This spreadsheet is damaged. Open it, save it again as XLSX or CSV, and try once more.")
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise Refused("This is no XLSX spreadsheet. Save the list as XLSX or CSV.")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused("This spreadsheet holds macros. Save it as XLSX without them, or as CSV.")
            if any(member.flag_bits & 0x1 for member in members):
                raise Refused("This spreadsheet is protected by a password. Save a copy without one.")
            size = sum(member.compress_size for member in members)
            unpacked = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(size, 20_000):
                raise Refused("This spreadsheet would unpack into far more than a list holds. Save it as CSV.")
            for member in members:
                if member.filename.endswith("sharedStrings.xml") and member.file_size > MOST_SHARED_TEXT:
                    raise Refused("This spreadsheet holds more text than can be read at once. Save it as CSV.")
                if member.filename.endswith(".xml") and b"<!DOCTYPE" in _head(archive, member):
                    raise broken
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise broken from None
    finally:
        file.seek(0)


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as part:
        return part.read(1024)


def _open(file: IO[bytes]) -> Any:
    check_workbook(file)
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # 200 ms that only spreadsheets pay

    try:
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception:
        raise Refused("This spreadsheet cannot be read. Save it again as XLSX or CSV.") from None


def sheet_names(file: IO[bytes]) -> list[str]:
    book = _open(file)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def _sheet_rows(file: IO[bytes], sheet: str) -> Iterator[Row]:
    book = _open(file)
    try:
        named = {found.title: found for found in book.worksheets}
        if not named:
            raise Refused("This spreadsheet has no sheet with cells.")
        chosen = named.get(sheet) or next(iter(named.values()))
        chosen.reset_dimensions()  # a file may claim sixteen thousand columns
        number = 0
        found = iter(chosen.iter_rows())
        uncounted = itertools.groupby(_uncounted(book, chosen), key=lambda place: place[0])
        waits = next(uncounted, None)
        while True:
            try:
                cells = next(found)
            except StopIteration:
                return
            except Exception:
                raise Refused(
                    f"This spreadsheet is damaged after row {number}. Save it again as XLSX or CSV."
                ) from None
            number += 1
            number = next((cell.row for cell in cells if getattr(cell, "row", None)), number)
            places = frozenset[int]()
            while waits is not None and waits[0] <= number:
                places = frozenset(column for _, column in waits[1]) if waits[0] == number else places
                waits = next(uncounted, None)
            yield Row(number, [as_text(cell.value) for cell in cells], uncounted=places)
    finally:
        book.close()


def _uncounted(book: Any, sheet: Any) -> Iterator[tuple[int, int]]:
    """Row and place of each cell that holds a formula and no value of it, in order: programs write such files, Excel never does."""
    path = sheet._worksheet_path
    try:
        with book._archive.open(path) as part:
            if not _holds_formulas(part):
                return
        with book._archive.open(path) as part:
            yield from _formulas_alone(part)
    except Exception:  # what is damaged is said by whoever reads the cells
        return


def _formulas_alone(part: IO[bytes]) -> Iterator[tuple[int, int]]:
    from lxml import etree

    row = column = 0
    found = etree.iterparse(
        part, events=("start", "end"), tag=(CELL, ROW), resolve_entities=False, no_network=True, huge_tree=False
    )
    for event, node in found:
        if event == "start":
            row, column = (int(node.get("r") or row + 1), 0) if node.tag == ROW else (row, column)
        elif node.tag == CELL:
            letters = (node.get("r") or "").rstrip("0123456789")
            column = _place(letters) if letters else column + 1
            if node.find(FORMULA) is not None and not _has_value(node):
                yield row, column - 1
        else:
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _has_value(cell: Any) -> bool:
    """Whether the file says what a formula comes to. Nothing is a value, too, where it is said to be a text."""
    value = cell.find(VALUE)
    return value is not None and bool(value.text or cell.get("t") == "str")


def _place(letters: str) -> int:
    """A column as spreadsheets name it, from 1 for A."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place


def _holds_formulas(part: IO[bytes]) -> bool:
    before = b""
    while piece := part.read(1024 * 1024):
        if b"<f" in before + piece:
            return True
        before = piece[-1:]
    return False


def as_text(value: object) -> str:
    """A cell as it would be typed: whole numbers without a point, days without an hour."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case _:
            return str(value)
