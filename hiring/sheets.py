"""Tables as spreadsheets open them: CSV line by line, whole XLSX files; no cell is taken for a formula (SEC-9)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe in front. A phone number is none, and stays as it is."""
    text = "".join(char for char in text if char >= " " or char in "\n\t\r")
    if text.startswith(FORMULA) and not text.removeprefix("+").replace(" ", "").isdigit():
        text = f"'{text}"
    return text.replace("\r", "")


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table as lines, each as soon as it is known, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in chain([heads], rows):
        yield writer.writerow([guarded(cell) for cell in row])


class _Echo:
    """What csv writes to is handed back to whoever asked for the line."""

    def write(self, value: str) -> str:
        return value


def write_csv(file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for line in csv_lines(heads, rows):
        file.write(line.encode())


def write_xlsx(file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Every cell is text, so that no number loses its zeros and no text becomes a formula."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Candidates")

    def cells(row: Sequence[str]) -> list[Any]:
        made = [WriteOnlyCell(sheet, value="") for _ in row]
        for cell, text in zip(made, row, strict=True):
            cell._value, cell.data_type = guarded(text)[:32_000], "s"
        return made

    sheet.append(cells(heads))
    for row in rows:
        sheet.append(cells(row))
    book.save(file)
