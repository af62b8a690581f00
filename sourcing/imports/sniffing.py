"""Finding out how a file wants to be read: what it is by its bytes, its encoding, its separator, whether its first row names columns."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from hiring.errors import Refused
from sourcing.imports import columns, tables
from sourcing.imports.tables import Row, Shape

SAMPLE = 256 * 1024
SAMPLE_ROWS = 40
SHOWN_ROWS = 8
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS = (
    (b"%PDF-", "This is a PDF. A list comes as CSV or XLSX; résumés come as a ZIP."),
    (b"\xd0\xcf\x11\xe0", "This is an old or protected Excel file. Save it as XLSX or CSV, without a password."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it first."),
    (b"7z\xbc\xaf", "This is a 7-Zip archive. Pack the files as ZIP."),
    (b"Rar!", "This is a RAR archive. Pack the files as ZIP."),
    (b"{\\rtf", "This is a text document. Save the list as CSV or XLSX."),
    (b"\x89PNG", "This is a picture. Save the list as CSV or XLSX."),
    (b"\xff\xd8\xff", "This is a picture. Save the list as CSV or XLSX."),
)

PROGRAM = "This is a program, not a list. A list comes as CSV or XLSX; résumés come as a ZIP."
PROGRAMS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa", b"\xca\xfe\xba\xbe", b"#!")
PROGRAM_NAMES = (".exe", ".com", ".scr", ".dll", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".jar", ".app", ".apk", ".elf")


@dataclass
class Sniffed:
    """What was found: how to read it, the names of its columns, and its first rows."""

    shape: Shape
    headers: list[str]
    sample: list[list[str]]


def kind_of(file: IO[bytes]) -> str:
    """csv, xlsx or zip, by content; a name never makes it one of them, but that of a program is believed. Raises Refused for what
    is none of them."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise Refused("The file is empty.")
    for magic, sentence in OTHERS:
        if head.startswith(magic):
            raise Refused(sentence)
    if _is_program(head, getattr(file, "name", None)):
        raise Refused(PROGRAM)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(file)
    has_bom = any(head.startswith(bom) for bom, _ in BOMS)
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head if byte)
    if controls > len(head) // 50 or (not has_bom and (head.count(0) > len(head) * 3 // 4 or _is_riddled(head))):
        raise Refused("This is neither a list (CSV, XLSX) nor a ZIP of résumés.")
    return "csv"


def _is_program(head: bytes, name: object) -> bool:
    is_windows = head.startswith(b"MZ") and 0 in head
    return is_windows or head.startswith(PROGRAMS) or str(name or "").lower().endswith(PROGRAM_NAMES)


def _is_riddled(head: bytes) -> bool:
    """Empty bytes here and there: a text of two bytes a letter has them in every other place, all others have hardly any."""
    fewer, more = sorted((head[::2].count(0), head[1::2].count(0)))
    return fewer + more > max(8, len(head) // 50) and fewer * 4 > more


def _kind_of_archive(file: IO[bytes]) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist()[:5_000])
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Refused(
            "This file is damaged. Save the spreadsheet or pack the archive again, and choose it once more."
        ) from None
    finally:
        file.seek(0)
    if "word/document.xml" in names or "content.xml" in names:
        raise Refused("This is a single document. Save the list as CSV or XLSX, or pack the résumés as a ZIP.")
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def sniff(file: IO[bytes]) -> Sniffed:
    """How a table is probably read, from its bytes. Raises Refused when it holds no row at all."""
    if kind_of(file) == "xlsx":
        sheets = tables.sheet_names(file)
        if not sheets:
            raise Refused("This spreadsheet has no sheet with cells.")
        shape = Shape(format="xlsx", sheets=sheets, sheet=sheets[0])
    else:
        shape = Shape(encoding=encoding_of(file))
        shape.separator = separator_of(_sample_text(file, shape.encoding))
    first = first_rows(file, shape)
    shape.has_header = bool(first) and columns.looks_like_header(first[0].cells)
    return described(shape, first)


def look_again(file: IO[bytes], shape: Shape) -> Sniffed:
    """The same when somebody has said how it is to be read."""
    return described(shape, first_rows(file, shape))


def first_rows(file: IO[bytes], shape: Shape) -> list[Row]:
    file.seek(0)
    found = []
    for row in tables.rows(file, shape):
        found.append(row)
        if len(found) > SHOWN_ROWS:
            break
    return found


def described(shape: Shape, first: Sequence[Row]) -> Sniffed:
    if not first:
        raise Refused("There is no row in it." if shape.format == "csv" else "There is no row in this sheet.")
    if first[0].problem and len(first[0].cells) >= tables.MOST_COLUMNS:
        raise Refused(f"This list has more than {tables.MOST_COLUMNS} columns. Leave those out that are not needed.")
    names = first[0].cells if shape.has_header else []
    rows = list(first[1:] if shape.has_header else first)
    width = max([len(names), *(len(row.cells) for row in rows)])
    while width > 1 and not any(_cell(row.cells, width - 1) for row in (*rows, first[0])):
        width -= 1  # empty columns at the right are the spreadsheet's, not the person's
    headers = [(_cell(names, place) or f"Column {letters(place)}")[:120] for place in range(width)]
    sample = [[_cell(row.cells, place)[:120] for place in range(width)] for row in rows]
    return Sniffed(shape, headers, sample)


def _cell(cells: Sequence[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""


def letters(place: int) -> str:
    """A column as a spreadsheet calls it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


# ---------- Encoding ----------


def encoding_of(file: IO[bytes]) -> str:
    """The encoding of a text: what it says of itself, UTF-8 where that reads all of it, else a guess from its bytes."""
    file.seek(0)
    head = file.read(SAMPLE)
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    if head.count(0) > len(head) // 10:  # every other byte is empty: two bytes a letter
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    strange = _first_that_is_not_utf8(file)
    if strange is None:
        return "utf-8"
    file.seek(max(0, strange - SAMPLE // 2))
    return _guessed(file.read(SAMPLE))


def _first_that_is_not_utf8(file: IO[bytes]) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    place = 0
    while piece := file.read(1024 * 1024):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            return place + error.start
        place += len(piece)
    return None


def _guessed(piece: bytes) -> str:
    from charset_normalizer import from_bytes  # 40 ms that only a file in an old encoding pays

    foreign = [line for line in piece.splitlines()[1:-1] if any(byte > 127 for byte in line)]
    if sum(_is_utf8(line) for line in foreign) > len(foreign) // 2:
        return "utf-8"  # a few lines were pasted in from elsewhere: they are named, the others are not to suffer
    telling = b"\n".join(line for line in piece.splitlines() if any(byte > 127 for byte in line))[:20_000]
    known = [name.replace("-", "_") for name in tables.ENCODINGS if not name.startswith("utf")]
    best = from_bytes(telling, cp_isolation=known).best() if telling else None
    name = best.encoding.replace("_", "-") if best else "cp1252"
    name = {"shift-jis": "shift_jis", "iso8859-15": "iso-8859-15"}.get(name, name)
    # Letters of Western Europe look alike in several encodings; the commonest one wins unless it reads nonsense.
    if name in {"iso-8859-15", "mac-roman", "cp1254", "cp1250"} and _reads_well(telling, "cp1252"):
        return "cp1252"
    return name if name in tables.ENCODINGS else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _reads_well(piece: bytes, encoding: str) -> bool:
    text = piece.decode(encoding, "replace")
    strange = [char for char in text if ord(char) > 127]
    return bool(strange) and sum(char.isalpha() for char in strange) > 0.9 * len(strange)


def _sample_text(file: IO[bytes], encoding: str) -> str:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(file.read(SAMPLE)).removeprefix("\ufeff")


# ---------- Separator ----------


def separator_of(text: str) -> str:
    """The separator that cuts most rows into the same number of columns, more than one of them."""
    lines = text.splitlines()[: SAMPLE_ROWS + 1]
    if len(lines) > 1 and len(text) >= SAMPLE - 4:
        lines.pop()  # cut off in the middle
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    best, best_score = ",", 0.0
    for separator in tables.SEPARATORS:
        widths = _widths([line[:20_000] for line in lines], separator)
        if not widths:
            continue
        width, often = Counter(widths).most_common(1)[0]
        score = often / len(widths) * min(width, 30) if width > 1 else 0
        if widths[0] != width:
            score /= 100  # the names of the columns are cut otherwise: a comma within cells rather than between them
        if score > best_score:
            best, best_score = separator, score
    return best


def _widths(lines: list[str], separator: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error:
        return [len(line.split(separator)) for line in lines if line.strip()]
